#!/bin/sh
set -eu
. "$(dirname "$0")/../lib.sh"
cd "$(dirname "$0")"
build_go "$cache/franz-go-suite"
