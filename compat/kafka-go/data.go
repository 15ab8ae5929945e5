package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/compress"
)

const (
	dataTopic = "kafka-go-data"
	lineTopic = "kafka-go-line"
)

var allCodecs = []compress.Compression{compress.None, compress.Gzip, compress.Snappy, compress.Lz4, compress.Zstd}

func nameOf(codec compress.Compression) string {
	if codec == compress.None {
		return "none"
	}
	return codec.String()
}

func codecs() {
	_ = create(dataTopic, 3)
	for _, codec := range allCodecs {
		name := nameOf(codec)
		w := writer(dataTopic, func(w *kafka.Writer) { w.Compression = codec })
		err := w.WriteMessages(ctx, messages(100, name+"-", kafka.Header{Key: "codec", Value: []byte(name)}, kafka.Header{Key: "codec"})...)
		check("codecs", err == nil, "produces 100 records with "+name, err)
		w.Close()
	}
	records := read(dataTopic, 3, 0, 500, nil)
	check("codecs", hasAll(records), "reads back all 500 records of every codec", len(records))
	kept := true
	for _, r := range records {
		codec, _, _ := strings.Cut(string(r.Key), "-")
		kept = kept && string(r.Value) == "value-"+string(r.Key) && len(r.Headers) == 2 && string(r.Headers[0].Value) == codec
	}
	check("codecs", kept, "keeps values and headers under every codec")
}

func hasAll(records []kafka.Message) bool {
	keys := map[string]bool{}
	for _, r := range records {
		keys[string(r.Key)] = true
	}
	for _, codec := range allCodecs {
		for i := range 100 {
			if !keys[fmt.Sprintf("%s-%d", nameOf(codec), i)] {
				return false
			}
		}
	}
	return len(records) == 500 && len(keys) == 500
}

func acks() {
	for name, level := range map[string]kafka.RequiredAcks{"0": kafka.RequireNone, "1": kafka.RequireOne, "all": kafka.RequireAll} {
		topic := "kafka-go-acks-" + name
		_ = create(topic, 1)
		var offsets []int64
		w := writer(topic, func(w *kafka.Writer) {
			w.RequiredAcks = level
			w.Completion = func(sent []kafka.Message, _ error) {
				for _, m := range sent {
					offsets = append(offsets, m.Offset)
				}
			}
		})
		err := w.WriteMessages(ctx, messages(50, "a-")...)
		w.Close()
		check("produce", err == nil && len(offsets) == 50 && (level == kafka.RequireNone || offsets[49] == 49), "acks="+name+" is answered as asked", err, offsets)
		until(func() bool { return endOf(topic) == 50 })
		records := read(topic, 1, 0, 50, nil)
		check("produce", len(records) == 50 && string(records[0].Key) == "a-0" && string(records[49].Key) == "a-49", "keeps records and their order with acks="+name)
	}
}

func offsetsOf(topic string, requests ...kafka.OffsetRequest) kafka.PartitionOffsets {
	return must(client.ListOffsets(ctx, &kafka.ListOffsetsRequest{Topics: map[string][]kafka.OffsetRequest{topic: requests}})).Topics[topic][0]
}

func endOf(topic string) int64 { return offsetsOf(topic, kafka.LastOffsetOf(0)).LastOffset }

func sizes() {
	const topic = "kafka-go-big"
	_ = create(topic, 1)
	w := writer(topic, func(w *kafka.Writer) { w.BatchBytes = 3_000_000; w.MaxAttempts = 1 })
	defer w.Close()
	value := bytes.Repeat([]byte("0123456789abcdef"), 62_400) // 998,400 bytes
	err := w.WriteMessages(ctx, kafka.Message{Value: value})
	check("produce", err == nil, "produces a record near 1 MB", err)
	err = w.WriteMessages(ctx, kafka.Message{Value: make([]byte, 1_200_000)})
	check("produce", errors.Is(unwrapped(err), kafka.MessageSizeTooLarge), "a record that is too large is refused as MESSAGE_TOO_LARGE", err)
	err = w.WriteMessages(ctx, kafka.Message{Value: []byte("small")})
	check("produce", err == nil && endOf(topic) == 2, "goes on after a refused record", err)
	records := read(topic, 1, 0, 2, func(c *kafka.ReaderConfig) { c.MinBytes = 1; c.MaxBytes = 1_000_000 })
	check("consume", len(records) == 2 && bytes.Equal(records[0].Value, value) && string(records[1].Value) == "small", "reads a record near 1 MB", len(records))
	fetched := must(client.Fetch(ctx, &kafka.FetchRequest{Topic: topic, Offset: 0, MinBytes: 1, MaxBytes: 1000, MaxWait: time.Second}))
	record, err := fetched.Records.ReadRecord()
	check("consume", err == nil && record.Offset == 0 && bytes.Equal(must(io.ReadAll(record.Value)), value), "a record larger than the limit of a fetch is given all the same", err)
}

func unwrapped(err error) error {
	var each kafka.WriteErrors
	if errors.As(err, &each) {
		return each[0]
	}
	return err
}

func shapes() {
	const topic = "kafka-go-shapes"
	_ = create(topic, 1)
	stamp := time.UnixMilli(1_600_000_000_123)
	rows := []kafka.Message{
		{Key: []byte("k"), Value: []byte("v"), Headers: []kafka.Header{{Key: "h", Value: []byte("1")}, {Key: "h"}, {Key: "h", Value: []byte{}}, {Key: "é", Value: []byte("2")}}},
		{Value: []byte("no key")}, {Key: []byte("dead")}, {Key: []byte{}, Value: []byte{}}, {},
	}
	for i := range rows {
		rows[i].Time = stamp.Add(time.Duration(i) * time.Millisecond)
	}
	w := writer(topic, nil)
	if err := w.WriteMessages(ctx, rows...); err != nil {
		panic(err)
	}
	w.Close()
	fetched := must(client.Fetch(ctx, &kafka.FetchRequest{Topic: topic, MinBytes: 1, MaxBytes: 1 << 20, MaxWait: time.Second}))
	var r []kafka.Record
	var h []kafka.Header
	for range rows {
		record := must(fetched.Records.ReadRecord())
		if len(r) == 0 {
			h = append(h, record.Headers...)
		}
		r = append(r, *record)
	}
	check("records", len(h) == 4 && h[0].Key == "h" && h[1].Key == "h" && h[3].Key == "é" && string(h[0].Value) == "1" && h[1].Value == nil && h[2].Value != nil && len(h[2].Value) == 0,
		"keeps headers: doubled keys, null and empty values", h)
	check("records", r[1].Key == nil && string(must(io.ReadAll(r[1].Value))) == "no key", "keeps a null key")
	check("records", string(must(io.ReadAll(r[2].Key))) == "dead" && r[2].Value == nil, "keeps a tombstone")
	check("records", r[3].Key != nil && r[3].Value != nil && r[4].Key == nil && r[4].Value == nil, "tells empty from null")
	check("records", r[0].Time.Equal(stamp) && r[4].Time.Equal(stamp.Add(4*time.Millisecond)), "keeps timestamps", r[0].Time)
	byTime := reader(func(c *kafka.ReaderConfig) { c.Topic = topic })
	err := byTime.SetOffsetAt(ctx, stamp.Add(2*time.Millisecond))
	check("consume", err == nil && byTime.Offset() == 2 && next(byTime, 1)[0].Offset == 2, "reads from a time on", err, byTime.Offset())
	_ = byTime.Close()
	late := offsetsOf(topic, kafka.TimeOffsetOf(0, stamp.Add(time.Second)))
	_, none := late.Offsets[-1]
	check("consume", late.Error == nil && none, "finds no offset for a time after the last record", late)

	const appended = "kafka-go-appended"
	_ = create(appended, 1, kafka.ConfigEntry{ConfigName: "message.timestamp.type", ConfigValue: "LogAppendTime"})
	started := time.Now().Truncate(time.Millisecond)
	produced := must(client.Produce(ctx, &kafka.ProduceRequest{Topic: appended, RequiredAcks: kafka.RequireAll, Records: kafka.NewRecordReader(kafka.Record{Time: stamp, Value: kafka.NewBytes([]byte("v"))})}))
	check("records", produced.Error == nil && !produced.LogAppendTime.Before(started), "LogAppendTime gives the broker's time", produced)
}

func positions() {
	_ = create(lineTopic, 1)
	w := writer(lineTopic, nil)
	for range 10 {
		if err := w.WriteMessages(ctx, messages(100, "l-")...); err != nil {
			panic(err)
		}
	}
	w.Close()
	found := offsetsOf(lineTopic, kafka.FirstOffsetOf(0), kafka.LastOffsetOf(0))
	check("consume", found.FirstOffset == 0 && found.LastOffset == 1000, "tells the first and the last offset", found)
	small := func(c *kafka.ReaderConfig) { c.MinBytes = 1; c.MaxBytes = 700 }
	records := read(lineTopic, 1, 437, 100, small)
	check("consume", len(records) == 100 && records[0].Offset == 437 && string(records[0].Key) == "l-37" && records[99].Offset == 536, "seeks to an offset in the middle of a batch")
	records = read(lineTopic, 1, 0, 1000, small)
	inOrder := len(records) == 1000
	for i, r := range records {
		inOrder = inOrder && r.Offset == int64(i)
	}
	check("consume", inOrder, "reads all in order under small limits of a fetch", len(records))
	r := reader(func(c *kafka.ReaderConfig) { c.Topic = lineTopic; c.OffsetOutOfRangeError = true })
	defer r.Close()
	_ = r.SetOffset(5000)
	_, err := r.FetchMessage(ctx)
	check("consume", errors.Is(err, kafka.OffsetOutOfRange), "an offset out of range is an error", err)
	_ = r.SetOffset(990)
	lag, err := r.ReadLag(ctx)
	check("consume", err == nil && lag == 10, "tells how far it is behind", err, lag)
	started := time.Now()
	fetched := must(client.Fetch(ctx, &kafka.FetchRequest{Topic: lineTopic, Offset: 990, MinBytes: 500_000, MaxBytes: 1 << 20, MaxWait: 300 * time.Millisecond}))
	took := time.Since(started)
	check("consume", fetched.Error == nil && fetched.HighWatermark == 1000 && took > 250*time.Millisecond && took < 10*time.Second, "waits for min bytes no longer than the longest wait", took)
}

func dataAfter() {
	records := read(dataTopic, 3, 0, 500, nil)
	check("restart", hasAll(records), "all records are there after the restart", len(records))
	var first int64 = -1
	w := writer(lineTopic, func(w *kafka.Writer) {
		w.Compression = compress.Zstd
		w.Completion = func(sent []kafka.Message, _ error) { first = sent[0].Offset }
	})
	err := w.WriteMessages(ctx, messages(10, "after-")...)
	w.Close()
	check("restart", err == nil && first == 1000 && endOf(lineTopic) == 1010, "offsets go on where they were", err, first)
}
