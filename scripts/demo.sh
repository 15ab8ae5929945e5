#!/bin/sh
# `npm run demo`: installs the demo's own packages if needed, then runs it (demo/flights.ts).
set -eu
cd "$(dirname "$0")/.."
. scripts/install.sh
if [ ! -e demo/node_modules/.package-lock.json ] || [ demo/package-lock.json -nt demo/node_modules/.package-lock.json ]; then
  (cd demo && npm ci --no-audit --no-fund --loglevel=error >&2 && touch node_modules/.package-lock.json)
fi
exec "$node" --no-warnings demo/flights.ts "$@"
