#!/bin/sh
# Runs the clients named (all when none is) against a broker that it starts: see README.md.
set -eu
cd "$(dirname "$0")/.."
. scripts/install.sh
exec "$node" compat/run.ts "$@"
