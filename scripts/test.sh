#!/bin/sh
# `npm test`: installs if needed, then runs the unit tests (one process) and the integration tests (a process each).
set -eu
cd "$(dirname "$0")/.."
. scripts/install.sh
"$node" --test --test-isolation=none "$@" 'packages/*/test/**/*.test.ts'
exec "$node" --test --test-concurrency=2 "$@" 'packages/*/integration/**/*.test.ts'
