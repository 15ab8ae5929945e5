#!/bin/sh
set -eu
libs=$("$(dirname "$0")/../oracle/kafka.sh" jars)
exec java -Xmx256m -cp "$libs/*" "$(dirname "$0")/Smoke.java" "$@"
