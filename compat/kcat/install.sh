#!/bin/sh
set -eu
command -v kcat >/dev/null && exit 0
. "$(dirname "$0")/../lib.sh"
try3 sh -c 'apt-get update && apt-get install -y --no-install-recommends kcat'
