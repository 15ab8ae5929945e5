#!/bin/sh
# Our codecs beside Java's message classes: see README.md.
set -eu
cd "$(dirname "$0")/../.."
if ! command -v java >/dev/null || ! command -v mvn >/dev/null; then
  echo "skipped: java or mvn is missing"
  [ "${CI:-}" != true ] || exit 1
  exit 0
fi
. scripts/install.sh
compat/oracle/kafka.sh jars >/dev/null
exec "$node" compat/codecs/run.ts
