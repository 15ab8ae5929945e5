package main

import (
	"bufio"
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/IBM/sarama"

	. "moldau/compat/harness"
)

const crashTopic = "sarama-crash"

// member is one member of a group, which notes its partitions and what it read.
type member struct {
	sync.Mutex
	group    sarama.ConsumerGroup
	owned    map[int32]bool
	keys     map[string]int
	values   []string
	sessions int
	cancel   context.CancelFunc
	ended    chan struct{}
	onRecord func(sarama.ConsumerGroupSession, *sarama.ConsumerMessage)
}

func join(topic, name string, change func(*sarama.Config), onRecord func(sarama.ConsumerGroupSession, *sarama.ConsumerMessage)) *member {
	ctx, cancel := context.WithCancel(context.Background())
	m := &member{owned: map[int32]bool{}, keys: map[string]int{}, cancel: cancel, ended: make(chan struct{}), onRecord: onRecord}
	m.group = Must(sarama.NewConsumerGroup([]string{Bootstrap}, name, config(change)))
	go func() {
		defer close(m.ended)
		for ctx.Err() == nil {
			_ = m.group.Consume(ctx, []string{topic}, m)
		}
	}()
	return m
}

func (m *member) Setup(sarama.ConsumerGroupSession) error {
	m.Lock()
	defer m.Unlock()
	m.sessions++
	return nil
}
func (m *member) Cleanup(sarama.ConsumerGroupSession) error { return nil }
func (m *member) ConsumeClaim(session sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	m.own(claim.Partition(), true)
	defer m.own(claim.Partition(), false)
	for {
		select {
		case r, open := <-claim.Messages():
			if !open {
				return nil
			}
			if m.onRecord == nil {
				session.MarkMessage(r, "")
			}
			m.Lock()
			m.keys[string(r.Key)]++
			m.values = append(m.values, string(r.Value))
			m.Unlock()
			if m.onRecord != nil {
				m.onRecord(session, r)
			}
		case <-session.Context().Done():
			return nil
		}
	}
}

func (m *member) own(partition int32, owns bool) {
	m.Lock()
	defer m.Unlock()
	if owns {
		m.owned[partition] = true
	} else {
		delete(m.owned, partition)
	}
}
func (m *member) share() map[int32]bool { m.Lock(); defer m.Unlock(); return maps.Clone(m.owned) }
func (m *member) count() int            { m.Lock(); defer m.Unlock(); return len(m.values) }
func (m *member) rounds() int           { m.Lock(); defer m.Unlock(); return m.sessions }
func (m *member) leave() {
	m.cancel()
	<-m.ended
	_ = m.group.Close()
}

// shared tells whether two members hold all partitions between them, as two halves.
func shared(first, second *member, total int) bool {
	a, b := first.share(), second.share()
	for partition := range a {
		if b[partition] {
			return false
		}
	}
	return len(a) == total/2 && len(b) == total/2
}

func fill(topic string, partitions int32) {
	_ = create(topic, partitions, nil)
	p := producer(nil)
	defer p.Close()
	sendAll(p, topic, 100, "g-")
}

func assignors() {
	const topic = "sarama-assignors"
	fill(topic, 4)
	admin := administrator()
	defer admin.Close()
	for _, strategy := range []func() sarama.BalanceStrategy{sarama.NewBalanceStrategyRange, sarama.NewBalanceStrategyRoundRobin, sarama.NewBalanceStrategySticky, sarama.NewBalanceStrategyCooperativeSticky} {
		name := strategy().Name()
		group := "sarama-" + name
		with := func(c *sarama.Config) {
			c.Consumer.Group.Rebalance.GroupStrategies = []sarama.BalanceStrategy{strategy()}
		}
		first, second := join(topic, group, with, nil), join(topic, group, with, nil)
		Check("groups", fmt.Sprintf("two members share the partitions evenly (%s)", name), Until(func() bool { return shared(first, second, 4) }), first.share(), second.share())
		described := Must(admin.DescribeConsumerGroups([]string{group}))[0]
		Check("groups", fmt.Sprintf("the group is described as stable (%s)", name), described.State == "Stable" && described.Protocol == name && len(described.Members) == 2, described)
		second.leave()
		Check("groups", fmt.Sprintf("the member that stays gets all partitions when the other leaves (%s)", name), Until(func() bool { return len(first.share()) == 4 }), first.share())
		Check("groups",

			fmt.Sprintf("the group reads all records (%s)", name), Until(func() bool {
				all := map[string]bool{}
				for _, m := range []*member{first, second} {
					m.Lock()
					for key := range m.keys {
						all[key] = true
					}
					m.Unlock()
				}
				return len(all) == 100
			}))

		first.leave()
	}
}

func static() {
	const topic, group = "sarama-static", "sarama-static"
	fill(topic, 4)
	named := func(id string) func(*sarama.Config) {
		return func(c *sarama.Config) { c.Consumer.Group.InstanceId = id }
	}
	first, second := join(topic, group, named("one"), nil), join(topic, group, named("two"), nil)
	Check("groups", "two static members share the partitions", Until(func() bool { return shared(first, second, 4) }))
	had, rounds := second.share(), first.rounds()
	second.leave()
	again := join(topic, group, named("two"), nil)
	Check("groups", "a static member that comes back has its partitions again", Until(func() bool { return maps.Equal(again.share(), had) }))
	Check("groups", "its return is no rebalance for the other member", first.rounds() == rounds && len(first.share()) == 2)
	admin := administrator()
	defer admin.Close()
	again.leave()
	_, err := admin.RemoveMemberFromConsumerGroup(group, []string{"two"})
	Check("groups", "a static member that is removed by the admin gives its partitions to the other", err == nil && Until(func() bool { return len(first.share()) == 4 }), err)
	first.leave()
}

// crashing is the process of a member that is going to be killed.
func crashing() {
	m := join(crashTopic, crashTopic, nil, nil)
	Until(func() bool { return len(m.share()) > 0 })
	fmt.Println("assigned")
	time.Sleep(time.Hour)
}

func crash() {
	fill(crashTopic, 4)
	first := join(crashTopic, crashTopic, nil, nil)
	child := exec.Command(os.Args[0], Bootstrap, "member")
	answers := Must(child.StdoutPipe())
	if err := child.Start(); err != nil {
		panic(err)
	}
	bufio.NewScanner(answers).Scan()
	Check("groups", "a member in another process takes its share", Until(func() bool { return len(first.share()) == 2 }))
	_ = child.Process.Kill()
	_ = child.Wait()
	Check("groups", "the partitions of a member that crashed go to the other after its session timeout", Until(func() bool { return len(first.share()) == 4 }))
	Check("groups", "the member that stays reads what the other had not committed", Until(func() bool { first.Lock(); defer first.Unlock(); return len(first.keys) == 100 }))
	first.leave()
}

func growing() {
	const topic = "sarama-growing"
	_ = create(topic, 1, nil)
	m := join(topic, topic, nil, nil)
	defer m.leave()
	Until(func() bool { return len(m.share()) == 1 })
	admin := administrator()
	defer admin.Close()
	_ = admin.CreatePartitions(topic, 3, nil, false)
	Check("groups", "a running group gets the partitions that are added", Until(func() bool { return len(m.share()) == 3 }), m.share())
}
