#!/bin/sh
set -eu
. "$(dirname "$0")/../lib.sh"
need go
cd "$(dirname "$0")"
built=$cache/kafka-go-suite
[ -e "$built" ] && [ -z "$(find . -newer "$built" -name '*.*')" ] && exit 0
try3 go build -o "$built" .
