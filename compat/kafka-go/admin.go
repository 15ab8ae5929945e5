package main

import (
	"context"
	"errors"
	"time"

	"github.com/segmentio/kafka-go"
)

const adminTopic = "kafka-go-admin"

func valueOf(topic, name string) string {
	answer := must(client.DescribeConfigs(ctx, &kafka.DescribeConfigsRequest{Resources: []kafka.DescribeConfigRequestResource{{ResourceType: kafka.ResourceTypeTopic, ResourceName: topic}}}))
	for _, entry := range answer.Resources[0].ConfigEntries {
		if entry.ConfigName == name {
			return entry.ConfigValue
		}
	}
	return ""
}

func listed(topic string) bool {
	for _, t := range must(client.Metadata(ctx, &kafka.MetadataRequest{})).Topics {
		if t.Name == topic {
			return true
		}
	}
	return false
}

func widen(topic string, count int32) error {
	return must(client.CreatePartitions(ctx, &kafka.CreatePartitionsRequest{Topics: []kafka.TopicPartitionsConfig{{Name: topic, Count: count}}})).Errors[topic]
}

func remove(topic string) error {
	return must(client.DeleteTopics(ctx, &kafka.DeleteTopicsRequest{Topics: []string{topic}})).Errors[topic]
}

// topics asks the client for topics, partitions and configs.
func topics() {
	check("admin", create(adminTopic, 3, kafka.ConfigEntry{ConfigName: "retention.ms", ConfigValue: "86400000"}) == nil, "creates a topic with a config")
	check("admin", errors.Is(create(adminTopic, 3), kafka.TopicAlreadyExists), "refuses the topic a second time")
	check("admin", errors.Is(create("not/a/name", 1), kafka.InvalidTopic), "refuses a name that is not allowed")
	check("admin", errors.Is(create("kafka-go-none", 0), kafka.InvalidPartitionNumber), "refuses a topic without partitions")
	check("admin", errors.Is(create("kafka-go-none", 1, kafka.ConfigEntry{ConfigName: "retention.ms", ConfigValue: "soon"}), kafka.InvalidConfiguration), "refuses a config that is not a number")
	// The client waits for the topic to appear in the metadata, until the deadline.
	short, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	dry := must(client.CreateTopics(short, &kafka.CreateTopicsRequest{ValidateOnly: true, Topics: []kafka.TopicConfig{{Topic: "kafka-go-dry", NumPartitions: 1, ReplicationFactor: 1}}}))
	check("admin", dry.Errors["kafka-go-dry"] == nil && listed(adminTopic) && !listed("kafka-go-dry"), "lists topics; ValidateOnly made none", dry.Errors)
	metadata := must(client.Metadata(ctx, &kafka.MetadataRequest{Topics: []string{adminTopic}}))
	check("admin", len(metadata.Topics) == 1 && len(metadata.Topics[0].Partitions) == 3 && metadata.Topics[0].Partitions[0].Leader.ID == metadata.Brokers[0].ID, "describes the partitions of a topic", metadata)
	check("admin", len(metadata.Brokers) == 1 && metadata.Controller.ID == metadata.Brokers[0].ID && metadata.ClusterID != "", "describes the cluster", metadata)
	check("admin", valueOf(adminTopic, "retention.ms") == "86400000", "describes the configs of a topic")
	altered := must(client.IncrementalAlterConfigs(ctx, &kafka.IncrementalAlterConfigsRequest{Resources: []kafka.IncrementalAlterConfigsRequestResource{{
		ResourceType: kafka.ResourceTypeTopic, ResourceName: adminTopic,
		Configs: []kafka.IncrementalAlterConfigsRequestConfig{{Name: "retention.ms", Value: "7200000", ConfigOperation: kafka.ConfigOperationSet}}}}}))
	check("admin", altered.Resources[0].Error == nil && until(func() bool { return valueOf(adminTopic, "retention.ms") == "7200000" }), "alters one config", altered)
	all := must(client.AlterConfigs(ctx, &kafka.AlterConfigsRequest{Resources: []kafka.AlterConfigRequestResource{{
		ResourceType: kafka.ResourceTypeTopic, ResourceName: adminTopic, Configs: []kafka.AlterConfigRequestConfig{{Name: "cleanup.policy", Value: "compact"}}}}}))
	check("admin", until(func() bool {
		return valueOf(adminTopic, "cleanup.policy") == "compact" && valueOf(adminTopic, "retention.ms") == "604800000"
	}), "alters all configs at once", all)
	check("admin", widen(adminTopic, 5) == nil && until(func() bool { return width(adminTopic) == 5 }), "adds partitions")
	check("admin", errors.Is(widen(adminTopic, 2), kafka.InvalidPartitionNumber), "refuses fewer partitions")
	_ = create("kafka-go-gone", 1)
	check("admin", remove("kafka-go-gone") == nil && until(func() bool { return !listed("kafka-go-gone") }), "deletes a topic")
	check("admin", errors.Is(remove("kafka-go-gone"), kafka.UnknownTopicOrPartition), "tells that a topic to delete is unknown")
	features, err := client.ApiVersions(ctx, &kafka.ApiVersionsRequest{})
	check("admin", err == nil && features.Error == nil && len(features.ApiKeys) > 30 && features.ApiKeys[0].ApiName == "Produce" && features.ApiKeys[0].MaxVersion >= 12, "lists the versions of requests", err, len(features.ApiKeys))
}

func topicsAfter() {
	check("restart", width(adminTopic) == 5 && valueOf(adminTopic, "cleanup.policy") == "compact", "topics and configs are as before the restart")
	check("admin", remove(adminTopic) == nil && until(func() bool { return !listed(adminTopic) }), "deletes a topic after the restart")
}
