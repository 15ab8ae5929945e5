package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/segmentio/kafka-go"

	. "moldau/compat/harness"
)

const crashTopic = "kafka-go-crash"

// member is one member of a group, which notes its partitions.
type member struct {
	sync.Mutex
	group  *kafka.ConsumerGroup
	owned  map[int]bool
	cancel context.CancelFunc
	ended  chan struct{}
}

func join(topic, name string, balancers ...kafka.GroupBalancer) *member {
	limited, cancel := context.WithCancel(ctx)
	m := &member{owned: map[int]bool{}, cancel: cancel, ended: make(chan struct{})}
	m.group = Must(kafka.NewConsumerGroup(kafka.ConsumerGroupConfig{
		ID: name, Brokers: []string{Bootstrap}, Topics: []string{topic}, GroupBalancers: balancers, StartOffset: kafka.FirstOffset,
		SessionTimeout: 1500 * time.Millisecond, HeartbeatInterval: 200 * time.Millisecond, JoinGroupBackoff: 50 * time.Millisecond,
		WatchPartitionChanges: true, PartitionWatchInterval: 200 * time.Millisecond,
	}))
	go func() {
		defer close(m.ended)
		for limited.Err() == nil {
			if generation, err := m.group.Next(limited); err == nil {
				m.own(generation.Assignments[topic])
				generation.Start(func(c context.Context) { <-c.Done(); m.own(nil) })
			}
		}
	}()
	return m
}

func (m *member) own(partitions []kafka.PartitionAssignment) {
	m.Lock()
	defer m.Unlock()
	clear(m.owned)
	for _, partition := range partitions {
		m.owned[partition.ID] = true
	}
}
func (m *member) count() int { m.Lock(); defer m.Unlock(); return len(m.owned) }
func (m *member) leave() {
	m.cancel()
	<-m.ended
	_ = m.group.Close()
}

// shared tells whether two members hold all partitions between them, as two halves.
func shared(first, second *member, total int) bool {
	first.Lock()
	defer first.Unlock()
	second.Lock()
	defer second.Unlock()
	for partition := range first.owned {
		if second.owned[partition] {
			return false
		}
	}
	return len(first.owned) == total/2 && len(second.owned) == total/2
}

func describe(group string) kafka.DescribeGroupsResponseGroup {
	return Must(client.DescribeGroups(ctx, &kafka.DescribeGroupsRequest{GroupIDs: []string{group}})).Groups[0]
}

func assignors() {
	const topic = "kafka-go-assignors"
	fill(topic, 4, 100)
	for _, balancer := range []kafka.GroupBalancer{kafka.RangeGroupBalancer{}, kafka.RoundRobinGroupBalancer{}, kafka.RackAffinityGroupBalancer{}} {
		name := balancer.ProtocolName()
		group := "kafka-go-" + name
		first, second := join(topic, group, balancer), join(topic, group, balancer)
		Check("groups", fmt.Sprintf("two members share the partitions evenly (%s)", name), Until(func() bool { return shared(first, second, 4) }))
		described := describe(group)
		Check("groups", fmt.Sprintf("the group is described as stable (%s)", name), described.GroupState == "Stable" && len(described.Members) == 2 && described.Members[0].MemberMetadata.Topics[0] == topic, described)
		second.leave()
		Check("groups", fmt.Sprintf("the member that stays gets all partitions when the other leaves (%s)", name), Until(func() bool { return first.count() == 4 }))
		first.leave()
	}
	r := reader(func(c *kafka.ReaderConfig) { c.GroupID = "kafka-go-range"; c.GroupTopics = []string{topic} })
	defer r.Close()
	Check("groups", "a reader of the group reads all records", len(next(r, 100)) == 100)
}

// static joins by bare requests, as the reader has no static members.
func static() {
	const topic, group, instance = "kafka-go-static", "kafka-go-static", "one"
	_ = create(topic, 1)
	enter := func(id string) *kafka.JoinGroupResponse {
		var answer *kafka.JoinGroupResponse
		Until(func() bool { // A broker that just started may need a moment for its coordinator.
			answer = Must(client.JoinGroup(ctx, &kafka.JoinGroupRequest{
				GroupID: group, SessionTimeout: 10 * time.Second, RebalanceTimeout: 10 * time.Second, MemberID: id, GroupInstanceID: instance, ProtocolType: "consumer",
				Protocols: []kafka.GroupProtocol{{Name: "range", Metadata: kafka.GroupProtocolSubscription{Topics: []string{topic}}}},
			}))
			return answer.Error == nil || !isTemporary(answer.Error)
		})
		return answer
	}
	first := enter("")
	Check("groups", "a static member joins without asking for an id first", first.Error == nil && first.MemberID != "" && first.LeaderID == first.MemberID, first.Error)
	synced := Must(client.SyncGroup(ctx, &kafka.SyncGroupRequest{
		GroupID: group, GenerationID: first.GenerationID, MemberID: first.MemberID, GroupInstanceID: instance, ProtocolType: "consumer", ProtocolName: "range",
		Assignments: []kafka.SyncGroupRequestAssignment{{MemberID: first.MemberID, Assignment: kafka.GroupProtocolAssignment{AssignedPartitions: map[string][]int{topic: {0}}}}},
	}))
	Check("groups", "a static member gets its assignment", synced.Error == nil && len(synced.Assignment.AssignedPartitions[topic]) == 1, synced.Error)
	second := enter("")
	Check("groups", "a static member that comes back has a new id in the same generation", second.Error == nil && second.MemberID != first.MemberID && second.GenerationID == first.GenerationID, second.Error)
	fenced := Must(client.OffsetCommit(ctx, &kafka.OffsetCommitRequest{
		GroupID: group, GenerationID: first.GenerationID, MemberID: first.MemberID, InstanceID: instance, Topics: map[string][]kafka.OffsetCommit{topic: {{Offset: 1}}},
	})).Topics[topic][0].Error
	Check("groups", "the one whose place it takes is fenced", errors.Is(fenced, kafka.FencedInstanceID), fenced)
	left := Must(client.LeaveGroup(ctx, &kafka.LeaveGroupRequest{GroupID: group, Members: []kafka.LeaveGroupRequestMember{{ID: second.MemberID, GroupInstanceID: instance}}}))
	Check("groups", "a static member leaves when told", left.Error == nil && Until(func() bool { return describe(group).GroupState == "Empty" }), left.Error)
}

func isTemporary(err error) bool {
	var code kafka.Error
	return errors.As(err, &code) && code.Temporary()
}

// crashing is the process of a member that is going to be killed.
func crashing() {
	m := join(crashTopic, crashTopic)
	Until(func() bool { return m.count() > 0 })
	fmt.Println("assigned")
	time.Sleep(time.Hour)
}

func crash() {
	_ = create(crashTopic, 4)
	first := join(crashTopic, crashTopic)
	child := exec.Command(os.Args[0], Bootstrap, "member")
	answers := Must(child.StdoutPipe())
	if err := child.Start(); err != nil {
		panic(err)
	}
	bufio.NewScanner(answers).Scan()
	Check("groups", "a member in another process takes its share", Until(func() bool { return first.count() == 2 }))
	_ = child.Process.Kill()
	_ = child.Wait()
	Check("groups", "the partitions of a member that crashed go to the other after its session timeout", Until(func() bool { return first.count() == 4 }))
	first.leave()
}

func growing() {
	const topic = "kafka-go-growing"
	_ = create(topic, 1)
	m := join(topic, topic)
	defer m.leave()
	Until(func() bool { return m.count() == 1 })
	_ = widen(topic, 3)
	Check("groups", "a running group gets the partitions that are added", Until(func() bool { return m.count() == 3 }))
}
