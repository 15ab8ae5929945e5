#!/bin/sh
set -eu
. "$(dirname "$0")/../lib.sh"
need python3
venv=$cache/python-kafka-python-3.0.12
[ -e "$venv/complete" ] && exit 0
python3 -m venv "$venv"
try3 "$venv/bin/pip" -q install kafka-python==3.0.12 python-snappy==0.7.3 lz4==4.4.5 zstandard==0.25.0
touch "$venv/complete"
