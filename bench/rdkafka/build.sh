#!/bin/sh
# Builds librdkafka's performance tool from the sources that the npm package node-rdkafka carries (no TLS, no SASL).
#   build.sh BINARY
set -eu
. "$(dirname "$0")/../../compat/lib.sh"
version=3.6.1
binary=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
try3 npm pack --silent "node-rdkafka@$version" >&2
tar -xzf "node-rdkafka-$version.tgz"
cd package/deps/librdkafka
./configure --disable-ssl --disable-gssapi --disable-curl > configure.log 2>&1 || { cat configure.log >&2; exit 1; }
make -s -j2 -C src librdkafka.a > make.log 2>&1 || { tail -20 make.log >&2; exit 1; }
make -s -C examples rdkafka_performance >> make.log 2>&1 || { tail -20 make.log >&2; exit 1; }
cp examples/rdkafka_performance "$binary"
