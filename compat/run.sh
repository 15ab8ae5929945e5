#!/bin/sh
# `npm run compat`: every part, or those named: oracle, codecs, clients, folders; `compat/run.sh kafkajs` is one client.
# `npm run compat -- --report` writes what the last runs found into README.md and docs/compatibility.md.
set -eu
cd "$(dirname "$0")/.."
. scripts/install.sh

part=${1:-all}
[ $# -eq 0 ] || shift
case $part in
  --report) exec "$node" compat/report.ts ;;
  oracle | codecs | folders) exec "compat/$part/run.sh" "$@" ;;
  clients) exec "$node" compat/run.ts "$@" ;;
  all) ;;
  *) exec "$node" compat/run.ts "$part" "$@" ;;
esac

failed=
for part in oracle codecs folders clients; do
  printf '\n--- %s\n' "$part"
  "$0" "$part" || failed="$failed $part"
done
[ -z "$failed" ] || { echo "✖ not equal to Apache Kafka:$failed" >&2; exit 1; }
