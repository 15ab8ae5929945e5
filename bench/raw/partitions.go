package main

// first and every: when is one record accepted, when one in every partition of a large topic?

import (
	"fmt"
	"net"
	"time"
)

const (
	retryEvery            = 2 * time.Millisecond
	partitionsPerRequest  = 200
	createdPerSecondFloor = 50
)

// dialUntil connects as soon as somebody listens.
func dialUntil(boot string, deadline time.Duration) net.Conn {
	begin := time.Now()
	for {
		connection, err := net.Dial("tcp", boot)
		if err == nil {
			return connection
		}
		if time.Since(begin) > deadline {
			panic(err)
		}
		time.Sleep(retryEvery)
	}
}

// first asks for the metadata of a topic that does not exist yet, as every client does, then writes a record to it.
func first(boot, topic string) map[string]any {
	connection := dialUntil(boot, time.Minute)
	accepted := time.Now()
	records := batch(100, 1)
	for {
		a := call(connection, frame(3, 4, append(text(i32(nil, 1), topic), 1)))
		a.int32()
		for range a.int32() {
			a.int32()
			a.text()
			a.int32()
			a.text()
		}
		a.text()
		a.int32()
		a.int32()
		if a.int16() == 0 {
			sent := call(connection, produceRequest(topic, 0, -1, records))
			if code := int(be.Uint16(sent.bytes[produceErrorAt(topic)-4:])); code == 0 {
				break
			} else if !isNotYet(code) {
				fail("Produce: error %d", code)
			}
		}
		time.Sleep(retryEvery)
	}
	return map[string]any{"connectedAtMs": milliseconds(accepted), "acceptedAtMs": milliseconds(time.Now())}
}

// every writes one record to each partition of all topics; those that are not ready are asked again.
func every(boot, prefix string, topics, partitions int, create bool) map[string]any {
	connection := dialUntil(boot, 2*time.Minute)
	begin := time.Now()
	names := make([]string, topics)
	for i := range names {
		names[i] = fmt.Sprintf("%s-%d", prefix, i)
		if create {
			createTopic(connection, names[i], partitions/topics, "")
		}
	}
	created := time.Now()
	deadline := begin.Add(time.Duration(partitions/createdPerSecondFloor+30) * time.Second)
	var firstAt time.Time
	for _, name := range names {
		open := make([]int, partitions/topics)
		for i := range open {
			open[i] = i
		}
		for len(open) > 0 {
			if time.Now().After(deadline) {
				fail("%d partitions of %s cannot be written", len(open), name)
			}
			again := produceToEach(connection, name, open)
			if len(again) < len(open) && firstAt.IsZero() {
				firstAt = time.Now()
			}
			if len(again) == len(open) {
				time.Sleep(retryEvery)
			}
			open = again
		}
	}
	return map[string]any{
		"beganAtMs": milliseconds(begin), "createdAtMs": milliseconds(created),
		"firstAtMs": milliseconds(firstAt), "allAtMs": milliseconds(time.Now()),
	}
}

// produceToEach writes a record to each of the partitions, some in each request, and returns those that are not ready.
func produceToEach(connection net.Conn, topic string, partitions []int) []int {
	records := batch(100, 1)
	var again []int
	for at := 0; at < len(partitions); at += partitionsPerRequest {
		some := partitions[at:min(at+partitionsPerRequest, len(partitions))]
		b := i32(i16(i16(nil, -1), -1), 30_000)
		b = i32(text(i32(b, 1), topic), len(some))
		for _, partition := range some {
			b = blob(i32(b, partition), records)
		}
		a := call(connection, frame(0, 8, b))
		a.int32()
		a.text()
		for range a.int32() {
			partition, code := a.int32(), a.int16()
			a.at += 24
			for range a.int32() {
				a.int32()
				a.text()
			}
			a.text()
			if isNotYet(code) {
				again = append(again, partition)
			} else if code != 0 {
				fail("Produce: error %d", code)
			}
		}
	}
	return again
}

func milliseconds(at time.Time) float64 { return float64(at.UnixMicro()) / 1000 }
