#!/bin/sh
# Folders exchanged with Apache Kafka 4.3.1: see exchange.ts.
set -eu
cd "$(dirname "$0")/../.."
. scripts/install.sh
compat/kcat/install.sh
compat/oracle/kafka.sh jars > /dev/null
exec "$node" compat/folders/exchange.ts
