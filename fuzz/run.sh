#!/bin/sh
# Fuzzes a broker for SECONDS (120): see README.md. With --replay FILE sends a kept failure again.
set -eu
cd "$(dirname "$0")/.."
. scripts/install.sh
if [ "${1:-}" = --replay ]; then
  exec "$node" fuzz/replay.ts "${2:?which file?}"
fi
exec "$node" fuzz/run.ts
