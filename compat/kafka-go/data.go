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

	. "moldau/compat/harness"
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
		Check("codecs", "produces 100 records with "+name, err == nil, err)
		w.Close()
	}
	records := read(dataTopic, 3, 0, 500, nil)
	Check("codecs", "reads back all 500 records of every codec", hasAll(records), len(records))
	kept := true
	for _, r := range records {
		codec, _, _ := strings.Cut(string(r.Key), "-")
		kept = kept && string(r.Value) == "value-"+string(r.Key) && len(r.Headers) == 2 && string(r.Headers[0].Value) == codec
	}
	Check("codecs", "keeps values and headers under every codec", kept)
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
		Check("produce", "acks="+name+" is answered as asked", err == nil && len(offsets) == 50 && (level == kafka.RequireNone || offsets[49] == 49), err, offsets)
		Until(func() bool { return endOf(topic) == 50 })
		records := read(topic, 1, 0, 50, nil)
		Check("produce", "keeps records and their order with acks="+name, len(records) == 50 && string(records[0].Key) == "a-0" && string(records[49].Key) == "a-49")
	}
}

func offsetsOf(topic string, requests ...kafka.OffsetRequest) kafka.PartitionOffsets {
	return Must(client.ListOffsets(ctx, &kafka.ListOffsetsRequest{Topics: map[string][]kafka.OffsetRequest{topic: requests}})).Topics[topic][0]
}

func endOf(topic string) int64 { return offsetsOf(topic, kafka.LastOffsetOf(0)).LastOffset }

func sizes() {
	const topic = "kafka-go-big"
	_ = create(topic, 1)
	w := writer(topic, func(w *kafka.Writer) { w.BatchBytes = 3_000_000; w.MaxAttempts = 1 })
	defer w.Close()
	value := bytes.Repeat([]byte("0123456789abcdef"), 62_400) // 998,400 bytes
	err := w.WriteMessages(ctx, kafka.Message{Value: value})
	Check("produce", "produces a record near 1 MB", err == nil, err)
	err = w.WriteMessages(ctx, kafka.Message{Value: make([]byte, 1_200_000)})
	Check("produce", "a record that is too large is refused as MESSAGE_TOO_LARGE", errors.Is(unwrapped(err), kafka.MessageSizeTooLarge), err)
	err = w.WriteMessages(ctx, kafka.Message{Value: []byte("small")})
	Check("produce", "goes on after a refused record", err == nil && endOf(topic) == 2, err)
	records := read(topic, 1, 0, 2, func(c *kafka.ReaderConfig) { c.MinBytes = 1; c.MaxBytes = 1_000_000 })
	Check("consume", "reads a record near 1 MB", len(records) == 2 && bytes.Equal(records[0].Value, value) && string(records[1].Value) == "small", len(records))
	fetched := Must(client.Fetch(ctx, &kafka.FetchRequest{Topic: topic, Offset: 0, MinBytes: 1, MaxBytes: 1000, MaxWait: time.Second}))
	record, err := fetched.Records.ReadRecord()
	Check("consume", "a record larger than the limit of a fetch is given all the same", err == nil && record.Offset == 0 && bytes.Equal(Must(io.ReadAll(record.Value)), value), err)
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
	fetched := Must(client.Fetch(ctx, &kafka.FetchRequest{Topic: topic, MinBytes: 1, MaxBytes: 1 << 20, MaxWait: time.Second}))
	var r []kafka.Record
	var h []kafka.Header
	for range rows {
		record := Must(fetched.Records.ReadRecord())
		if len(r) == 0 {
			h = append(h, record.Headers...)
		}
		r = append(r, *record)
	}
	Check("records",
		"keeps headers: doubled keys, null and empty values", len(h) == 4 && h[0].Key == "h" && h[1].Key == "h" && h[3].Key == "é" && string(h[0].Value) == "1" && h[1].Value == nil && h[2].Value != nil && len(h[2].Value) == 0,
		h)

	Check("records", "keeps a null key", r[1].Key == nil && string(Must(io.ReadAll(r[1].Value))) == "no key")
	Check("records", "keeps a tombstone", string(Must(io.ReadAll(r[2].Key))) == "dead" && r[2].Value == nil)
	Check("records", "tells empty from null", r[3].Key != nil && r[3].Value != nil && r[4].Key == nil && r[4].Value == nil)
	Check("records", "keeps timestamps", r[0].Time.Equal(stamp) && r[4].Time.Equal(stamp.Add(4*time.Millisecond)), r[0].Time)
	byTime := reader(func(c *kafka.ReaderConfig) { c.Topic = topic })
	err := byTime.SetOffsetAt(ctx, stamp.Add(2*time.Millisecond))
	Check("consume", "reads from a time on", err == nil && byTime.Offset() == 2 && next(byTime, 1)[0].Offset == 2, err, byTime.Offset())
	_ = byTime.Close()
	late := offsetsOf(topic, kafka.TimeOffsetOf(0, stamp.Add(time.Second)))
	_, none := late.Offsets[-1]
	Check("consume", "finds no offset for a time after the last record", late.Error == nil && none, late)

	const appended = "kafka-go-appended"
	_ = create(appended, 1, kafka.ConfigEntry{ConfigName: "message.timestamp.type", ConfigValue: "LogAppendTime"})
	started := time.Now().Truncate(time.Millisecond)
	produced := Must(client.Produce(ctx, &kafka.ProduceRequest{Topic: appended, RequiredAcks: kafka.RequireAll, Records: kafka.NewRecordReader(kafka.Record{Time: stamp, Value: kafka.NewBytes([]byte("v"))})}))
	Check("records", "LogAppendTime gives the broker's time", produced.Error == nil && !produced.LogAppendTime.Before(started), produced)
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
	Check("consume", "tells the first and the last offset", found.FirstOffset == 0 && found.LastOffset == 1000, found)
	small := func(c *kafka.ReaderConfig) { c.MinBytes = 1; c.MaxBytes = 700 }
	records := read(lineTopic, 1, 437, 100, small)
	Check("consume", "seeks to an offset in the middle of a batch", len(records) == 100 && records[0].Offset == 437 && string(records[0].Key) == "l-37" && records[99].Offset == 536)
	records = read(lineTopic, 1, 0, 1000, small)
	inOrder := len(records) == 1000
	for i, r := range records {
		inOrder = inOrder && r.Offset == int64(i)
	}
	Check("consume", "reads all in order under small limits of a fetch", inOrder, len(records))
	r := reader(func(c *kafka.ReaderConfig) { c.Topic = lineTopic; c.OffsetOutOfRangeError = true })
	defer r.Close()
	_ = r.SetOffset(5000)
	_, err := r.FetchMessage(ctx)
	Check("consume", "an offset out of range is an error", errors.Is(err, kafka.OffsetOutOfRange), err)
	_ = r.SetOffset(990)
	lag, err := r.ReadLag(ctx)
	Check("consume", "tells how far it is behind", err == nil && lag == 10, err, lag)
	started := time.Now()
	fetched := Must(client.Fetch(ctx, &kafka.FetchRequest{Topic: lineTopic, Offset: 990, MinBytes: 500_000, MaxBytes: 1 << 20, MaxWait: 300 * time.Millisecond}))
	took := time.Since(started)
	Check("consume", "waits for min bytes no longer than the longest wait", fetched.Error == nil && fetched.HighWatermark == 1000 && took > 250*time.Millisecond && took < 10*time.Second, took)
}

func dataAfter() {
	records := read(dataTopic, 3, 0, 500, nil)
	Check("restart", "all records are there after the restart", hasAll(records), len(records))
	var first int64 = -1
	w := writer(lineTopic, func(w *kafka.Writer) {
		w.Compression = compress.Zstd
		w.Completion = func(sent []kafka.Message, _ error) { first = sent[0].Offset }
	})
	err := w.WriteMessages(ctx, messages(10, "after-")...)
	w.Close()
	Check("restart", "offsets go on where they were", err == nil && first == 1000 && endOf(lineTopic) == 1010, err, first)
}
