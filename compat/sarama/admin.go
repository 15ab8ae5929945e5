package main

import "github.com/IBM/sarama"

const adminTopic = "sarama-admin"

func valueOf(admin sarama.ClusterAdmin, topic, name string) string {
	for _, entry := range must(admin.DescribeConfig(sarama.ConfigResource{Type: sarama.TopicResource, Name: topic})) {
		if entry.Name == name {
			return entry.Value
		}
	}
	return ""
}

func exists(admin sarama.ClusterAdmin, topic string) bool {
	_, found := must(admin.ListTopics())[topic]
	return found
}

func width(admin sarama.ClusterAdmin, topic string) int {
	return len(must(admin.DescribeTopics([]string{topic}))[0].Partitions)
}

// topics asks the admin client for topics, partitions, configs and records.
func topics() {
	admin := administrator()
	defer admin.Close()
	check("admin", create(adminTopic, 3, map[string]string{"retention.ms": "86400000"}) == nil, "creates a topic with a config")
	check("admin", has(create(adminTopic, 3, nil), sarama.ErrTopicAlreadyExists), "refuses the topic a second time")
	check("admin", has(create("not/a/name", 1, nil), sarama.ErrInvalidTopic), "refuses a name that is not allowed")
	check("admin", has(create("sarama-none", 0, nil), sarama.ErrInvalidPartitions), "refuses a topic without partitions")
	check("admin", has(create("sarama-none", 1, map[string]string{"retention.ms": "soon"}), sarama.ErrInvalidConfig), "refuses a config that is not a number")
	err := admin.CreateTopic("sarama-dry", &sarama.TopicDetail{NumPartitions: 1, ReplicationFactor: 1}, true)
	check("admin", err == nil && exists(admin, adminTopic) && !exists(admin, "sarama-dry"), "lists topics; validateOnly made none", err)
	described := must(admin.DescribeTopics([]string{adminTopic, "sarama-nowhere"}))
	check("admin", len(described) == 2 && len(described[0].Partitions) == 3 && described[0].Partitions[0].Leader == described[0].Partitions[0].Replicas[0], "describes the partitions of a topic")
	check("admin", described[1].Err == sarama.ErrUnknownTopicOrPartition, "tells that a topic is unknown", described[1].Err)
	brokers, controller, err := admin.DescribeCluster()
	check("admin", err == nil && len(brokers) == 1 && brokers[0].ID() == controller, "describes the cluster", err, controller)
	check("admin", valueOf(admin, adminTopic, "retention.ms") == "86400000", "describes the configs of a topic")
	value := "7200000"
	err = admin.IncrementalAlterConfig(sarama.TopicResource, adminTopic, map[string]sarama.IncrementalAlterConfigsEntry{
		"retention.ms": {Operation: sarama.IncrementalAlterConfigsOperationSet, Value: &value}}, false)
	check("admin", err == nil && until(func() bool { return valueOf(admin, adminTopic, "retention.ms") == value }), "alters one config", err)
	compact := "compact"
	err = admin.AlterConfig(sarama.TopicResource, adminTopic, map[string]*string{"cleanup.policy": &compact}, false)
	check("admin", err == nil && until(func() bool {
		return valueOf(admin, adminTopic, "cleanup.policy") == compact && valueOf(admin, adminTopic, "retention.ms") == "604800000"
	}), "alters all configs at once", err)
	err = admin.CreatePartitions(adminTopic, 5, nil, false)
	check("admin", err == nil && until(func() bool { return width(admin, adminTopic) == 5 }), "adds partitions", err)
	err = admin.CreatePartitions(adminTopic, 2, nil, false)
	check("admin", has(err, sarama.ErrInvalidPartitions), "refuses fewer partitions", err)
	_ = create("sarama-cut", 1, nil)
	p := producer(nil)
	sendAll(p, "sarama-cut", 10, "cut-")
	p.Close()
	err = admin.DeleteRecords("sarama-cut", map[int32]int64{0: 6})
	found := must(admin.ListOffsets(map[string]map[int32]int64{"sarama-cut": {0: sarama.OffsetOldest}}, nil))
	check("admin", err == nil && found["sarama-cut"][0].Offset == 6, "deletes records up to an offset", err)
	logs, err := admin.DescribeLogDirs([]int32{controller})
	check("admin", err == nil && len(logs[controller]) == 1 && logs[controller][0].ErrorCode == sarama.ErrNoError, "describes the log directories", err)
	err = admin.DeleteTopic("sarama-cut")
	check("admin", err == nil && until(func() bool { return !exists(admin, "sarama-cut") }), "deletes a topic", err)
	err = admin.DeleteTopic("sarama-cut")
	check("admin", has(err, sarama.ErrUnknownTopicOrPartition), "tells that a topic to delete is unknown", err)
}

func topicsAfter() {
	admin := administrator()
	defer admin.Close()
	check("restart", width(admin, adminTopic) == 5 && valueOf(admin, adminTopic, "cleanup.policy") == "compact", "topics and configs are as before the restart")
	err := admin.DeleteTopic(adminTopic)
	check("admin", err == nil && until(func() bool { return !exists(admin, adminTopic) }), "deletes a topic after the restart", err)
}
