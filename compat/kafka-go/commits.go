package main

import (
	"errors"
	"strings"
	"time"

	"github.com/segmentio/kafka-go"

	. "moldau/compat/harness"
)

const commitTopic = "kafka-go-commits"

// stored is the committed offset with its metadata; a broker that just started may need a moment for its coordinator.
func stored(group, topic string) (int64, string) {
	var found kafka.OffsetFetchPartition
	Until(func() bool {
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
	return Must(client.OffsetCommit(ctx, &kafka.OffsetCommitRequest{GroupID: group, GenerationID: -1, Topics: map[string][]kafka.OffsetCommit{commitTopic: {{Offset: offset, Metadata: metadata}}}})).Topics[commitTopic][0].Error
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
	for _, g := range Must(client.ListGroups(ctx, &kafka.ListGroupsRequest{})).Groups {
		if g.GroupID == group {
			return true
		}
	}
	return false
}

func deleteGroup(group string) error {
	return Must(client.DeleteGroups(ctx, &kafka.DeleteGroupsRequest{GroupIDs: []string{group}})).Errors[group]
}

func deleteOffset(group string) error {
	answer := Must(client.OffsetDelete(ctx, &kafka.OffsetDeleteRequest{GroupID: group, Topics: map[string][]int{commitTopic: {0}}}))
	if answer.Error != nil {
		return answer.Error
	}
	return answer.Topics[commitTopic][0].Error
}

func commits() {
	fill(commitTopic, 1, 100)
	offset, _ := stored("kafka-go-manual", commitTopic)
	Check("commits", "a new group has no offset", offset == -1, offset)
	manual := memberOf("kafka-go-manual", nil)
	records := next(manual, 100)
	err := manual.CommitMessages(ctx, records[59])
	offset, _ = stored("kafka-go-manual", commitTopic)
	Check("commits", "commits when told", err == nil && offset == 60, err, offset)
	_ = manual.Close()
	offset, _ = stored("kafka-go-manual", commitTopic)
	Check("commits", "commits nothing more when it leaves", offset == 60, offset)
	Check("admin", "lists groups", listsGroup("kafka-go-manual"))
	Check("admin", "describes a group without members as empty", Until(func() bool { return describe("kafka-go-manual").GroupState == "Empty" }))
	again := memberOf("kafka-go-manual", nil)
	records = next(again, 40)
	Check("commits", "a new member goes on at the committed offset", len(records) == 40 && records[0].Offset == 60)
	_ = again.Close()

	auto := memberOf("kafka-go-auto", func(c *kafka.ReaderConfig) { c.CommitInterval = 50 * time.Millisecond })
	for range 100 {
		Must(auto.ReadMessage(ctx))
	}
	Check("commits", "commits by itself", Until(func() bool { offset, _ := stored("kafka-go-auto", commitTopic); return offset == 100 }))
	err = commitOutside("kafka-go-auto", 1, "")
	Check("commits", "refuses a commit from outside while the group has members", errors.Is(err, kafka.UnknownMemberId), err)
	err = deleteGroup("kafka-go-auto")
	Check("admin", "refuses to delete a group that has members", errors.Is(err, kafka.NonEmptyGroup), err)
	err = deleteOffset("kafka-go-auto")
	Check("admin", "refuses to delete an offset that the group still reads", errors.Is(err, kafka.GroupSubscribedToTopic), err)
	_ = auto.Close()

	err = commitOutside("kafka-go-alone", 7, "told by mäx")
	offset, metadata := stored("kafka-go-alone", commitTopic)
	Check("commits", "commits without being a member of the group", err == nil && offset == 7, err, offset)
	Check("commits", "keeps the metadata of a commit", metadata == "told by mäx", metadata)
	err = commitOutside("kafka-go-alone", 8, strings.Repeat("x", 5000))
	Check("commits", "metadata over the limit is refused", errors.Is(err, kafka.OffsetMetadataTooLarge), err)
	_ = commitOutside("kafka-go-admin", 7, "")
	err = deleteOffset("kafka-go-admin")
	offset, _ = stored("kafka-go-admin", commitTopic)
	Check("admin", "deletes an offset of a group", err == nil && offset == -1, err, offset)
	_ = commitOutside("kafka-go-admin", 7, "")
	err = deleteGroup("kafka-go-admin")
	Check("admin", "deletes a group", err == nil && !listsGroup("kafka-go-admin"), err)
	err = deleteGroup("kafka-go-admin")
	Check("admin", "tells that a group to delete is unknown", errors.Is(err, kafka.GroupIdNotFound), err)
}

func commitsAfter() {
	offset, metadata := stored("kafka-go-alone", commitTopic)
	Check("restart", "committed offsets and metadata are there after the restart", offset == 7 && metadata == "told by mäx", offset, metadata)
	w := writer(commitTopic, nil)
	defer w.Close()
	if err := w.WriteMessages(ctx, messages(10, "after-")...); err != nil {
		panic(err)
	}
	m := memberOf("kafka-go-auto", nil)
	defer m.Close()
	records := next(m, 10)
	Check("restart", "a group goes on at its committed offsets after the restart", len(records) == 10 && string(records[0].Key) == "after-0")
}
