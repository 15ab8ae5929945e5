#!/bin/sh
# `npm run bench`: every question of this folder (or those named), each one table. `npm run bench -- start`
set -eu
cd "$(dirname "$0")/.."
. scripts/install.sh
for question in "${@:-start produce}"; do
  for name in $question; do "$node" --no-warnings "bench/$name.ts"; done
done
