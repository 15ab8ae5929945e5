#!/bin/sh
set -eu
. "$(dirname "$0")/../lib.sh"
export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$(dirname "$0")/../harness"
exec "$cache/python-aiokafka-0.14.0/bin/python" "$(dirname "$0")/suite.py" "$@"
