#!/bin/sh
set -eu
. "$(dirname "$0")/../lib.sh"
cd "$(dirname "$0")"
[ "$cache/franz-go-smoke" -nt smoke.go ] && [ "$cache/franz-go-smoke" -nt go.sum ] && exit 0
try3 go build -o "$cache/franz-go-smoke" .
