#!/bin/sh
set -eu
cd "$(dirname "$0")"
exec "$(sh ../../scripts/find-node.sh)" --no-warnings suite.mjs "$@"
