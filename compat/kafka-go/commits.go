package main

import (
	"errors"
	"strings"
	"time"

	"github.com/segmentio/kafka-go"
)

const commitTopic = "kafka-go-commits"

// stored is the committed offset with its metadata; a broker that just started may need a moment for its coordinator.
func stored(group, topic string) (int64, string) {
	var found kafka.OffsetFetchPartition
	until(func() bool {
		answer, err := client.OffsetFetch(ctx, &kafka.OffsetFetchRequest{GroupID: group, Topics: map[string][]int{topic: {0}}})
		if err != nil || answer.Error != nil {
			return false
		}
		found = answer.Topics[topic][0]
		return found.Error == nil
	})
	return found.CommittedOffset, found.Metadata
}

func commitOutside(group string, offset int64, metadata string) error {
	return must(client.OffsetCommit(ctx, &kafka.OffsetCommitRequest{GroupID: group, GenerationID: -1, Topics: map[string][]kafka.OffsetCommit{commitTopic: {{Offset: offset, Metadata: metadata}}}})).Topics[commitTopic][0].Error
}

func memberOf(group string, change func(*kafka.ReaderConfig)) *kafka.Reader {
	return reader(func(c *kafka.ReaderConfig) {
		c.GroupID, c.Topic = group, commitTopic
		if change != nil {
			change(c)
		}
	})
}

func listsGroup(group string) bool {
	for _, g := range must(client.ListGroups(ctx, &kafka.ListGroupsRequest{})).Groups {
		if g.GroupID == group {
			return true
		}
	}
	return false
}

func deleteGroup(group string) error {
	return must(client.DeleteGroups(ctx, &kafka.DeleteGroupsRequest{GroupIDs: []string{group}})).Errors[group]
}

func deleteOffset(group string) error {
	answer := must(client.OffsetDelete(ctx, &kafka.OffsetDeleteRequest{GroupID: group, Topics: map[string][]int{commitTopic: {0}}}))
	if answer.Error != nil {
		return answer.Error
	}
	return answer.Topics[commitTopic][0].Error
}

func commits() {
	fill(commitTopic, 1, 100)
	offset, _ := stored("kafka-go-manual", commitTopic)
	check("commits", offset == -1, "a new group has no offset", offset)
	manual := memberOf("kafka-go-manual", nil)
	records := next(manual, 100)
	err := manual.CommitMessages(ctx, records[59])
	offset, _ = stored("kafka-go-manual", commitTopic)
	check("commits", err == nil && offset == 60, "commits when told", err, offset)
	_ = manual.Close()
	offset, _ = stored("kafka-go-manual", commitTopic)
	check("commits", offset == 60, "commits nothing more when it leaves", offset)
	check("admin", listsGroup("kafka-go-manual"), "lists groups")
	check("admin", until(func() bool { return describe("kafka-go-manual").GroupState == "Empty" }), "describes a group without members as empty")
	again := memberOf("kafka-go-manual", nil)
	records = next(again, 40)
	check("commits", len(records) == 40 && records[0].Offset == 60, "a new member goes on at the committed offset")
	_ = again.Close()

	auto := memberOf("kafka-go-auto", func(c *kafka.ReaderConfig) { c.CommitInterval = 50 * time.Millisecond })
	for range 100 {
		must(auto.ReadMessage(ctx))
	}
	check("commits", until(func() bool { offset, _ := stored("kafka-go-auto", commitTopic); return offset == 100 }), "commits by itself")
	err = commitOutside("kafka-go-auto", 1, "")
	check("commits", errors.Is(err, kafka.UnknownMemberId), "refuses a commit from outside while the group has members", err)
	err = deleteGroup("kafka-go-auto")
	check("admin", errors.Is(err, kafka.NonEmptyGroup), "refuses to delete a group that has members", err)
	err = deleteOffset("kafka-go-auto")
	check("admin", errors.Is(err, kafka.GroupSubscribedToTopic), "refuses to delete an offset that the group still reads", err)
	_ = auto.Close()

	err = commitOutside("kafka-go-alone", 7, "told by mäx")
	offset, metadata := stored("kafka-go-alone", commitTopic)
	check("commits", err == nil && offset == 7, "commits without being a member of the group", err, offset)
	check("commits", metadata == "told by mäx", "keeps the metadata of a commit", metadata)
	err = commitOutside("kafka-go-alone", 8, strings.Repeat("x", 5000))
	check("commits", errors.Is(err, kafka.OffsetMetadataTooLarge), "metadata over the limit is refused", err)
	_ = commitOutside("kafka-go-admin", 7, "")
	err = deleteOffset("kafka-go-admin")
	offset, _ = stored("kafka-go-admin", commitTopic)
	check("admin", err == nil && offset == -1, "deletes an offset of a group", err, offset)
	_ = commitOutside("kafka-go-admin", 7, "")
	err = deleteGroup("kafka-go-admin")
	check("admin", err == nil && !listsGroup("kafka-go-admin"), "deletes a group", err)
	err = deleteGroup("kafka-go-admin")
	check("admin", errors.Is(err, kafka.GroupIdNotFound), "tells that a group to delete is unknown", err)
}

func commitsAfter() {
	offset, metadata := stored("kafka-go-alone", commitTopic)
	check("restart", offset == 7 && metadata == "told by mäx", "committed offsets and metadata are there after the restart", offset, metadata)
	w := writer(commitTopic, nil)
	defer w.Close()
	if err := w.WriteMessages(ctx, messages(10, "after-")...); err != nil {
		panic(err)
	}
	m := memberOf("kafka-go-auto", nil)
	defer m.Close()
	records := next(m, 10)
	check("restart", len(records) == 10 && string(records[0].Key) == "after-0", "a group goes on at its committed offsets after the restart")
}
