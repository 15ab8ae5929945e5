#!/bin/sh
set -eu
. "$(dirname "$0")/../lib.sh"
exec "$cache/rdkafka/release/rdkafka-suite" "$@"
