package main

import (
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	. "moldau/compat/harness"
)

func adminSections() []Section {
	return []Section{{"admin topics", adminTopics}, {"admin configs", adminConfigs}, {"admin groups", adminGroups}}
}

func removal(group, instance string) *kadm.LeaveGroupBuilder {
	return kadm.LeaveGroup(group).InstanceIDs(instance)
}

func adminTopics() {
	topic := create("admin-topic", 3, map[string]string{"retention.ms": "-1"})
	listed := Must(admin.ListTopics(ctx))
	Check("admin", "creates a topic and lists it", listed.Has(topic))
	made := func(partitions int32, replicas int16, configs map[string]*string, name string) error {
		response, err := admin.CreateTopic(ctx, partitions, replicas, configs, name)
		if err == nil {
			err = response.Err
		}
		return err
	}
	Refused("admin", "a topic that exists is refused", made(1, 1, nil, topic), kerr.TopicAlreadyExists)
	Refused("admin", "a name with a slash is refused", made(1, 1, nil, "a/b"), kerr.InvalidTopicException)
	Refused("admin", "a replication factor above the number of brokers is refused", made(1, 2, nil, "wide"), kerr.InvalidReplicationFactor)
	Refused("admin", "a config that does not exist is refused", made(1, 1, map[string]*string{"no.such": kadm.StringPtr("1")}, "odd"), kerr.InvalidConfig)
	checked, err := admin.ValidateCreateTopics(ctx, 2, 1, nil, "only-checked")
	Check("admin", "a topic is checked without being made", err == nil && checked.Error() == nil && !Must(admin.ListTopics(ctx)).Has("only-checked"), err)
	detail := listed[topic]
	Check("admin", "describes a topic: its id, leaders, replicas", len(detail.Partitions) == 3 && detail.Partitions[0].ISR[0] == detail.Partitions[0].Leader && detail.ID != kadm.TopicID{})
	Must(admin.UpdatePartitions(ctx, 5, topic))
	settle(topic, 5)
	Check("admin", "adds partitions", len(Must(admin.ListTopics(ctx, topic))[topic].Partitions) == 5)
	Refused("admin", "fewer partitions are refused", Must(admin.UpdatePartitions(ctx, 2, topic))[topic].Err, kerr.InvalidPartitions)
	var records []*kgo.Record
	for range 10 {
		records = append(records, &kgo.Record{Topic: topic, Partition: 0, Value: []byte("v")})
	}
	sent(records, kgo.RecordPartitioner(kgo.ManualPartitioner()))
	until6 := kadm.Offsets{}
	until6.Add(kadm.Offset{Topic: topic, Partition: 0, At: 6})
	deleted := Must(admin.DeleteRecords(ctx, until6))[topic][0]
	Check("admin", "deletes records up to an offset", deleted.LowWatermark == 6 && read(topic, 4)[0].Offset == 6)
	dirs := Must(admin.DescribeAllLogDirs(ctx, nil))
	size := int64(0)
	dirs.Each(func(dir kadm.DescribedLogDir) {
		dir.Topics.Each(func(p kadm.DescribedLogDirPartition) {
			if p.Topic == topic {
				size += p.Size
			}
		})
	})
	Check("admin", "describes the folders of the logs", size > 0)
	Must(admin.DeleteTopic(ctx, topic))
	Check("admin", "deletes a topic", Until(func() bool { return !Must(admin.ListTopics(ctx)).Has(topic) }))
	_, err = admin.DeleteTopic(ctx, "nowhere")
	Refused("admin", "a topic that does not exist is not deleted", err, kerr.UnknownTopicOrPartition)
	cluster := Must(admin.BrokerMetadata(ctx))
	Check("admin", "describes the cluster", len(cluster.Brokers) == 1 && cluster.Controller == cluster.Brokers[0].NodeID && cluster.Cluster != "")
	versions := Must(admin.ApiVersions(ctx))
	Check("admin", "tells its API versions", len(versions) == 1)
}

func adminConfigs() {
	topic := create("admin-configs", 1, map[string]string{"retention.ms": "1000000"})
	value := func(name string) string {
		for _, c := range Must(admin.DescribeTopicConfigs(ctx, topic))[0].Configs {
			if c.Key == name {
				return c.MaybeValue()
			}
		}
		return ""
	}
	alter := func(op kadm.IncrementalOp, name string, to *string) error {
		changed := Must(admin.AlterTopicConfigs(ctx, []kadm.AlterConfig{{Op: op, Name: name, Value: to}}, topic))
		return changed[0].Err
	}
	Check("admin", "describes configs: set ones and defaults", value("retention.ms") == "1000000" && value("cleanup.policy") == "delete")
	_ = alter(kadm.SetConfig, "segment.ms", kadm.StringPtr("3000000"))
	Check("admin", "changes one config, the others stay", Until(func() bool { return value("segment.ms") == "3000000" && value("retention.ms") == "1000000" }))
	_ = alter(kadm.DeleteConfig, "retention.ms", nil)
	Check("admin", "a config that is deleted has its default again", Until(func() bool { return value("retention.ms") == "604800000" }))
	_ = alter(kadm.AppendConfig, "cleanup.policy", kadm.StringPtr("compact"))
	Check("admin", "appends to a list", Until(func() bool { return len(value("cleanup.policy")) == len("delete,compact") }))
	_ = alter(kadm.SubtractConfig, "cleanup.policy", kadm.StringPtr("compact"))
	Check("admin", "takes from a list", Until(func() bool { return value("cleanup.policy") == "delete" }))
	Refused("admin", "a value that is no number is refused", alter(kadm.SetConfig, "retention.ms", kadm.StringPtr("soon")), kerr.InvalidConfig)
	Must(admin.AlterTopicConfigsState(ctx, []kadm.AlterConfig{{Name: "max.message.bytes", Value: kadm.StringPtr("2000000")}}, topic))
	Check("admin", "the older request replaces all configs", Until(func() bool { return value("max.message.bytes") == "2000000" && value("segment.ms") == "604800000" }))
	broker := Must(admin.DescribeBrokerConfigs(ctx, 1))
	Check("admin", "describes the configs of the broker", len(broker) == 1 && len(broker[0].Configs) > 100)
}

func adminGroups() {
	topic := create("admin-groups", 2, nil)
	var records []*kgo.Record
	for i := range 20 {
		records = append(records, &kgo.Record{Topic: topic, Partition: int32(i % 2), Key: []byte{byte(i)}})
	}
	sent(records, kgo.RecordPartitioner(kgo.ManualPartitioner()))
	m := join(topic, kgo.ConsumeTopics(topic), kgo.ClientID("a-client"))
	Until(func() bool { o := offsetsOf(topic); return o[0] == 10 && o[1] == 10 })
	Check("admin", "lists a group", Must(admin.ListGroups(ctx))[topic].Group == topic)
	stable, empty := Must(admin.ListGroups(ctx, "Stable")), Must(admin.ListGroups(ctx, "Empty"))
	Check("admin", "lists groups by state", stable[topic].Group == topic && empty[topic].Group == "")
	described := Must(admin.DescribeGroups(ctx, topic))[topic]
	Check("admin", "describes a group: its members and what they hold", described.State == "Stable" && described.Members[0].ClientID == "a-client" && len(described.AssignedPartitions()[topic]) == 2)
	_, err := admin.DeleteGroup(ctx, topic)
	Refused("admin", "a group with members is not deleted", err, kerr.NonEmptyGroup)
	m.Close()
	Check("admin", "a group without members is empty", Until(func() bool { return Must(admin.DescribeGroups(ctx, topic))[topic].State == "Empty" }))
	lag := Must(admin.Lag(ctx, topic))
	Check("admin", "tells the lag of a group", lag[topic].Lag.Total() == 0)
	change := kadm.Offsets{}
	change.Add(kadm.Offset{Topic: topic, Partition: 0, At: 4, LeaderEpoch: -1})
	err = admin.CommitAllOffsets(ctx, topic, change)
	Check("admin", "changes the offsets of a group", err == nil && offsetsOf(topic)[0] == 4 && offsetsOf(topic)[1] == 10, err)
	again := join(topic, kgo.ConsumeTopics(topic))
	Until(func() bool { return len(again.seen()) >= 6 })
	Check("admin", "the group goes on at the changed offsets", len(again.seen()) == 6 && again.seen()[0].Offset == 4)
	again.Close()
	_, err = admin.DeleteOffsets(ctx, topic, kadm.TopicsSet{topic: {1: {}}})
	_, has := offsetsOf(topic)[1]
	Check("admin", "deletes the offset of a partition", err == nil && !has, err)
	_, err = admin.DeleteGroup(ctx, topic)
	Check("admin", "deletes a group", err == nil && Must(admin.ListGroups(ctx))[topic].Group == "", err)
	_, err = admin.DeleteGroup(ctx, "nowhere")
	Refused("admin", "a group that does not exist is not deleted", err, kerr.GroupIDNotFound)
}
