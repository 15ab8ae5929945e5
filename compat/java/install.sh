#!/bin/sh
set -eu
"$(dirname "$0")/../oracle/kafka.sh" jars > /dev/null
