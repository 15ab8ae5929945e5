#!/bin/sh
# `npm run bench [-- ROW…] [--quick]`, `npm run bench -- --report`: see README.md here.
set -eu
cd "$(dirname "$0")/.."
. scripts/install.sh
[ "${1:-}" != --report ] || exec "$node" --no-warnings bench/report.ts
for tool in go java mvn gcc make; do
  command -v "$tool" > /dev/null && continue
  echo "skipped: $tool is missing"
  [ "${CI:-}" != true ] || exit 1
  exit 0
done
exec "$node" --no-warnings bench/main.ts "$@"
