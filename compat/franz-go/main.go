// franz-go: see ../README.md for the phases. This file: producing, records, reading, commits.
package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"math/rand"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	. "moldau/compat/harness"
)

var codecs = []struct {
	name  string
	codec kgo.CompressionCodec
}{{"none", kgo.NoCompression()}, {"gzip", kgo.GzipCompression()}, {"snappy", kgo.SnappyCompression()}, {"lz4", kgo.Lz4Compression()}, {"zstd", kgo.ZstdCompression()}}

func dataSections() []Section {
	return []Section{{"consume", consume}, {"commits", commits}, {"codecs", allCodecs}, {"records", records},
		{"produce acks", acks}, {"produce large", large}, {"restart prepare", prepareRestart}}
}

func acks() {
	create("acks", 3, nil)
	for _, a := range []struct {
		name string
		acks kgo.Acks
	}{{"1", kgo.LeaderAck()}, {"all", kgo.AllISRAcks()}} {
		sent(numbered("acks", "acks-"+a.name+"-", 50), kgo.RequiredAcks(a.acks), kgo.DisableIdempotentWrite())
	}
	// A connection that closes at once may take requests without an answer with it, under Kafka too.
	silent := client(kgo.RequiredAcks(kgo.NoAck()), kgo.DisableIdempotentWrite())
	Must(0, silent.ProduceSync(ctx, numbered("acks", "acks-0-", 50)...).FirstErr())
	got := keys(read("acks", 150))
	silent.Close()
	for _, name := range []string{"0", "1", "all"} {
		Check("produce", fmt.Sprintf("acks=%s: 50 records arrive", name), hasAll(got, "acks-"+name+"-", 50))
	}
	one := sent([]*kgo.Record{{Topic: "acks", Partition: 2, Value: []byte("v")}}, kgo.RecordPartitioner(kgo.ManualPartitioner()))[0]
	Check("produce", "a record goes to the partition it names and its offset comes back", one.Partition == 2 && one.Offset >= 0)
	var same []*kgo.Record
	for range 10 {
		same = append(same, &kgo.Record{Topic: "acks", Key: []byte("same"), Value: []byte("v")})
	}
	sent(same)
	inOrder := true
	for i, r := range same {
		inOrder = inOrder && r.Partition == same[0].Partition && r.Offset == same[0].Offset+int64(i)
	}
	Check("produce", "records of one key go to one partition, in order", inOrder)
	sent(numbered("made-by-first-record", "auto-", 3), kgo.AllowAutoTopicCreation())
	Check("produce", "the first record makes the topic", len(read("made-by-first-record", 3)) == 3)
	Refused("produce", "a topic that does not exist is refused without auto-creation", produce(numbered("nowhere", "x", 1), kgo.UnknownTopicRetries(1)), kerr.UnknownTopicOrPartition)
	Refused("produce", "a topic name with a space is refused", produce(numbered("no such", "x", 1), kgo.AllowAutoTopicCreation(), kgo.UnknownTopicRetries(1)), kerr.InvalidTopicException)
}

func large() {
	create("large", 1, nil)
	create("larger", 1, map[string]string{"max.message.bytes": "5000000"})
	payload := make([]byte, 4_000_000)
	for i := range payload {
		payload[i] = byte(rand.Intn(256))
	}
	sent([]*kgo.Record{{Topic: "large", Value: payload[:900_000]}})
	Check("produce", "a record of 900 KB arrives whole", bytes.Equal(read("large", 1)[0].Value, payload[:900_000]))
	big := kgo.ProducerBatchMaxBytes(9_000_000)
	Refused("produce", "a record above the limit of the broker is refused", produce([]*kgo.Record{{Topic: "large", Value: payload[:1_200_000]}}, big), kerr.MessageTooLarge)
	sent([]*kgo.Record{{Topic: "larger", Value: payload}}, big)
	Check("produce", "a record of 4 MB arrives whole where the topic allows it", bytes.Equal(read("larger", 1)[0].Value, payload))
	small := read("larger", 1, kgo.FetchMaxBytes(100_000), kgo.FetchMaxPartitionBytes(50_000))
	Check("consume", "a record larger than the fetch limits is read all the same", bytes.Equal(small[0].Value, payload))
}

func allCodecs() {
	create("codecs", 3, nil)
	for _, c := range codecs {
		sent(numbered("codecs", c.name+"-", 100), kgo.ProducerBatchCompression(c.codec))
	}
	got := read("codecs", 500)
	for i, c := range codecs {
		count, holds := 0, true
		for _, r := range got {
			if strings.HasPrefix(string(r.Key), c.name+"-") {
				count++
				holds = holds && string(r.Value) == "value-"+string(r.Key) && (r.Attrs.CompressionType() == uint8(i))
			}
		}
		Check("codecs", c.name+": 100 records come back as they were compressed", holds && count == 100, count)
	}
	for i, c := range codecs[1:] {
		topic := create("codec-of-topic-"+c.name, 1, map[string]string{"compression.type": c.name})
		other := kgo.GzipCompression()
		if c.name == "gzip" {
			other = kgo.Lz4Compression()
		}
		sent(numbered(topic, "a", 100), kgo.ProducerBatchCompression(other))
		again := read(topic, 100)
		Check("codecs", "a topic with compression.type="+c.name+" compresses anew", len(again) == 100 && again[0].Attrs.CompressionType() == uint8(i+1))
	}
}

func records() {
	create("records", 1, map[string]string{"retention.ms": "-1"})
	create("append-time", 1, map[string]string{"message.timestamp.type": "LogAppendTime"})
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	var many []kgo.RecordHeader
	for i := range 100 {
		many = append(many, kgo.RecordHeader{Key: fmt.Sprint("h", i), Value: []byte(fmt.Sprint(i))})
	}
	old := time.UnixMilli(1_000_000_000_000)
	sent([]*kgo.Record{
		{Topic: "records", Key: []byte("headers"), Value: []byte("v"), Headers: []kgo.RecordHeader{{Key: "a", Value: []byte("1")}, {Key: "b", Value: []byte{}}, {Key: "a"}, {Key: "a", Value: []byte("2")}}},
		{Topic: "records", Value: []byte("null key")}, {Topic: "records", Key: []byte("tombstone")}, {Topic: "records", Key: []byte{}, Value: []byte{}},
		{Topic: "records", Key: all, Value: []byte("žluťoučký")}, {Topic: "records", Key: []byte("old"), Value: []byte("v"), Timestamp: old},
		{Topic: "records"}, {Topic: "records", Key: []byte("many"), Value: []byte("v"), Headers: many},
	})
	got := read("records", 8)
	h := got[0].Headers
	Check("records", "headers keep their order, doubled keys, empty and null values", len(h) == 4 && h[0].Key == "a" && string(h[0].Value) == "1" && h[1].Value != nil && len(h[1].Value) == 0 && h[2].Key == "a" && h[2].Value == nil && string(h[3].Value) == "2", h)
	Check("records", "a null key stays null", got[1].Key == nil && string(got[1].Value) == "null key")
	Check("records", "a tombstone stays null", string(got[2].Key) == "tombstone" && got[2].Value == nil)
	Check("records", "empty is not null", got[3].Key != nil && got[3].Value != nil && len(got[3].Key)+len(got[3].Value) == 0)
	Check("records", "keys and values are any bytes", bytes.Equal(got[4].Key, all) && string(got[4].Value) == "žluťoučký")
	Check("records", "a given timestamp is kept", got[5].Timestamp.Equal(old) && got[5].Attrs.TimestampType() == 0)
	Check("records", "null key and null value together", got[6].Key == nil && got[6].Value == nil)
	Check("records", "a hundred headers", len(got[7].Headers) == 100 && got[7].Headers[99].Key == "h99")
	inOrder := true
	for i, r := range got {
		inOrder = inOrder && r.Offset == int64(i) && r.LeaderEpoch == 0
	}
	Check("records", "offsets count up from zero, with the leader's epoch", inOrder)
	before := time.Now().UnixMilli()
	sent([]*kgo.Record{{Topic: "append-time", Value: []byte("v"), Timestamp: old}})
	stamped := read("append-time", 1)[0]
	Check("records", "LogAppendTime is the broker's", stamped.Attrs.TimestampType() == 1 && stamped.Timestamp.UnixMilli() >= before)
}

func consume() {
	topic := create("consume", 2, map[string]string{"retention.ms": "-1"})
	var all []*kgo.Record
	for i := range 200 {
		all = append(all, &kgo.Record{Topic: topic, Partition: int32(i % 2), Key: fmt.Append(nil, "k", i), Value: make([]byte, 1000), Timestamp: time.UnixMilli(1_700_000_000_000 + int64(i)*1000)})
	}
	manual := kgo.RecordPartitioner(kgo.ManualPartitioner())
	sent(all, manual)
	Check("consume", "reads all from the start", len(read(topic, 200)) == 200)
	at := func(offsets kadm.ListedOffsets, err error) [2]int64 {
		zero, _ := Must(offsets, err).Lookup(topic, 0)
		one, _ := offsets.Lookup(topic, 1)
		return [2]int64{zero.Offset, one.Offset}
	}
	Check("consume", "first and next offsets are told", at(admin.ListStartOffsets(ctx, topic)) == [2]int64{0, 0} && at(admin.ListEndOffsets(ctx, topic)) == [2]int64{100, 100})
	Check("consume", "offsets by time", at(admin.ListOffsetsAfterMilli(ctx, 1_700_000_100_500, topic)) == [2]int64{51, 50})
	Check("consume", "a time after the last record is the end", at(admin.ListOffsetsAfterMilli(ctx, 1_800_000_000_000, topic)) == [2]int64{100, 100})
	Check("consume", "a time before the first record is its offset", at(admin.ListOffsetsAfterMilli(ctx, 1, topic)) == [2]int64{0, 0})
	Check("consume", "the offset of the largest timestamp", at(admin.ListMaxTimestampOffsets(ctx, topic)) == [2]int64{99, 99})
	late := read(topic, 99, kgo.ConsumeResetOffset(kgo.NewOffset().AfterMilli(1_700_000_100_500)))
	Check("consume", "reads from a time on", len(late) == 99 && !slices.ContainsFunc(late, func(r *kgo.Record) bool { return r.Timestamp.UnixMilli() < 1_700_000_100_500 }))
	exact := func(p int32, o kgo.Offset) kgo.Opt {
		return kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{topic: {p: o}})
	}
	c := client(exact(0, kgo.NewOffset().At(90)))
	got := take(c, 10)
	Check("consume", "begins at an offset", len(got) == 10 && got[0].Offset == 90)
	c.SetOffsets(map[string]map[int32]kgo.EpochOffset{topic: {0: {Epoch: -1, Offset: 42}}})
	got = take(c, 58)
	Check("consume", "seeks back", len(got) == 58 && got[0].Offset == 42)
	c.Close()
	both := client(kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{topic: {0: kgo.NewOffset().AtStart(), 1: kgo.NewOffset().AtStart()}}))
	take(both, 200)
	both.PauseFetchPartitions(map[string][]int32{topic: {0}})
	sent([]*kgo.Record{{Topic: topic, Partition: 0, Key: []byte("paused")}, {Topic: topic, Partition: 1, Key: []byte("flows")}}, manual)
	got = take(both, 1)
	Check("consume", "a paused partition waits, the other flows", string(got[0].Key) == "flows")
	both.ResumeFetchPartitions(map[string][]int32{topic: {0}})
	got = take(both, 1)
	Check("consume", "a resumed partition goes on", len(got) > 0 && string(got[0].Key) == "paused")
	both.Close()
	from := func(count int, offset kgo.Offset) []*kgo.Record {
		c := client(exact(0, offset), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
		defer c.Close()
		return take(c, count)
	}
	relative := from(3, kgo.NewOffset().AtEnd().Relative(-3))
	Check("consume", "begins three before the end", len(relative) == 3 && relative[0].Offset == 98)
	Check("consume", "small fetch limits still read all", len(read(topic, 202, kgo.FetchMaxBytes(2000), kgo.FetchMaxPartitionBytes(2000))) == 202)
	started := time.Now()
	waiting := read(topic, 202, kgo.FetchMinBytes(10_000_000), kgo.FetchMaxWait(500*time.Millisecond))
	Check("consume", "a fetch waits for its bytes no longer than it says", len(waiting) == 202 && time.Since(started) < 15*time.Second)
	Check("consume", "fetches without a session read all as well", len(read(topic, 202, kgo.DisableFetchSessions())) == 202)
	Check("consume", "read_committed reads all that is in no transaction", len(read(topic, 202, kgo.FetchIsolationLevel(kgo.ReadCommitted()))) == 202)
	lost := from(1, kgo.NewOffset().At(99_999))
	Check("consume", "an offset out of range goes to the start", lost[0].Offset == 0, lost[0].Offset)
	strict := client(exact(0, kgo.NewOffset().At(99_999)), kgo.ConsumeResetOffset(kgo.NoResetOffset()))
	Refused("consume", "an offset out of range is told without a reset", strict.PollFetches(ctx).Err(), kerr.OffsetOutOfRange)
	strict.Close()
}

func commits() {
	topic := create("commits", 2, nil)
	var all []*kgo.Record
	for i := range 20 {
		all = append(all, &kgo.Record{Topic: topic, Partition: int32(i % 2), Key: fmt.Append(nil, i)})
	}
	manual := kgo.RecordPartitioner(kgo.ManualPartitioner())
	sent(all, manual)
	Check("commits", "a group that never committed has no offset", len(offsetsOf("commits")) == 0)
	first := kadm.Offsets{}
	first.Add(kadm.Offset{Topic: topic, Partition: 0, At: 3, LeaderEpoch: 0, Metadata: "some metadata"})
	err := coordinated(func() error { return admin.CommitAllOffsets(ctx, "commits", first) })
	Check("commits", "an offset is committed without being a member", err == nil && offsetsOf("commits")[0] == 3, err)
	found, _ := Must(admin.FetchOffsets(ctx, "commits")).Lookup(topic, 0)
	Check("commits", "metadata and leader epoch stand beside the offset", found.Metadata == "some metadata" && found.LeaderEpoch == 0)
	c := client(kgo.ConsumerGroup("commits"), kgo.ConsumeTopics(topic), kgo.DisableAutoCommit(), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	got := take(c, 17)
	least := int64(99)
	for _, r := range got {
		if r.Partition == 0 {
			least = min(least, r.Offset)
		}
	}
	Check("commits", "reading begins at the committed offset, elsewhere at the start", len(got) == 17 && least == 3)
	err = c.CommitUncommittedOffsets(ctx)
	Check("commits", "a member commits in step", err == nil && offsetsOf("commits")[0] == 10 && offsetsOf("commits")[1] == 10, err)
	err = c.CommitRecords(ctx, &kgo.Record{Topic: topic, Partition: 1, Offset: 0})
	Check("commits", "a member commits one record, backwards too", err == nil && offsetsOf("commits")[1] == 1, err)
	Refused("commits", "one who is no member cannot commit to a living group", admin.CommitAllOffsets(ctx, "commits", first), kerr.UnknownMemberID)
	c.Close()
	automatic := join("commits-automatic", kgo.ConsumeTopics(topic))
	Check("commits", "offsets are committed by themselves, in time", Until(func() bool { o := offsetsOf("commits-automatic"); return o[0] == 10 && o[1] == 10 }))
	sent([]*kgo.Record{{Topic: topic, Partition: 0, Key: []byte("last")}}, manual)
	Until(func() bool { return len(automatic.seen()) >= 21 })
	automatic.Close()
	Check("commits", "and when a member leaves", Until(func() bool { return offsetsOf("commits-automatic")[0] == 11 }))
	marked := join("commits-marked", kgo.ConsumeTopics(topic), kgo.AutoCommitMarks())
	Until(func() bool { return len(marked.seen()) >= 21 })
	marked.MarkCommitRecords(&kgo.Record{Topic: topic, Partition: 0, Offset: 4})
	Check("commits", "only what is marked is committed", Until(func() bool { return offsetsOf("commits-marked")[0] == 5 }) && offsetsOf("commits-marked")[1] == 0, offsetsOf("commits-marked"))
	marked.Close()
}

// idempotence sends without a pause while the broker restarts: each record once, in order.
func idempotence() {
	create("idempotent", 1, nil)
	c := client(kgo.ProducerBatchCompression(kgo.Lz4Compression()), kgo.DefaultProduceTopic("idempotent"))
	offsets, errs, stop, counted := make(chan int64, 1_000_000), make(chan error, 1_000_000), make(chan bool), make(chan int)
	go func() {
		count := 0
		for ticker := time.NewTicker(time.Millisecond); ; count++ {
			select {
			case <-stop:
				counted <- count
				return
			case <-ticker.C:
				c.Produce(ctx, kgo.StringRecord(fmt.Sprint(count)), func(r *kgo.Record, err error) {
					if err != nil {
						errs <- err
					} else {
						offsets <- r.Offset
					}
				})
			}
		}
	}()
	Until(func() bool { return len(offsets) > 100 })
	fmt.Println("restart")
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
	before := len(offsets)
	Until(func() bool { return len(offsets) > before+100 })
	stop <- true
	count := <-counted
	err := c.Flush(ctx)
	c.Close()
	Check("idempotence", "a producer that lives through a restart of the broker delivers all", err == nil && len(errs) == 0 && len(offsets) == count, err, len(errs))
	got := read("idempotent", count)
	inOrder, asTold := len(got) == count, len(offsets) == count
	for i, r := range got {
		inOrder = inOrder && string(r.Value) == fmt.Sprint(i)
	}
	Check("idempotence", "each record is there once, in order", inOrder, len(got), count)
	for i := 0; asTold && i < count; i++ {
		asTold = <-offsets == int64(i)
	}
	Check("idempotence", "the offsets that were told are those of the log", asTold)
}

// prepareRestart leaves what phase `after` finds again.
func prepareRestart() {
	create("survivor", 3, map[string]string{"retention.ms": "86400000"})
	sent(numbered("survivor", "before-", 300), kgo.ProducerBatchCompression(kgo.ZstdCompression()))
	m := join("survivor", kgo.ConsumeTopics("survivor"))
	Until(func() bool { o := offsetsOf("survivor"); return o[0]+o[1]+o[2] == 300 })
	m.Close()
}

func restart() {
	Check("restart", "all records are there after a restart", hasAll(keys(read("survivor", 300)), "before-", 300))
	settle("survivor", 3)
	configs := Must(admin.DescribeTopicConfigs(ctx, "survivor"))
	kept := slices.ContainsFunc(configs[0].Configs, func(c kadm.Config) bool { return c.Key == "retention.ms" && c.MaybeValue() == "86400000" })
	Check("restart", "the topic keeps its partitions and its configs", kept && len(Must(admin.ListTopics(ctx, "survivor"))["survivor"].Partitions) == 3)
	lag, err := admin.Lag(ctx, "survivor")
	Check("restart", "the group's lag is zero", err == nil && lag["survivor"].Lag.Total() == 0, err, errors.Is(err, kerr.NotCoordinator))
	sent(numbered("survivor", "after-", 10))
	m := join("survivor", kgo.ConsumeTopics("survivor"))
	Until(func() bool { return len(m.seen()) >= 10 })
	Check("restart", "a group goes on at its committed offsets", len(m.seen()) == 10 && hasAll(keys(m.seen()), "after-", 10))
	m.Close()
	offsets, _ := Must(admin.ListOffsetsAfterMilli(ctx, 1_700_000_100_500, "consume")).Lookup("consume", 0)
	Check("restart", "offsets by time are found again", offsets.Offset == 51, offsets)
}
