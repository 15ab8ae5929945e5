#!/bin/sh
# Compares Moldau's answers with those of the real Apache Kafka 4.3.1: see README.md.
#   run.sh [--ask] [CASE FILE…]
set -eu
cd "$(dirname "$0")/../.."
. scripts/install.sh
exec "$node" compat/oracle/run.ts "$@"
