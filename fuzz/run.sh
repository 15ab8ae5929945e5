#!/bin/sh
# Fuzzes a broker for SECONDS (120): see README.md. With --replay FILE sends a kept failure again; --long adds to the ledger.
set -eu
cd "$(dirname "$0")/.."
. scripts/install.sh
if [ "${1:-}" = --replay ]; then
  exec "$node" fuzz/replay.ts "${2:?which file?}"
fi
if [ "${1:-}" = --long ]; then
  exec "$node" fuzz/long.ts
fi
exec "$node" fuzz/run.ts
