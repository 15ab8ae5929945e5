#!/bin/sh
set -eu
. "$(dirname "$0")/../lib.sh"
export PYTHONDONTWRITEBYTECODE=1
exec "$cache/python-kafka-python-3.0.12/bin/python" "$(dirname "$0")/suite.py" "$@"
