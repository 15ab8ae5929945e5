#!/bin/sh
# Builds librdkafka from the source that the crate carries, without TLS and SASL.
set -eu
. "$(dirname "$0")/../lib.sh"
need cargo gcc g++ make
cd "$(dirname "$0")"
built=$cache/rdkafka/release/rdkafka-suite
[ -e "$built" ] && [ -z "$(find Cargo.toml Cargo.lock src -newer "$built" -type f)" ] && exit 0
try3 env CARGO_TARGET_DIR="$cache/rdkafka" cargo build -q --release --locked
touch "$built"
