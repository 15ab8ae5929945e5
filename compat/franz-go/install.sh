#!/bin/sh
set -eu
. "$(dirname "$0")/../lib.sh"
need go
cd "$(dirname "$0")"
suite=$cache/franz-go-suite
[ -e "$suite" ] && [ -z "$(find . -newer "$suite" \( -name '*.go' -o -name go.sum \))" ] && exit 0
try3 go build -o "$suite" .
