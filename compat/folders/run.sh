#!/bin/sh
# Folders exchanged with Apache Kafka 4.3.1: see exchange.ts.
set -eu
cd "$(dirname "$0")/../.."
skip() {
  echo "skipped: $1 is missing"
  [ "${CI:-}" != true ] || exit 1
  exit 0
}
for tool in java mvn; do command -v "$tool" > /dev/null || skip "$tool"; done
compat/kcat/install.sh > /dev/null || skip kcat
. scripts/install.sh
compat/oracle/kafka.sh jars > /dev/null
exec "$node" compat/folders/exchange.ts
