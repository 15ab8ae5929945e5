// franz-go: see ../README.md for the phases.
package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

const (
	topic = "franz-smoke"
	group = "franz-group"
)

var bootstrap string

func check(holds bool, what string, why ...any) {
	if !holds {
		fmt.Fprintln(os.Stderr, append([]any{"not ok - " + what}, why...)...)
		os.Exit(1)
	}
	fmt.Println("ok - " + what)
}

func client(options ...kgo.Opt) *kgo.Client {
	c, err := kgo.NewClient(append([]kgo.Opt{kgo.SeedBrokers(bootstrap)}, options...)...)
	if err != nil {
		panic(err)
	}
	return c
}

func produce(ctx context.Context, codec kgo.CompressionCodec, prefix string, count int) {
	c := client(kgo.ProducerBatchCompression(codec), kgo.DefaultProduceTopic(topic))
	defer c.Close()
	records := make([]*kgo.Record, count)
	for i := range records {
		key := fmt.Sprintf("%s%d", prefix, i)
		records[i] = &kgo.Record{Key: []byte(key), Value: []byte("value-" + key), Headers: []kgo.RecordHeader{{Key: "h", Value: []byte("1")}, {Key: "h"}}}
	}
	err := c.ProduceSync(ctx, records...).FirstErr()
	check(err == nil, fmt.Sprintf("produces %d records as %s, idempotent", count, prefix), err)
}

// member reads in the background and notes keys and partitions.
type member struct {
	*kgo.Client
	sync.Mutex
	keys       map[string]int
	values     bool
	partitions int
}

func join(name string, options ...kgo.Opt) *member {
	m := &member{keys: map[string]int{}, values: true}
	m.Client = client(append([]kgo.Opt{
		kgo.FetchMaxWait(200 * time.Millisecond),
		kgo.ConsumeTopics(topic), kgo.ConsumerGroup(name), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.SessionTimeout(6 * time.Second), kgo.HeartbeatInterval(300 * time.Millisecond), kgo.AutoCommitInterval(200 * time.Millisecond),
		kgo.OnPartitionsAssigned(func(_ context.Context, _ *kgo.Client, got map[string][]int32) { m.change(len(got[topic])) }),
		kgo.OnPartitionsRevoked(func(ctx context.Context, c *kgo.Client, lost map[string][]int32) {
			_ = c.CommitUncommittedOffsets(ctx)
			m.change(-len(lost[topic]))
		}),
		kgo.OnPartitionsLost(func(_ context.Context, _ *kgo.Client, lost map[string][]int32) { m.change(-len(lost[topic])) }),
	}, options...)...)
	go m.read()
	return m
}

func (m *member) change(by int) { m.Lock(); m.partitions += by; m.Unlock() }
func (m *member) count() int    { m.Lock(); defer m.Unlock(); return m.partitions }
func (m *member) read() {
	for {
		fetches := m.PollFetches(context.Background())
		if fetches.IsClientClosed() {
			return
		}
		m.Lock()
		fetches.EachRecord(func(r *kgo.Record) {
			m.keys[string(r.Key)]++
			m.values = m.values && string(r.Value) == "value-"+string(r.Key) && len(r.Headers) == 2
		})
		m.Unlock()
	}
}
func (m *member) size() int { m.Lock(); defer m.Unlock(); return len(m.keys) }

func until(holds func() bool) bool {
	for i := 0; i < 600 && !holds(); i++ {
		time.Sleep(50 * time.Millisecond)
	}
	return holds()
}

func before(ctx context.Context, admin *kadm.Client) {
	_, err := admin.CreateTopic(ctx, 3, 1, map[string]*string{"retention.ms": kadm.StringPtr("86400000")}, topic)
	check(err == nil, "creates a topic", err)
	codecs := []struct {
		name  string
		codec kgo.CompressionCodec
	}{{"none-", kgo.NoCompression()}, {"gzip-", kgo.GzipCompression()}, {"snappy-", kgo.SnappyCompression()}, {"lz4-", kgo.Lz4Compression()}, {"zstd-", kgo.ZstdCompression()}}
	for _, c := range codecs {
		produce(ctx, c.codec, c.name, 100)
	}
	reader := join("franz-reader")
	check(until(func() bool { return reader.size() == 500 }), "reads all 500 records from the start", reader.size())
	check(reader.values, "keeps values and doubled headers")
	reader.Close()

	time.Sleep(50 * time.Millisecond)
	now := time.Now().UnixMilli()
	produce(ctx, kgo.Lz4Compression(), "late-", 50)
	late := client(kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AfterMilli(now)))
	count := 0
	for deadline := time.Now().Add(20 * time.Second); count < 50 && time.Now().Before(deadline); {
		pollContext, cancel := context.WithTimeout(ctx, time.Second)
		late.PollFetches(pollContext).EachRecord(func(r *kgo.Record) {
			count++
			if !strings.HasPrefix(string(r.Key), "late-") {
				check(false, "reads by time only what was sent after it", string(r.Key))
			}
		})
		cancel()
	}
	check(count == 50, "reads by time the 50 records sent after it", count)
	late.Close()

	first, second := join(group), join(group)
	check(until(func() bool { return first.count()+second.count() == 3 && first.count() > 0 && second.count() > 0 }), "two members of a group share the partitions (cooperative-sticky)", first.count(), second.count())
	second.Close()
	check(until(func() bool { return first.count() == 3 }), "the member that stays gets all partitions when the other leaves", first.count())
	check(until(func() bool {
		all := map[string]bool{}
		for _, m := range []*member{first, second} {
			m.Lock()
			for k := range m.keys {
				all[k] = true
			}
			m.Unlock()
		}
		return len(all) == 550
	}), "the group reads all 550 records")
	time.Sleep(400 * time.Millisecond)
	first.Close()
	offsets, err := admin.FetchOffsets(ctx, group)
	sum := int64(0)
	offsets.Each(func(o kadm.OffsetResponse) { sum += o.At })
	check(err == nil && sum == 550, "committed offsets add up to 550", err, sum)
	lag, err := admin.Lag(ctx, group)
	check(err == nil && lag[group].Lag.Total() == 0, "the group's lag is zero", err)
}

func after(ctx context.Context, admin *kadm.Client) {
	produce(ctx, kgo.ZstdCompression(), "after-", 10)
	again := join(group)
	until(func() bool { return again.size() >= 10 })
	time.Sleep(300 * time.Millisecond)
	again.Lock()
	for key := range again.keys {
		if !strings.HasPrefix(key, "after-") {
			check(false, "the group goes on at its committed offsets after a restart", key)
		}
	}
	again.Unlock()
	check(again.size() == 10, "the group goes on at its committed offsets after a restart", again.size())
	again.Close()
	_, err := admin.DeleteGroup(ctx, group)
	check(err == nil, "deletes the group", err)
	_, err = admin.DeleteTopic(ctx, topic)
	check(err == nil, "deletes the topic", err)
}

func main() {
	bootstrap = os.Args[1]
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	admin := kadm.NewClient(client())
	defer admin.Close()
	if os.Args[2] == "before" {
		before(ctx, admin)
	} else {
		after(ctx, admin)
	}
}
