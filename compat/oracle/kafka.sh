#!/bin/sh
# The real Apache Kafka 4.3.1, from Maven.
#   kafka.sh jars                     downloads them once, prints their folder
#   kafka.sh run CLASS ARGS…          runs a class of them
#   kafka.sh start DIR PORT [K=V…]    formats DIR (if new) and runs one node in the foreground, controller on PORT+1
set -eu
. "$(dirname "$0")/../lib.sh"
home=$cache/kafka-4.3.1

jars() {
  if [ ! -e "$home/complete" ]; then
    mkdir -p "$home"
    cp "$(dirname "$0")/pom.xml" "$home/pom.xml"
    (cd "$home" && try3 mvn -q -B -ntp dependency:copy-dependencies -DoutputDirectory=libs >&2)
    touch "$home/complete"
  fi
  echo "$home/libs"
}

run() {
  libs=$(jars)
  # shellcheck disable=SC2086
  exec java ${KAFKA_HEAP_OPTS:--Xms512m -Xmx1G} -cp "$libs/*" "$@"
}

start() {
  dir=$1
  port=$2
  shift 2
  if [ ! -e "$dir/server.properties" ]; then
    mkdir -p "$dir"
    cat > "$dir/server.properties" <<END
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=localhost:$((port + 1))
listeners=PLAINTEXT://localhost:$port,CONTROLLER://localhost:$((port + 1))
advertised.listeners=PLAINTEXT://localhost:$port
controller.listener.names=CONTROLLER
log.dirs=$dir/data
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
END
    for pair in "$@"; do echo "$pair" >> "$dir/server.properties"; done
    (run kafka.tools.StorageTool format --standalone -t AAAAAAAAAAAAAAAAAAAAAQ -c "$dir/server.properties") > "$dir/format.log" 2>&1 ||
      { cat "$dir/format.log" >&2; exit 1; }
  fi
  run kafka.Kafka "$dir/server.properties"
}

command=${1:?jars, run or start}
shift
"$command" "$@"
