#!/bin/sh
set -eu
. "$(dirname "$0")/../lib.sh"
exec "$cache/python-kafka-python-3.0.12/bin/python" "$(dirname "$0")/smoke.py" "$@"
