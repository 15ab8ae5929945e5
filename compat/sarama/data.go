package main

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/IBM/sarama"

	. "moldau/compat/harness"
)

const dataTopic = "sarama-data"
const lineTopic = "sarama-line"

var allCodecs = []sarama.CompressionCodec{sarama.CompressionNone, sarama.CompressionGZIP, sarama.CompressionSnappy, sarama.CompressionLZ4, sarama.CompressionZSTD}

func codecs() {
	_ = create(dataTopic, 3, nil)
	for _, codec := range allCodecs {
		p := producer(func(c *sarama.Config) { c.Producer.Compression = codec })
		sent := sendAll(p, dataTopic, 100, codec.String()+"-", sarama.RecordHeader{Key: []byte("codec"), Value: []byte(codec.String())}, sarama.RecordHeader{Key: []byte("codec")})
		Check("codecs", "produces 100 records with "+codec.String(), len(sent) == 100)
		p.Close()
	}
	records := read(dataTopic, 3, sarama.OffsetOldest, 500, nil)
	Check("codecs", "reads back all 500 records of every codec", hasAll(records), len(records))
	kept := true
	for _, r := range records {
		codec, _, _ := strings.Cut(string(r.Key), "-")
		kept = kept && string(r.Value) == "value-"+string(r.Key) && len(r.Headers) == 2 && string(r.Headers[0].Value) == codec && r.Headers[1].Value == nil
	}
	Check("codecs", "keeps values and headers under every codec", kept)
}

func hasAll(records []*sarama.ConsumerMessage) bool {
	keys := map[string]bool{}
	for _, r := range records {
		keys[string(r.Key)] = true
	}
	for _, codec := range allCodecs {
		for i := range 100 {
			if !keys[fmt.Sprintf("%s-%d", codec, i)] {
				return false
			}
		}
	}
	return len(records) == 500 && len(keys) == 500
}

func acks() {
	for name, level := range map[string]sarama.RequiredAcks{"0": sarama.NoResponse, "1": sarama.WaitForLocal, "all": sarama.WaitForAll} {
		topic := "sarama-acks-" + name
		_ = create(topic, 1, nil)
		p := producer(func(c *sarama.Config) { c.Producer.RequiredAcks = level })
		sent := sendAll(p, topic, 50, "a-")
		if level != sarama.NoResponse {
			Check("produce", "acks="+name+" answers offsets", sent[0].Offset == 0 && sent[49].Offset == 49, sent[0].Offset, sent[49].Offset)
		}
		records := read(topic, 1, sarama.OffsetOldest, 50, nil)
		Check("produce", "keeps records and their order with acks="+name, len(records) == 50 && string(records[0].Key) == "a-0" && string(records[49].Key) == "a-49")
		p.Close()
	}
}

func sizes() {
	const topic = "sarama-big"
	_ = create(topic, 1, nil)
	p := producer(func(c *sarama.Config) { c.Producer.MaxMessageBytes = 3_000_000 })
	defer p.Close()
	value := bytes.Repeat([]byte("0123456789abcdef"), 62_400) // 998,400 bytes
	_, offset, err := p.SendMessage(&sarama.ProducerMessage{Topic: topic, Value: sarama.ByteEncoder(value)})
	Check("produce", "produces a record near 1 MB", err == nil && offset == 0, err)
	_, _, err = p.SendMessage(&sarama.ProducerMessage{Topic: topic, Value: sarama.ByteEncoder(make([]byte, 1_200_000))})
	Check("produce", "a record that is too large is refused as MESSAGE_TOO_LARGE", has(err, sarama.ErrMessageSizeTooLarge), err)
	_, offset, err = p.SendMessage(&sarama.ProducerMessage{Topic: topic, Value: sarama.StringEncoder("small")})
	Check("produce", "goes on after a refused record", err == nil && offset == 1, err)
	records := read(topic, 1, sarama.OffsetOldest, 2, func(c *sarama.Config) { c.Consumer.Fetch.Default = 1000; c.Consumer.Fetch.MaxBytes = 1000 })
	Check("consume", "a record larger than the limits of a fetch is read all the same", len(records) == 2 && bytes.Equal(records[0].Value, value) && string(records[1].Value) == "small")
}

func shapes() {
	const topic = "sarama-shapes"
	_ = create(topic, 1, nil)
	stamp := time.UnixMilli(1_600_000_000_123)
	headers := []sarama.RecordHeader{{Key: []byte("h"), Value: []byte("1")}, {Key: []byte("h")}, {Key: []byte("h"), Value: []byte{}}, {Key: []byte("é"), Value: []byte("2")}}
	rows := []*sarama.ProducerMessage{
		{Key: sarama.StringEncoder("k"), Value: sarama.StringEncoder("v"), Headers: headers}, {Value: sarama.StringEncoder("no key")},
		{Key: sarama.StringEncoder("dead")}, {Key: sarama.StringEncoder(""), Value: sarama.StringEncoder("")}, {}}
	p := producer(nil)
	for i, row := range rows {
		row.Topic, row.Timestamp = topic, stamp.Add(time.Duration(i)*time.Millisecond)
		send(p, row)
	}
	r := read(topic, 1, sarama.OffsetOldest, 5, nil)
	h := r[0].Headers
	Check("records",
		"keeps headers: doubled keys, null and empty values", len(h) == 4 && string(h[0].Key) == "h" && string(h[1].Key) == "h" && string(h[3].Key) == "é" && string(h[0].Value) == "1" && h[1].Value == nil && h[2].Value != nil && len(h[2].Value) == 0,
		h)

	Check("records", "keeps a null key", r[1].Key == nil && string(r[1].Value) == "no key")
	Check("records", "keeps a tombstone", string(r[2].Key) == "dead" && r[2].Value == nil)
	Check("records", "tells empty from null", r[3].Key != nil && r[3].Value != nil && len(r[3].Key) == 0 && r[4].Key == nil && r[4].Value == nil)
	Check("records", "keeps timestamps", r[0].Timestamp.Equal(stamp) && r[4].Timestamp.Equal(stamp.Add(4*time.Millisecond)), r[0].Timestamp)
	client := Must(sarama.NewClient([]string{Bootstrap}, config(nil)))
	defer client.Close()
	offset, err := client.GetOffset(topic, 0, stamp.UnixMilli()+2)
	Check("consume", "finds an offset by time", err == nil && offset == 2, err, offset)
	offset, err = client.GetOffset(topic, 0, stamp.UnixMilli()+100)
	Check("consume", "finds no offset for a time after the last record", err == nil && offset == -1, err, offset)

	const appended = "sarama-appended"
	_ = create(appended, 1, map[string]string{"message.timestamp.type": "LogAppendTime"})
	started := time.Now().Truncate(time.Millisecond)
	send(p, &sarama.ProducerMessage{Topic: appended, Value: sarama.StringEncoder("v"), Timestamp: stamp})
	p.Close()
	late := read(appended, 1, sarama.OffsetOldest, 1, nil)
	Check("records", "LogAppendTime gives the broker's time", !late[0].Timestamp.Before(started), late[0].Timestamp)
}

func positions() {
	_ = create(lineTopic, 1, nil)
	p := producer(nil)
	for range 10 {
		sendAll(p, lineTopic, 100, "l-")
	}
	p.Close()
	client := Must(sarama.NewClient([]string{Bootstrap}, config(nil)))
	defer client.Close()
	Check("consume", "tells the first and the last offset", Must(client.GetOffset(lineTopic, 0, sarama.OffsetOldest)) == 0 && Must(client.GetOffset(lineTopic, 0, sarama.OffsetNewest)) == 1000)
	small := func(c *sarama.Config) { c.Consumer.Fetch.Default = 500; c.Consumer.Fetch.MaxBytes = 700 }
	records := read(lineTopic, 1, 437, 100, small)
	Check("consume", "seeks to an offset in the middle of a batch", len(records) == 100 && records[0].Offset == 437 && string(records[0].Key) == "l-37" && records[99].Offset == 536)
	records = read(lineTopic, 1, 0, 1000, small)
	Check("consume", "reads all in order under small limits of a fetch", len(records) == 1000 && inOrder(records))
	consumer := Must(sarama.NewConsumerFromClient(client))
	_, err := consumer.ConsumePartition(lineTopic, 0, 5000)
	Check("consume", "an offset out of range is an error", errors.Is(err, sarama.ErrOffsetOutOfRange), err)
	started := time.Now()
	records = read(lineTopic, 1, 990, 10, func(c *sarama.Config) {
		c.Consumer.Fetch.Min = 500_000
		c.Consumer.MaxWaitTime = 400 * time.Millisecond
	})
	Check("consume", "waits for min bytes no longer than the longest wait", len(records) == 10 && time.Since(started) > 300*time.Millisecond, time.Since(started))
}

func inOrder(records []*sarama.ConsumerMessage) bool {
	for i, r := range records {
		if r.Offset != int64(i) {
			return false
		}
	}
	return true
}

func dataAfter() {
	records := read(dataTopic, 3, sarama.OffsetOldest, 500, nil)
	Check("restart", "all records are there after the restart", hasAll(records))
	p := producer(func(c *sarama.Config) { c.Producer.Compression = sarama.CompressionZSTD })
	defer p.Close()
	sent := sendAll(p, lineTopic, 10, "after-")
	Check("restart", "offsets go on where they were", sent[0].Offset == 1000 && sent[9].Offset == 1009, sent[0].Offset)
}
