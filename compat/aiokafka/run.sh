#!/bin/sh
set -eu
. "$(dirname "$0")/../lib.sh"
PYTHONDONTWRITEBYTECODE=1 exec "$cache/python-aiokafka-0.14.0/bin/python" "$(dirname "$0")/suite.py" "$@"
