package main

import (
	"strings"
	"time"

	"github.com/IBM/sarama"
)

const commitTopic = "sarama-commits"

// stored is the committed offset with its metadata; a broker that just started may need a moment for its coordinator.
func stored(admin sarama.ClusterAdmin, group string) (int64, string) {
	var answer *sarama.OffsetFetchResponse
	until(func() bool {
		found, err := admin.ListConsumerGroupOffsets(group, map[string][]int32{commitTopic: {0}})
		answer = found
		return err == nil && found.Err == sarama.ErrNoError && found.GetBlock(commitTopic, 0).Err == sarama.ErrNoError
	})
	block := answer.GetBlock(commitTopic, 0)
	return block.Offset, block.Metadata
}

func commits() {
	fill(commitTopic, 1)
	admin := administrator()
	defer admin.Close()
	offset, _ := stored(admin, "sarama-manual")
	check("commits", offset == -1, "a new group has no offset", offset)
	manual := join(commitTopic, "sarama-manual", nil, func(session sarama.ConsumerGroupSession, r *sarama.ConsumerMessage) {
		session.MarkMessage(r, "told by mäx")
		if r.Offset == 59 {
			session.Commit()
		}
	})
	check("commits", until(func() bool { offset, _ := stored(admin, "sarama-manual"); return offset == 60 }), "commits when told")
	until(func() bool { return manual.count() == 100 })
	manual.leave()
	offset, metadata := stored(admin, "sarama-manual")
	check("commits", offset == 60, "commits nothing more when it leaves", offset)
	check("commits", metadata == "told by mäx", "keeps the metadata of a commit", metadata)
	groups := must(admin.ListConsumerGroups())
	check("admin", groups["sarama-manual"] == "consumer", "lists groups", groups)
	described := must(admin.DescribeConsumerGroups([]string{"sarama-manual", "sarama-nowhere"}))
	check("admin", described[0].State == "Empty" && described[1].State == "Dead", "describes an empty group and an unknown one", described[0].State, described[1].State)
	again := join(commitTopic, "sarama-manual", nil, nil)
	check("commits", until(func() bool { return again.count() == 40 }) && again.keys["g-60"] == 1, "a new member goes on at the committed offset", again.count())
	again.leave()

	auto := join(commitTopic, "sarama-auto", func(c *sarama.Config) {
		c.Consumer.Offsets.AutoCommit.Enable = true
		c.Consumer.Offsets.AutoCommit.Interval = 50 * time.Millisecond
	}, nil)
	check("commits", until(func() bool { offset, _ := stored(admin, "sarama-auto"); return offset == 100 }), "commits by itself")
	_, err := admin.AlterConsumerGroupOffsets("sarama-auto", map[string]map[int32]sarama.OffsetAndMetadata{commitTopic: {0: {Offset: 1}}}, nil)
	check("commits", err != nil || refused(admin, "sarama-auto"), "refuses a commit from outside while the group has members", err)
	check("admin", has(admin.DeleteConsumerGroup("sarama-auto"), sarama.ErrNonEmptyGroup), "refuses to delete a group that has members")
	check("admin", has(admin.DeleteConsumerGroupOffset("sarama-auto", commitTopic, 0), sarama.ErrGroupSubscribedToTopic), "refuses to delete an offset that the group still reads")
	auto.leave()

	answer, err := admin.AlterConsumerGroupOffsets("sarama-admin", map[string]map[int32]sarama.OffsetAndMetadata{commitTopic: {0: {Offset: 7, Metadata: "by the admin"}}}, nil)
	offset, metadata = stored(admin, "sarama-admin")
	check("admin", err == nil && answer.Errors[commitTopic][0] == sarama.ErrNoError && offset == 7 && metadata == "by the admin", "alters the offsets of a group", err, offset)
	answer, err = admin.AlterConsumerGroupOffsets("sarama-admin", map[string]map[int32]sarama.OffsetAndMetadata{commitTopic: {0: {Offset: 7, Metadata: strings.Repeat("x", 5000)}}}, nil)
	check("commits", has(err, sarama.ErrOffsetMetadataTooLarge) || err == nil && answer.Errors[commitTopic][0] == sarama.ErrOffsetMetadataTooLarge, "metadata over the limit is refused", err)
	err = admin.DeleteConsumerGroupOffset("sarama-admin", commitTopic, 0)
	offset, _ = stored(admin, "sarama-admin")
	check("admin", err == nil && offset == -1, "deletes an offset of a group", err, offset)
	_, _ = admin.AlterConsumerGroupOffsets("sarama-admin", map[string]map[int32]sarama.OffsetAndMetadata{commitTopic: {0: {Offset: 7}}}, nil)
	err = admin.DeleteConsumerGroup("sarama-admin")
	_, found := must(admin.ListConsumerGroups())["sarama-admin"]
	check("admin", err == nil && !found, "deletes a group", err)
	err = admin.DeleteConsumerGroup("sarama-admin")
	check("admin", has(err, sarama.ErrGroupIDNotFound), "tells that a group to delete is unknown", err)
}

// refused tells whether the offset stayed.
func refused(admin sarama.ClusterAdmin, group string) bool {
	offset, _ := stored(admin, group)
	return offset == 100
}

func commitsAfter() {
	admin := administrator()
	defer admin.Close()
	offset, metadata := stored(admin, "sarama-manual")
	check("restart", offset == 60 && metadata == "told by mäx", "committed offsets and metadata are there after the restart", offset, metadata)
	p := producer(nil)
	defer p.Close()
	sendAll(p, commitTopic, 10, "after-")
	m := join(commitTopic, "sarama-auto", nil, nil)
	defer m.leave()
	check("restart", until(func() bool { return m.count() == 10 }) && m.keys["after-0"] == 1, "a group goes on at its committed offsets after the restart", m.count())
}
