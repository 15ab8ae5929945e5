package main

// Topics: made, waited for until every partition answers, deleted.

import (
	"net"
	"strings"
	"time"
)

// Kafka's codes for "not yet": unknown topic or partition, leader not available, not the leader, coordinator loading, not available.
func isNotYet(code int) bool {
	return code == 3 || code == 5 || code == 6 || code == 14 || code == 15 || code == 16
}

func createTopic(connection net.Conn, topic string, partitions int, configs string) {
	b := i32(nil, 1)
	b = i16(i32(text(b, topic), partitions), 1)
	b = i32(b, 0)
	var pairs []string
	if configs != "" {
		pairs = strings.Split(configs, ",")
	}
	b = i32(b, len(pairs))
	for _, pair := range pairs {
		key, value, _ := strings.Cut(pair, "=")
		b = text(text(b, key), value)
	}
	b = append(i32(b, 60_000), 0)
	a := call(connection, frame(19, 4, b))
	a.int32()
	if n := a.int32(); n != 1 {
		fail("CreateTopics answered %d topics", n)
	}
	a.text()
	if code := a.int16(); code != 0 {
		fail("CreateTopics %s: error %d %s", topic, code, a.text())
	}
}

// awaitTopic returns when every partition tells its end.
func awaitTopic(connection net.Conn, topic string, partitions int) {
	for {
		b := text(i32(append(i32(nil, -1), 0), 1), topic)
		b = i32(b, partitions)
		for i := range partitions {
			b = i64(i32(i32(b, i), -1), -1)
		}
		a := call(connection, frame(2, 4, b))
		a.int32()
		a.int32()
		a.text()
		ready := 0
		for range a.int32() {
			a.int32()
			code := a.int16()
			a.int64()
			a.int64()
			a.int32()
			if code == 0 {
				ready++
			} else if !isNotYet(code) {
				fail("ListOffsets %s: error %d", topic, code)
			}
		}
		if ready == partitions {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func deleteTopic(connection net.Conn, topic string) {
	a := call(connection, frame(20, 1, i32(text(i32(nil, 1), topic), 60_000)))
	a.int32()
	a.int32()
	a.text()
	if code := a.int16(); code != 0 {
		fail("DeleteTopics %s: error %d", topic, code)
	}
}
