#!/bin/sh
set -eu
. "$(dirname "$0")/../lib.sh"
cd "$(dirname "$0")"
[ node_modules/.package-lock.json -nt package-lock.json ] && exit 0
try3 npm ci --no-audit --no-fund --loglevel=error
touch node_modules/.package-lock.json
