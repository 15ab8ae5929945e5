#!/bin/sh
set -eu
. "$(dirname "$0")/../lib.sh"
libs=$("$(dirname "$0")/../oracle/kafka.sh" jars)
classpath="$cache/java-suite:$libs/*"
export classpath
exec java -Xmx256m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$classpath" Suite "$@"
