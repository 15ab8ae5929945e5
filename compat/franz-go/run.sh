#!/bin/sh
set -eu
. "$(dirname "$0")/../lib.sh"
exec "$cache/franz-go-suite" "$@"
