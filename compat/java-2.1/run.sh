#!/bin/sh
set -eu
. "$(dirname "$0")/../lib.sh"
exec java -Xmx256m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$cache/java-2.1/classes:$cache/java-2.1/libs/*" Suite "$@"
