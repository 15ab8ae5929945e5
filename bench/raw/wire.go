package main

// The few bytes of Kafka's protocol that this tool speaks, in fixed old versions that both brokers serve.

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand"
	"net"
	"time"
)

var be = binary.BigEndian

const clientID = "raw"

func i16(b []byte, v int) []byte     { return be.AppendUint16(b, uint16(v)) }
func i32(b []byte, v int) []byte     { return be.AppendUint32(b, uint32(v)) }
func i64(b []byte, v int64) []byte   { return be.AppendUint64(b, uint64(v)) }
func text(b []byte, s string) []byte { return append(i16(b, len(s)), s...) }
func blob(b, v []byte) []byte        { return append(i32(b, len(v)), v...) }

// frame is one request with header version 1.
func frame(api, version int, body []byte) []byte {
	out := i32(nil, 10+len(clientID)+len(body))
	out = i32(i16(i16(out, api), version), 7)
	return append(text(out, clientID), body...)
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func dial(address string) net.Conn {
	connection, err := net.Dial("tcp", address)
	must(err)
	return connection
}

// call sends a request and returns the answer behind its correlation id.
func call(connection net.Conn, request []byte) *answer {
	_, err := connection.Write(request)
	must(err)
	return receive(connection)
}

func receive(connection net.Conn) *answer {
	var size [4]byte
	_, err := io.ReadFull(connection, size[:])
	must(err)
	body := make([]byte, be.Uint32(size[:]))
	_, err = io.ReadFull(connection, body)
	must(err)
	return &answer{body, 4}
}

// answer reads the fields of a response in their order.
type answer struct {
	bytes []byte
	at    int
}

func (a *answer) int16() int { a.at += 2; return int(int16(be.Uint16(a.bytes[a.at-2:]))) }
func (a *answer) int32() int { a.at += 4; return int(int32(be.Uint32(a.bytes[a.at-4:]))) }
func (a *answer) int64() int64 {
	a.at += 8
	return int64(be.Uint64(a.bytes[a.at-8:]))
}
func (a *answer) text() string {
	n := a.int16()
	if n < 0 {
		return ""
	}
	a.at += n
	return string(a.bytes[a.at-n : a.at])
}
func (a *answer) blob() []byte {
	n := a.int32()
	if n < 0 {
		return nil
	}
	a.at += n
	return a.bytes[a.at-n : a.at]
}

// batch is one uncompressed batch of `count` records of `size` random bytes each.
func batch(size, count int) []byte {
	value := make([]byte, size)
	rand.New(rand.NewSource(1)).Read(value)
	var records []byte
	for i := range count {
		record := []byte{0}
		record = binary.AppendVarint(record, 0)
		record = binary.AppendVarint(record, int64(i))
		record = binary.AppendVarint(record, -1)
		record = binary.AppendVarint(record, int64(size))
		record = append(record, value...)
		record = binary.AppendVarint(record, 0)
		records = append(binary.AppendVarint(records, int64(len(record))), record...)
	}
	now := time.Now().UnixMilli()
	checked := i32(i16(nil, 0), count-1)
	checked = i64(i64(checked, now), now)
	checked = i32(i16(i64(checked, -1), -1), -1)
	checked = append(i32(checked, count), records...)
	out := i32(i64(nil, 0), len(checked)+9)
	out = append(i32(out, -1), 2)
	out = be.AppendUint32(out, crc32.Checksum(checked, crc32.MakeTable(crc32.Castagnoli)))
	return append(out, checked...)
}

// produceRequest is Produce version 8: the records of one partition.
func produceRequest(topic string, partition, acks int, records []byte) []byte {
	b := i32(i16(i16(nil, -1), acks), 30_000)
	b = i32(text(i32(b, 1), topic), 1)
	return frame(0, 8, blob(i32(b, partition), records))
}

// produceErrorAt is where the error code stands in an answer with its size in front.
func produceErrorAt(topic string) int { return 4 + 4 + 4 + 2 + len(topic) + 4 + 4 }

func fail(format string, arguments ...any) { panic(fmt.Sprintf(format, arguments...)) }
