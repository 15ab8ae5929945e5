package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	. "moldau/compat/harness"
)

var (
	ctx   = context.Background()
	admin *kadm.Client
)

func client(options ...kgo.Opt) *kgo.Client {
	return Must(kgo.NewClient(append([]kgo.Opt{kgo.SeedBrokers(Bootstrap), kgo.MetadataMinAge(50 * time.Millisecond), kgo.MetadataMaxAge(300 * time.Millisecond),
		kgo.FetchMaxWait(100 * time.Millisecond)}, options...)...))
}

func create(topic string, partitions int32, configs map[string]string) string {
	values := map[string]*string{}
	for name, value := range configs {
		values[name] = kadm.StringPtr(value)
	}
	Must(admin.CreateTopic(ctx, partitions, 1, values, topic))
	settle(topic, int(partitions))
	return topic
}

// settle waits until the broker knows a topic as the controller made it, each partition with a leader.
func settle(topic string, count int) {
	Until(func() bool {
		topics, err := admin.ListTopics(ctx, topic)
		if err != nil || len(topics[topic].Partitions) != count {
			return false
		}
		for _, p := range topics[topic].Partitions {
			if p.Err != nil || p.Leader < 0 {
				return false
			}
		}
		return true
	})
}

func numbered(topic, prefix string, count int) []*kgo.Record {
	records := make([]*kgo.Record, count)
	for i := range records {
		key := fmt.Sprintf("%s%d", prefix, i)
		records[i] = &kgo.Record{Topic: topic, Key: []byte(key), Value: []byte("value-" + key)}
	}
	return records
}

// produce sends records and gives the first error.
func produce(records []*kgo.Record, options ...kgo.Opt) error {
	c := client(options...)
	defer c.Close()
	return c.ProduceSync(ctx, records...).FirstErr()
}

func sent(records []*kgo.Record, options ...kgo.Opt) []*kgo.Record {
	if err := produce(records, options...); err != nil {
		panic(err)
	}
	return records
}

// read reads so many records of a topic without a group.
func read(topic string, count int, options ...kgo.Opt) []*kgo.Record {
	c := client(append([]kgo.Opt{kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart())}, options...)...)
	defer c.Close()
	return take(c, count)
}

func take(c *kgo.Client, count int) []*kgo.Record {
	deadline, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	var records []*kgo.Record
	for len(records) < count && deadline.Err() == nil {
		c.PollFetches(deadline).EachRecord(func(r *kgo.Record) { records = append(records, r) })
	}
	return records
}

func keys(records []*kgo.Record) map[string]bool {
	found := map[string]bool{}
	for _, r := range records {
		found[string(r.Key)] = true
	}
	return found
}

func hasAll(found map[string]bool, prefix string, count int) bool {
	for i := range count {
		if !found[fmt.Sprintf("%s%d", prefix, i)] {
			return false
		}
	}
	return true
}

// member is one of a group: it reads in the background and notes records, partitions and what happened to it.
type member struct {
	*kgo.Client
	sync.Mutex
	records []*kgo.Record
	owned   map[string]bool
	events  []string
	errs    []error
}

func join(group string, options ...kgo.Opt) *member {
	m := &member{owned: map[string]bool{}}
	note := func(event string) func(context.Context, *kgo.Client, map[string][]int32) {
		return func(ctx context.Context, c *kgo.Client, parts map[string][]int32) {
			if event == "revoked" {
				_ = c.CommitUncommittedOffsets(ctx)
			}
			m.Lock()
			defer m.Unlock()
			for topic, list := range parts {
				for _, p := range list {
					m.events = append(m.events, event)
					if name := fmt.Sprintf("%s-%d", topic, p); event == "assigned" {
						m.owned[name] = true
					} else {
						delete(m.owned, name)
					}
				}
			}
		}
	}
	m.Client = client(append([]kgo.Opt{
		kgo.ConsumerGroup(group), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.SessionTimeout(6 * time.Second), kgo.HeartbeatInterval(200 * time.Millisecond), kgo.AutoCommitInterval(100 * time.Millisecond),
		kgo.OnPartitionsAssigned(note("assigned")), kgo.OnPartitionsRevoked(note("revoked")), kgo.OnPartitionsLost(note("lost")),
	}, options...)...)
	go func() {
		for {
			fetches := m.PollFetches(ctx)
			if fetches.IsClientClosed() {
				return
			}
			m.Lock()
			fetches.EachRecord(func(r *kgo.Record) { m.records = append(m.records, r) })
			fetches.EachError(func(_ string, _ int32, err error) { m.errs = append(m.errs, err) })
			m.Unlock()
		}
	}()
	return m
}

func (m *member) partitions() int { m.Lock(); defer m.Unlock(); return len(m.owned) }
func (m *member) seen() []*kgo.Record {
	m.Lock()
	defer m.Unlock()
	return append([]*kgo.Record{}, m.records...)
}
func (m *member) forget() { m.Lock(); m.records, m.events = nil, nil; m.Unlock() }

func offsetsOf(group string) map[int32]int64 {
	found := map[int32]int64{}
	var offsets kadm.OffsetResponses
	Must(0, coordinated(func() (err error) {
		offsets, err = admin.FetchOffsets(ctx, group)
		return err
	}))
	offsets.Each(func(o kadm.OffsetResponse) { found[o.Partition] = o.At })
	return found
}

// coordinated gives what an action gives once the coordinator of its group is found.
func coordinated(action func() error) error {
	var err error
	Until(func() bool {
		err = action()
		return !errors.Is(err, kerr.NotCoordinator) && !errors.Is(err, kerr.CoordinatorNotAvailable) && !errors.Is(err, kerr.CoordinatorLoadInProgress)
	})
	return err
}

func main() {
	c := client()
	admin = kadm.NewClient(c)
	switch Phase {
	case "before":
		RunSections(append(groupSections(), append(dataSections(), adminSections()...)...)...)
		RunSections(Section{"idempotence", idempotence})
	case "after":
		RunSections(Section{"restart", restart})
	case "member":
		crashingMember(os.Args[3])
	}
	Finish()
}
