package main

import (
	"errors"
	"os"
	"os/exec"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	. "moldau/compat/harness"
)

func groupSections() []Section {
	sections := []Section{{"groups crash", crash}, {"groups static", static}, {"groups partitions added", partitionsAdded}, {"groups pattern", pattern}}
	for _, b := range []struct {
		name     string
		balancer kgo.GroupBalancer
	}{{"range", kgo.RangeBalancer()}, {"roundrobin", kgo.RoundRobinBalancer()}, {"sticky", kgo.StickyBalancer()}, {"cooperative-sticky", kgo.CooperativeStickyBalancer()}} {
		sections = append(sections, Section{"groups " + b.name, func() { by(b.name, b.balancer) }})
	}
	return sections
}

func by(name string, balancer kgo.GroupBalancer) {
	topic := create("group-"+name, 4, nil)
	options := []kgo.Opt{kgo.ConsumeTopics(topic), kgo.Balancers(balancer)}
	first, second := join(topic, options...), join(topic, options...)
	Check("groups", name+": two members share four partitions", Until(func() bool { return first.partitions() == 2 && second.partitions() == 2 }), first.partitions(), second.partitions())
	group := Must(admin.DescribeGroups(ctx, topic))[topic]
	Check("groups", name+": the group tells its assignor and members", group.Protocol == name && len(group.Members) == 2, group)
	sent(numbered(topic, "both-", 200))
	all := func() []*kgo.Record { return append(first.seen(), second.seen()...) }
	Until(func() bool { return len(all()) >= 200 })
	Check("groups", name+": each record is read once, by one of them", len(all()) == 200 && len(keys(all())) == 200 && len(first.seen()) > 0 && len(second.seen()) > 0)
	Until(func() bool { o := offsetsOf(topic); return o[0]+o[1]+o[2]+o[3] == 200 })
	second.Close()
	Check("groups", name+": the member that stays takes over when the other leaves", Until(func() bool { return first.partitions() == 4 }))
	first.forget()
	sent(numbered(topic, "one-", 50))
	Until(func() bool { return len(first.seen()) >= 50 })
	Check("groups", name+": it goes on where the other committed", len(first.seen()) == 50 && hasAll(keys(first.seen()), "one-", 50), len(first.seen()))
	first.Close()
}

func static() {
	topic := create("static", 4, nil)
	as := func(name string) *member { return join(topic, kgo.ConsumeTopics(topic), kgo.InstanceID(name)) }
	first, second := as("one"), as("two")
	Check("groups", "static members share the partitions", Until(func() bool { return first.partitions() == 2 && second.partitions() == 2 }))
	names := map[string]bool{}
	for _, m := range Must(admin.DescribeGroups(ctx, topic))[topic].Members {
		names[*m.InstanceID] = true
	}
	Check("groups", "the group tells the names of its static members", len(names) == 2 && names["one"] && names["two"], names)
	first.forget()
	second.Close()
	again := as("two")
	Until(func() bool { return again.partitions() == 2 })
	first.Lock()
	undisturbed := len(first.events) == 0
	first.Unlock()
	Check("groups", "a static member that comes back has its partitions again, and nobody is disturbed", undisturbed && first.partitions() == 2)
	third := as("two")
	Until(func() bool { return third.partitions() == 2 })
	Check("groups", "a static member whose name is taken by another is fenced", Until(func() bool {
		again.Lock()
		defer again.Unlock()
		for _, err := range again.errs {
			if errors.Is(err, kerr.FencedInstanceID) {
				return true
			}
		}
		return false
	}), again.errs)
	again.Close()
	third.Close()
	left := Must(admin.LeaveGroup(ctx, removal(topic, "two")))
	Check("groups", "a static member that the admin removes loses its partitions", left.Ok() && Until(func() bool { return first.partitions() == 4 }))
	first.Close()
}

func crash() {
	topic := create("crash", 4, nil)
	other := exec.Command(os.Args[0], Bootstrap, "member", topic)
	Must(0, other.Start())
	stays := join(topic, kgo.ConsumeTopics(topic), kgo.SessionTimeout(2*time.Second))
	Check("groups", "a member in another process joins", Until(func() bool { return stays.partitions() == 2 }))
	_ = other.Process.Kill()
	_ = other.Wait()
	Check("groups", "the partitions of a member that crashes go to the one that stays", Until(func() bool { return stays.partitions() == 4 }))
	stays.Close()
}

// crashingMember is the member that crash kills.
func crashingMember(topic string) {
	join(topic, kgo.ConsumeTopics(topic), kgo.SessionTimeout(2*time.Second))
	select {}
}

func partitionsAdded() {
	topic := create("growing", 2, nil)
	m := join(topic, kgo.ConsumeTopics(topic))
	Until(func() bool { return m.partitions() == 2 })
	Must(admin.UpdatePartitions(ctx, 5, topic))
	Check("groups", "partitions added under a group are taken in", Until(func() bool { return m.partitions() == 5 }))
	var records []*kgo.Record
	for p := range int32(5) {
		records = append(records, &kgo.Record{Topic: topic, Partition: p, Key: []byte{byte('0' + p)}})
	}
	settle(topic, 5)
	sent(records, kgo.RecordPartitioner(kgo.ManualPartitioner()))
	Check("groups", "the added partitions are read from their start", Until(func() bool { return hasAll(keys(m.seen()), "", 5) }))
	m.Close()
}

func pattern() {
	create("pattern-a", 1, nil)
	create("other-pattern", 1, nil)
	m := join("pattern", kgo.ConsumeRegex(), kgo.ConsumeTopics("^pattern-.*"))
	sent(numbered("pattern-a", "a-", 5))
	Until(func() bool { return len(m.seen()) >= 5 })
	Check("groups", "a pattern finds the topics that fit", m.partitions() == 1 && hasAll(keys(m.seen()), "a-", 5))
	create("pattern-b", 1, nil)
	sent(numbered("pattern-b", "b-", 5))
	Check("groups", "a topic that is made later is found by the pattern", Until(func() bool { return hasAll(keys(m.seen()), "b-", 5) }))
	m.Close()
}
