#!/bin/sh
set -eu
. "$(dirname "$0")/../lib.sh"
need java javac mvn
home=$cache/java-2.1
cd "$(dirname "$0")"
if ! cmp -s pom.xml "$home/complete"; then
  mkdir -p "$home"
  cp pom.xml "$home/pom.xml"
  (cd "$home" && try3 mvn -q -B -ntp -Dstyle.color=never dependency:copy-dependencies -DoutputDirectory=libs >&2)
  cp pom.xml "$home/complete"
fi
built=$home/classes/Suite.class
[ -e "$built" ] && [ -z "$(find . -newer "$built" -name '*.java')" ] && exit 0
javac -cp "$home/libs/*" -d "$home/classes" ./*.java
