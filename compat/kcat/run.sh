#!/bin/bash
# kcat: see ../README.md for the phases.
set -euo pipefail
broker=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
topic=kcat-smoke
group=kcat-group

ok() { echo "ok - $*"; }
fail() { echo "not ok - $*" >&2; exit 1; }
same() { diff <(sort "$1") <(sort "$2") > "$work/diff" || { head -20 "$work/diff" >&2; fail "$3"; }; ok "$3"; }

if [ "$2" = before ]; then
  kcat -b "$broker" -L > "$work/meta"
  grep -q '1 brokers' "$work/meta" || fail "lists the broker"
  ok "lists the broker"
  : > "$work/sent"
  for codec in none gzip snappy lz4 zstd; do
    for i in $(seq 100); do echo "key-$codec-$i:value-$codec-$i"; done > "$work/$codec"
    kcat -b "$broker" -P -t $topic -K: -z $codec -X topic.metadata.refresh.fast.interval.ms=50 -H "codec=$codec" < "$work/$codec"
    cat "$work/$codec" >> "$work/sent"
    ok "produces with $codec (topic made by the first record)"
  done
  kcat -b "$broker" -C -t $topic -o beginning -e -q -f '%k:%s\n' > "$work/got"
  same "$work/sent" "$work/got" "reads all 500 records from the start"
  kcat -b "$broker" -C -t $topic -o beginning -e -q -c 1 -f '%h\n' | grep -q 'codec=' || fail "keeps headers"
  ok "keeps headers"
  sleep 0.05
  now=$(date +%s%3N)
  for i in $(seq 50); do echo "late-$i:late-$i"; done | tee "$work/late" | kcat -b "$broker" -P -t $topic -K: -z lz4
  kcat -b "$broker" -C -t $topic -o s@$now -e -q -f '%k:%s\n' > "$work/got"
  same "$work/late" "$work/got" "reads by time the 50 records sent after it"

  # a group of two, of which one leaves; a topic with one partition shows who owns it
  common=(-X auto.offset.reset=earliest -X session.timeout.ms=6000 -X heartbeat.interval.ms=300 -X enable.auto.commit=true -X auto.commit.interval.ms=200)
  timeout 60 kcat -b "$broker" -G $group "${common[@]}" -u -f '%k:%s\n' $topic > "$work/first" 2> "$work/first.err" &
  first=$!
  for _ in $(seq 300); do [ "$(wc -l < "$work/first")" -ge 550 ] && break; sleep 0.1; done
  cat "$work/sent" "$work/late" > "$work/all"
  same "$work/all" "$work/first" "a group reads everything"
  timeout 60 kcat -b "$broker" -G $group "${common[@]}" -u -f '%k:%s\n' $topic > "$work/second" 2> "$work/second.err" &
  second=$!
  for _ in $(seq 200); do grep -q 'rebalanced.*assigned' "$work/second.err" && break; sleep 0.1; done
  grep -q 'rebalanced.*assigned' "$work/second.err" || fail "a second member joins"
  ok "a second member joins the group"
  kill -TERM $first; wait $first || true
  echo "more:more" | kcat -b "$broker" -P -t $topic -K:
  for _ in $(seq 150); do grep -qs 'more:more' "$work/first" "$work/second" && break; sleep 0.1; done
  grep -q 'more:more' "$work/second" || fail "the member that stays reads on when the other leaves"
  ok "the member that stays reads on when the other leaves"
  sleep 0.6
  kill -TERM $second; wait $second || true
  [ "$(cat "$work/first" "$work/second" | wc -l)" = 551 ] || fail "the group reads each record once"
  ok "the group reads each record once"
else
  kcat -b "$broker" -C -t $topic -o beginning -e -q -f '%k\n' | wc -l | grep -qx 551 || fail "all records survive a restart"
  ok "all records survive a restart"
  for i in $(seq 10); do echo "after-$i:after-$i"; done | tee "$work/after" | kcat -b "$broker" -P -t $topic -K:
  timeout 60 kcat -b "$broker" -G $group -X auto.offset.reset=earliest -c 10 -q -u -f '%k:%s\n' $topic > "$work/got"
  same "$work/after" "$work/got" "the group goes on at its committed offset after a restart"
fi
