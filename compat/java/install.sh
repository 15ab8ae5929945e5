#!/bin/sh
set -eu
. "$(dirname "$0")/../lib.sh"
need javac mvn
libs=$("$(dirname "$0")/../oracle/kafka.sh" jars)
cd "$(dirname "$0")"
classes=$cache/java-suite
[ -e "$classes/complete" ] && [ -z "$(find . -name '*.java' -newer "$classes/complete")" ] && exit 0
mkdir -p "$classes"
javac -nowarn -cp "$libs/*" -d "$classes" ./*.java
touch "$classes/complete"
