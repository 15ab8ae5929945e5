#!/bin/sh
set -eu
. "$(dirname "$0")/../lib.sh"
export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$(dirname "$0")/../harness"
exec "$cache/python-kafka-python-3.0.12/bin/python" "$(dirname "$0")/suite.py" "$@"
