#!/bin/bash
# kcat: see ../README.md for the phases. Sections are functions that run side by side.
set -uo pipefail
broker=$1
phase=$2
work=$(mktemp -d)
trap 'kill $(jobs -p) 2> /dev/null; rm -rf "$work"' EXIT

ok() { echo "ok - $*"; }
fail() { echo "not ok - $*"; }
# check AREA WHAT COMMAND…
check() {
  local area=$1 what=$2
  shift 2
  if "$@" > /dev/null 2>&1; then ok "$area: $what"; else fail "$area: $what: $*"; fi
}
same() { [ "$(sort "$1" | md5sum)" = "$(sort "$2" | md5sum)" ]; }
# until COMMAND…: looks for 30 seconds at most
until_holds() {
  local deadline=$((SECONDS + 30))
  while ! eval "$*" 2> /dev/null; do
    [ $SECONDS -lt $deadline ] || return 1
    sleep 0.05
  done
}
produce() { local topic=$1; shift; kcat -b "$broker" -P -t "$topic" -X topic.metadata.refresh.fast.interval.ms=50 "$@"; }
consume() { local topic=$1; shift; kcat -b "$broker" -C -t "$topic" -e -q -X fetch.wait.max.ms=50 -X auto.offset.reset=earliest "$@"; }
lines() { wc -l < "$1"; }
keyed() { for i in $(seq "$2"); do echo "$1-$i:value-$1-$i"; done; }
member_options=(-X auto.offset.reset=earliest -X session.timeout.ms=6000 -X heartbeat.interval.ms=200 -X auto.commit.interval.ms=100
  -X fetch.wait.max.ms=50 -X topic.metadata.refresh.interval.ms=300)
# member NAME GROUP TOPICS OPTIONS…: in the background; its records and what it says go to files
member() {
  local name=$1 group=$2 topics=$3
  shift 3
  timeout 90 kcat -b "$broker" -G "$group" "${member_options[@]}" "$@" -u -f '%t:%p:%k:%s\n' $topics > "$work/$name" 2> "$work/$name.err" &
  echo $! > "$work/$name.pid"
}
leaves() { kill -"${2:-TERM}" "$(cat "$work/$1.pid")"; }

metadata() {
  check produce "the first record makes the topic" produce made <<< "a"
  kcat -b "$broker" -L > "$work/meta"
  check admin "lists the broker and the topics" grep -q '1 brokers' "$work/meta"
  check admin "describes a topic" eval "kcat -b $broker -L -t made -J | grep -q '\"partition\":0,\"leader\":1'"
}

codecs() {
  for codec in none gzip snappy lz4 zstd; do
    keyed $codec 100 > "$work/$codec"
    produce codecs-$codec -K: -z $codec -H "codec=$codec" < "$work/$codec"
    consume codecs-$codec -o beginning -f '%k:%s\n' > "$work/$codec.got"
    check codecs "$codec: 100 records come back" same "$work/$codec" "$work/$codec.got"
  done
}

acks() {
  for acks in 0 1 all; do
    keyed "$acks" 50 | produce acks-$acks -K: -X acks=$acks
    check produce "acks=$acks: 50 records arrive" until_holds "[ \$(consume acks-$acks -o beginning -f '%k\n' | wc -l) = 50 ]"
  done
  keyed p 10 | produce acks-all -K: -p 0
  check produce "records go to the partition that is named" eval "[ \$(consume acks-all -p 0 -o beginning -f '%k\n' | grep -c ^p-) = 10 ]"
  head -c 900000 /dev/zero | tr '\0' x > "$work/large"
  head -c 1200000 /dev/zero | tr '\0' x > "$work/larger"
  produce large "$work/large" -X message.max.bytes=5000000
  check produce "a record of 900 KB arrives whole" eval "consume large -o beginning -D '' | cmp - $work/large"
  check produce "a record above the limit of the broker is refused" eval "{ produce large $work/larger -X message.max.bytes=5000000 2>&1 || true; } | grep -qi 'too large'"
  check consume "a record larger than the fetch limits is read all the same" eval "consume large -o beginning -D '' -X fetch.max.bytes=60000 -X max.partition.fetch.bytes=50000 -X message.max.bytes=60000 | cmp - $work/large"
}

records() {
  printf 'headers:v\n' | produce records -K: -H a=1 -H b= -H a -H a=2
  printf 'plain\n' | produce records
  printf 'tombstone:\n' | produce records -K: -Z
  printf ':null key\n' | produce records -K: -Z
  printf 'žluťoučký:kůň\n' | produce records -K:
  consume records -o beginning -f '%o|%K|%k|%S|%s|%h\n' > "$work/records"
  check records "headers keep their order, doubled keys, empty and null values" grep -q '^0|7|headers|1|v|a=1,b=,a=NULL,a=2$' "$work/records"
  check records "a record without a key has none" grep -q '^1|-1||5|plain|' "$work/records"
  check records "a tombstone stays null" grep -q '^2|9|tombstone|-1||' "$work/records"
  check records "a null key stays null" grep -q '^3|-1||8|null key|' "$work/records"
  check records "keys and values are any bytes" grep -q 'žluťoučký|.*|kůň|' "$work/records"
  check records "offsets count up from zero" eval "[ \"\$(cut -d'|' -f1 $work/records | tr '\n' ' ')\" = '0 1 2 3 4 ' ]"
  local now
  now=$(date +%s%3N)
  printf 'timed\n' | produce records
  check records "a record carries the time of its sending" eval "[ \$(consume records -o 5 -f '%T\n') -ge $now ]"
}

reading() {
  keyed early 100 | produce reading -K: -p 0
  until_holds "[ \$(date +%s%3N) -gt $(date +%s%3N) ]"
  local now
  now=$(date +%s%3N)
  keyed late 50 | tee "$work/late" | produce reading -K: -z lz4 -p 0
  check consume "reads all from the start" eval "[ \$(consume reading -o beginning -f '%k\n' | wc -l) = 150 ]"
  consume reading -p 0 -o "s@$now" -f '%k:%s\n' > "$work/late.got"
  check consume "reads from a time on" same "$work/late" "$work/late.got"
  check consume "offsets by time" eval "kcat -b $broker -Q -t reading:0:$now | grep -q 'offset 100'"
  check consume "first and next offset are told" eval "kcat -b $broker -Q -t reading:0:-2 -t reading:0:-1 | grep -qE 'offset (0|150)'"
  check consume "begins at an offset" eval "[ \$(consume reading -p 0 -o 140 -f '%o\n' | head -1) = 140 ]"
  check consume "begins before the end" eval "[ \$(consume reading -p 0 -o -5 -f '%o\n' | wc -l) = 5 ]"
  check consume "reads so many" eval "[ \$(consume reading -o beginning -c 7 -f '%o\n' | wc -l) = 7 ]"
  check consume "from the end there is nothing" eval "[ \$(consume reading -o end -f '%o\n' | wc -l) = 0 ]"
  check consume "small fetch limits still read all" eval "[ \$(consume reading -o beginning -X fetch.max.bytes=1500 -X max.partition.fetch.bytes=1000 -X message.max.bytes=1500 -f '%o\n' | wc -l) = 150 ]"
  check consume "an offset out of range goes to the start" eval "[ \$(consume reading -p 0 -o 9999 -c 1 -f '%o\n') = 0 ]"
}

by_assignor() {
  local name=$1 a=$1-a b=$1-b
  for topic in $name-1 $name-2; do produce $topic <<< first; done
  member "$a" "group-$name" "$name-1 $name-2" -X partition.assignment.strategy=$name
  until_holds "[ \$(lines $work/$a) = 2 ]"
  member "$b" "group-$name" "$name-1 $name-2" -X partition.assignment.strategy=$name
  check groups "$name: a second member joins" until_holds "grep -qa rebalanced $work/$b.err"
  keyed both 50 | produce $name-1 -K: ; keyed both 50 | produce $name-2 -K:
  check groups "$name: the group reads each record" until_holds "[ \$(cat $work/$a $work/$b | grep -c both) -ge 100 ]"
  check groups "$name: and reads it once" eval "[ \$(cat $work/$a $work/$b | grep both | sort | uniq -d | wc -l) = 0 ]"
  leaves "$a"; wait "$(cat "$work/$a.pid")" 2> /dev/null
  keyed one 20 | produce $name-1 -K: ; keyed one 20 | produce $name-2 -K:
  check groups "$name: the member that stays reads on when the other leaves" until_holds "[ \$(grep -c one $work/$b) = 40 ]"
  leaves "$b"; wait "$(cat "$work/$b.pid")" 2> /dev/null
  keyed more 3 | produce $name-1 -K:
  timeout 30 kcat -b "$broker" -G "group-$name" "${member_options[@]}" -X partition.assignment.strategy=$name -c 3 -q -u -f '%k\n' $name-1 $name-2 > "$work/$name.more" 2> /dev/null
  check commits "$name: the group goes on where its members left" eval "[ \"\$(grep -c more $work/$name.more)\" = 3 ]"
}
range() { by_assignor range; }
roundrobin() { by_assignor roundrobin; }
cooperative() { by_assignor cooperative-sticky; }

static() {
  produce static <<< first
  member static-a static-group static -X group.instance.id=one
  until_holds "[ \$(lines $work/static-a) = 1 ]"
  leaves static-a; wait "$(cat "$work/static-a.pid")" 2> /dev/null
  produce static <<< second
  member static-b static-group static -X group.instance.id=one
  check groups "a static member that comes back goes on at once" until_holds "grep -q second $work/static-b"
  check groups "and reads nothing twice" eval "! grep -q first $work/static-b"
  leaves static-b
}

crash() {
  produce crash <<< first
  member crash-a crash-group crash -X session.timeout.ms=2000
  until_holds "[ \$(lines $work/crash-a) = 1 ]"
  kill -KILL "$(pgrep -P "$(cat "$work/crash-a.pid")")"
  member crash-b crash-group crash -X session.timeout.ms=2000
  produce crash <<< second
  check groups "the partitions of a member that crashes go to another" until_holds "grep -q second $work/crash-b"
  leaves crash-b
}

pattern() {
  produce pattern-a <<< a
  produce other-pattern <<< other
  member pattern pattern-group '^pattern-.*'
  check groups "a pattern finds the topics that fit" until_holds "grep -q pattern-a $work/pattern"
  produce pattern-b <<< b
  check groups "a topic that is made later is found by the pattern" until_holds "grep -q pattern-b $work/pattern"
  check groups "and no other" eval "! grep -q other $work/pattern"
  leaves pattern
}

survivor() {
  keyed before 300 | produce survivor -K: -z zstd
  timeout 30 kcat -b "$broker" -G survivor-group "${member_options[@]}" -c 300 -q -u -f '%k\n' survivor > /dev/null 2>&1
}

# Sends without a pause while the broker restarts: each record once, in order.
idempotence() {
  mkfifo "$work/pipe"
  produce idempotent -E -p 0 -X enable.idempotence=true -X linger.ms=1 -X reconnect.backoff.max.ms=200 < "$work/pipe" 2> /dev/null &
  local producer=$! count=0
  exec 3> "$work/pipe"
  until_holds "echo \$((count++)) >&3; [ \$count -gt 100 ] && [ \$(consume idempotent -o beginning -f '%s\n' | wc -l) -gt 20 ]"
  echo restart
  while ! read -r -t 0.01 _; do echo $((count++)) >&3; done
  for _ in $(seq 100); do echo $((count++)) >&3; done
  exec 3>&-
  wait $producer
  check idempotence "a producer that lives through a restart of the broker ends well" [ $? = 0 ]
  seq 0 $((count - 1)) > "$work/sent"
  consume idempotent -o beginning -f '%s\n' > "$work/sent.got"
  check idempotence "each record is there once, in order" cmp "$work/sent" "$work/sent.got"
}

restart() {
  check restart "all records are there after a restart" eval "[ \$(consume survivor -o beginning -f '%k\n' | wc -l) = 300 ]"
  keyed after 10 | tee "$work/after" | produce survivor -K:
  timeout 60 kcat -b "$broker" -G survivor-group "${member_options[@]}" -c 10 -q -u -f '%k:%s\n' survivor > "$work/after.got" 2> /dev/null
  check restart "a group goes on at its committed offsets" same "$work/after" "$work/after.got"
}

if [ "$phase" = before ]; then
  sections=()
  for section in metadata codecs acks records reading range roundrobin cooperative static crash pattern survivor; do
    $section > "$work/out.$section" &
    sections+=($!)
  done
  wait "${sections[@]}"
  cat "$work"/out.* | tee "$work/all"
  idempotence | tee -a "$work/all"
else
  restart | tee "$work/all"
fi
! grep -q '^not ok' "$work/all"
