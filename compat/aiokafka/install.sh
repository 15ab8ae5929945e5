#!/bin/sh
set -eu
. "$(dirname "$0")/../lib.sh"
need python3
venv=$cache/python-aiokafka-0.14.0
cmp -s "$venv/complete" "$(dirname "$0")/requirements.txt" && exit 0
python3 -m venv "$venv"
try3 "$venv/bin/pip" -q install -r "$(dirname "$0")/requirements.txt"
cp "$(dirname "$0")/requirements.txt" "$venv/complete"
