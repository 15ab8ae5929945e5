package main

import (
	"strings"
	"time"

	"github.com/IBM/sarama"

	. "moldau/compat/harness"
)

const commitTopic = "sarama-commits"

// stored is the committed offset with its metadata; a broker that just started may need a moment for its coordinator.
func stored(admin sarama.ClusterAdmin, group string) (int64, string) {
	var answer *sarama.OffsetFetchResponse
	Until(func() bool {
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
	Check("commits", "a new group has no offset", offset == -1, offset)
	manual := join(commitTopic, "sarama-manual", nil, func(session sarama.ConsumerGroupSession, r *sarama.ConsumerMessage) {
		session.MarkMessage(r, "told by mäx")
		if r.Offset == 59 {
			session.Commit()
		}
	})
	Check("commits", "commits when told", Until(func() bool { offset, _ := stored(admin, "sarama-manual"); return offset == 60 }))
	Until(func() bool { return manual.count() == 100 })
	manual.leave()
	offset, metadata := stored(admin, "sarama-manual")
	Check("commits", "commits nothing more when it leaves", offset == 60, offset)
	Check("commits", "keeps the metadata of a commit", metadata == "told by mäx", metadata)
	groups := Must(admin.ListConsumerGroups())
	Check("admin", "lists groups", groups["sarama-manual"] == "consumer", groups)
	described := Must(admin.DescribeConsumerGroups([]string{"sarama-manual", "sarama-nowhere"}))
	Check("admin", "describes an empty group and an unknown one", described[0].State == "Empty" && described[1].State == "Dead", described[0].State, described[1].State)
	again := join(commitTopic, "sarama-manual", nil, nil)
	Check("commits", "a new member goes on at the committed offset", Until(func() bool { return again.count() == 40 }) && again.keys["g-60"] == 1, again.count())
	again.leave()

	auto := join(commitTopic, "sarama-auto", func(c *sarama.Config) {
		c.Consumer.Offsets.AutoCommit.Enable = true
		c.Consumer.Offsets.AutoCommit.Interval = 50 * time.Millisecond
	}, nil)
	Check("commits", "commits by itself", Until(func() bool { offset, _ := stored(admin, "sarama-auto"); return offset == 100 }))
	_, err := admin.AlterConsumerGroupOffsets("sarama-auto", map[string]map[int32]sarama.OffsetAndMetadata{commitTopic: {0: {Offset: 1}}}, nil)
	Check("commits", "refuses a commit from outside while the group has members", err != nil || refused(admin, "sarama-auto"), err)
	Check("admin", "refuses to delete a group that has members", has(admin.DeleteConsumerGroup("sarama-auto"), sarama.ErrNonEmptyGroup))
	Check("admin", "refuses to delete an offset that the group still reads", has(admin.DeleteConsumerGroupOffset("sarama-auto", commitTopic, 0), sarama.ErrGroupSubscribedToTopic))
	auto.leave()

	answer, err := admin.AlterConsumerGroupOffsets("sarama-admin", map[string]map[int32]sarama.OffsetAndMetadata{commitTopic: {0: {Offset: 7, Metadata: "by the admin"}}}, nil)
	offset, metadata = stored(admin, "sarama-admin")
	Check("admin", "alters the offsets of a group", err == nil && answer.Errors[commitTopic][0] == sarama.ErrNoError && offset == 7 && metadata == "by the admin", err, offset)
	answer, err = admin.AlterConsumerGroupOffsets("sarama-admin", map[string]map[int32]sarama.OffsetAndMetadata{commitTopic: {0: {Offset: 7, Metadata: strings.Repeat("x", 5000)}}}, nil)
	Check("commits", "metadata over the limit is refused", has(err, sarama.ErrOffsetMetadataTooLarge) || err == nil && answer.Errors[commitTopic][0] == sarama.ErrOffsetMetadataTooLarge, err)
	err = admin.DeleteConsumerGroupOffset("sarama-admin", commitTopic, 0)
	offset, _ = stored(admin, "sarama-admin")
	Check("admin", "deletes an offset of a group", err == nil && offset == -1, err, offset)
	_, _ = admin.AlterConsumerGroupOffsets("sarama-admin", map[string]map[int32]sarama.OffsetAndMetadata{commitTopic: {0: {Offset: 7}}}, nil)
	err = admin.DeleteConsumerGroup("sarama-admin")
	_, found := Must(admin.ListConsumerGroups())["sarama-admin"]
	Check("admin", "deletes a group", err == nil && !found, err)
	err = admin.DeleteConsumerGroup("sarama-admin")
	Check("admin", "tells that a group to delete is unknown", has(err, sarama.ErrGroupIDNotFound), err)
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
	Check("restart", "committed offsets and metadata are there after the restart", offset == 60 && metadata == "told by mäx", offset, metadata)
	p := producer(nil)
	defer p.Close()
	sendAll(p, commitTopic, 10, "after-")
	m := join(commitTopic, "sarama-auto", nil, nil)
	defer m.leave()
	Check("restart", "a group goes on at its committed offsets after the restart", Until(func() bool { return m.count() == 10 }) && m.keys["after-0"] == 1, m.count())
}
