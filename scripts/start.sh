#!/bin/sh
# `npm start`: installs if needed, then becomes the broker, so that a signal to this process reaches it.
set -eu
. "$(dirname "$0")/install.sh"
exec bin/moldau server start "$@"
