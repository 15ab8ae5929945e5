#!/bin/sh
set -eu
. "$(dirname "$0")/../lib.sh"
need bash
command -v kcat > /dev/null && exit 0
[ "$(id -u)" = 0 ] && command -v apt-get > /dev/null || { echo "skipped: kcat is missing"; exit 77; }
try3 sh -c 'apt-get update && apt-get install -y --no-install-recommends kcat'
