package main

import (
	"github.com/IBM/sarama"

	. "moldau/compat/harness"
)

const adminTopic = "sarama-admin"

func valueOf(admin sarama.ClusterAdmin, topic, name string) string {
	for _, entry := range Must(admin.DescribeConfig(sarama.ConfigResource{Type: sarama.TopicResource, Name: topic})) {
		if entry.Name == name {
			return entry.Value
		}
	}
	return ""
}

func exists(admin sarama.ClusterAdmin, topic string) bool {
	_, found := Must(admin.ListTopics())[topic]
	return found
}

func width(admin sarama.ClusterAdmin, topic string) int {
	return len(Must(admin.DescribeTopics([]string{topic}))[0].Partitions)
}

// topics asks the admin client for topics, partitions, configs and records.
func topics() {
	admin := administrator()
	defer admin.Close()
	Check("admin", "creates a topic with a config", create(adminTopic, 3, map[string]string{"retention.ms": "86400000"}) == nil)
	Check("admin", "refuses the topic a second time", has(create(adminTopic, 3, nil), sarama.ErrTopicAlreadyExists))
	Check("admin", "refuses a name that is not allowed", has(create("not/a/name", 1, nil), sarama.ErrInvalidTopic))
	Check("admin", "refuses a topic without partitions", has(create("sarama-none", 0, nil), sarama.ErrInvalidPartitions))
	Check("admin", "refuses a config that is not a number", has(create("sarama-none", 1, map[string]string{"retention.ms": "soon"}), sarama.ErrInvalidConfig))
	err := admin.CreateTopic("sarama-dry", &sarama.TopicDetail{NumPartitions: 1, ReplicationFactor: 1}, true)
	Check("admin", "lists topics; validateOnly made none", err == nil && exists(admin, adminTopic) && !exists(admin, "sarama-dry"), err)
	described := Must(admin.DescribeTopics([]string{adminTopic, "sarama-nowhere"}))
	Check("admin", "describes the partitions of a topic", len(described) == 2 && len(described[0].Partitions) == 3 && described[0].Partitions[0].Leader == described[0].Partitions[0].Replicas[0])
	Check("admin", "tells that a topic is unknown", described[1].Err == sarama.ErrUnknownTopicOrPartition, described[1].Err)
	brokers, controller, err := admin.DescribeCluster()
	Check("admin", "describes the cluster", err == nil && len(brokers) == 1 && brokers[0].ID() == controller, err, controller)
	Check("admin", "describes the configs of a topic", valueOf(admin, adminTopic, "retention.ms") == "86400000")
	value := "7200000"
	err = admin.IncrementalAlterConfig(sarama.TopicResource, adminTopic, map[string]sarama.IncrementalAlterConfigsEntry{
		"retention.ms": {Operation: sarama.IncrementalAlterConfigsOperationSet, Value: &value}}, false)
	Check("admin", "alters one config", err == nil && Until(func() bool { return valueOf(admin, adminTopic, "retention.ms") == value }), err)
	compact := "compact"
	err = admin.AlterConfig(sarama.TopicResource, adminTopic, map[string]*string{"cleanup.policy": &compact}, false)
	Check("admin",

		"alters all configs at once", err == nil && Until(func() bool {
			return valueOf(admin, adminTopic, "cleanup.policy") == compact && valueOf(admin, adminTopic, "retention.ms") == "604800000"
		}), err)

	err = admin.CreatePartitions(adminTopic, 5, nil, false)
	Check("admin", "adds partitions", err == nil && Until(func() bool { return width(admin, adminTopic) == 5 }), err)
	err = admin.CreatePartitions(adminTopic, 2, nil, false)
	Check("admin", "refuses fewer partitions", has(err, sarama.ErrInvalidPartitions), err)
	_ = create("sarama-cut", 1, nil)
	p := producer(nil)
	sendAll(p, "sarama-cut", 10, "cut-")
	p.Close()
	err = admin.DeleteRecords("sarama-cut", map[int32]int64{0: 6})
	found := Must(admin.ListOffsets(map[string]map[int32]int64{"sarama-cut": {0: sarama.OffsetOldest}}, nil))
	Check("admin", "deletes records up to an offset", err == nil && found["sarama-cut"][0].Offset == 6, err)
	logs, err := admin.DescribeLogDirs([]int32{controller})
	Check("admin", "describes the log directories", err == nil && len(logs[controller]) == 1 && logs[controller][0].ErrorCode == sarama.ErrNoError, err)
	err = admin.DeleteTopic("sarama-cut")
	Check("admin", "deletes a topic", err == nil && Until(func() bool { return !exists(admin, "sarama-cut") }), err)
	err = admin.DeleteTopic("sarama-cut")
	Check("admin", "tells that a topic to delete is unknown", has(err, sarama.ErrUnknownTopicOrPartition), err)
}

func topicsAfter() {
	admin := administrator()
	defer admin.Close()
	Check("restart", "topics and configs are as before the restart", width(admin, adminTopic) == 5 && valueOf(admin, adminTopic, "cleanup.policy") == "compact")
	err := admin.DeleteTopic(adminTopic)
	Check("admin", "deletes a topic after the restart", err == nil && Until(func() bool { return !exists(admin, adminTopic) }), err)
}
