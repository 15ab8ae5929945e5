#!/bin/sh
# `npm start`: installs if needed, then becomes the broker, so that a signal to this process reaches it.
set -eu
cd "$(dirname "$0")/.."
. scripts/install.sh
exec bin/moldau server start "$@"
