#!/bin/sh
set -eu
. "$(dirname "$0")/../lib.sh"
need python3
venv=$cache/python-confluent-2.16.1
[ -e "$venv/complete" ] && exit 0
python3 -m venv "$venv"
try3 "$venv/bin/pip" -q install confluent-kafka==2.16.1
touch "$venv/complete"
