#!/bin/sh
# `npm run bench [-- ROW…] [--quick]`: see README.md here.
set -eu
cd "$(dirname "$0")/.."
. scripts/install.sh
exec "$node" --no-warnings bench/main.ts "$@"
