#!/bin/sh
# `npm run faults`: see run.ts. Mounts of the tests are made in a mount namespace of their own, where that is allowed:
# the kernel removes them when the tests end, however they end.
set -eu
cd "$(dirname "$0")/.."
. scripts/install.sh
if unshare --mount --propagation private true 2>/dev/null; then
  FAULTS_PRIVATE_MOUNTS=yes
  export FAULTS_PRIVATE_MOUNTS
  exec unshare --mount --propagation private "$node" --no-warnings faults/run.ts "$@"
fi
exec "$node" --no-warnings faults/run.ts "$@"
