package main

import (
	"context"
	"errors"
	"time"

	"github.com/segmentio/kafka-go"

	. "moldau/compat/harness"
)

const adminTopic = "kafka-go-admin"

func valueOf(topic, name string) string {
	answer := Must(client.DescribeConfigs(ctx, &kafka.DescribeConfigsRequest{Resources: []kafka.DescribeConfigRequestResource{{ResourceType: kafka.ResourceTypeTopic, ResourceName: topic}}}))
	for _, entry := range answer.Resources[0].ConfigEntries {
		if entry.ConfigName == name {
			return entry.ConfigValue
		}
	}
	return ""
}

func listed(topic string) bool {
	for _, t := range Must(client.Metadata(ctx, &kafka.MetadataRequest{})).Topics {
		if t.Name == topic {
			return true
		}
	}
	return false
}

func widen(topic string, count int32) error {
	return Must(client.CreatePartitions(ctx, &kafka.CreatePartitionsRequest{Topics: []kafka.TopicPartitionsConfig{{Name: topic, Count: count}}})).Errors[topic]
}

func remove(topic string) error {
	return Must(client.DeleteTopics(ctx, &kafka.DeleteTopicsRequest{Topics: []string{topic}})).Errors[topic]
}

// topics asks the client for topics, partitions and configs.
func topics() {
	Check("admin", "creates a topic with a config", create(adminTopic, 3, kafka.ConfigEntry{ConfigName: "retention.ms", ConfigValue: "86400000"}) == nil)
	Check("admin", "refuses the topic a second time", errors.Is(create(adminTopic, 3), kafka.TopicAlreadyExists))
	Check("admin", "refuses a name that is not allowed", errors.Is(create("not/a/name", 1), kafka.InvalidTopic))
	Check("admin", "refuses a topic without partitions", errors.Is(create("kafka-go-none", 0), kafka.InvalidPartitionNumber))
	Check("admin", "refuses a config that is not a number", errors.Is(create("kafka-go-none", 1, kafka.ConfigEntry{ConfigName: "retention.ms", ConfigValue: "soon"}), kafka.InvalidConfiguration))
	// The client waits for the topic to appear in the metadata, until the deadline.
	short, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	dry := Must(client.CreateTopics(short, &kafka.CreateTopicsRequest{ValidateOnly: true, Topics: []kafka.TopicConfig{{Topic: "kafka-go-dry", NumPartitions: 1, ReplicationFactor: 1}}}))
	Check("admin", "lists topics; ValidateOnly made none", dry.Errors["kafka-go-dry"] == nil && listed(adminTopic) && !listed("kafka-go-dry"), dry.Errors)
	metadata := Must(client.Metadata(ctx, &kafka.MetadataRequest{Topics: []string{adminTopic}}))
	Check("admin", "describes the partitions of a topic", len(metadata.Topics) == 1 && len(metadata.Topics[0].Partitions) == 3 && metadata.Topics[0].Partitions[0].Leader.ID == metadata.Brokers[0].ID, metadata)
	Check("admin", "describes the cluster", len(metadata.Brokers) == 1 && metadata.Controller.ID == metadata.Brokers[0].ID && metadata.ClusterID != "", metadata)
	Check("admin", "describes the configs of a topic", valueOf(adminTopic, "retention.ms") == "86400000")
	altered := Must(client.IncrementalAlterConfigs(ctx, &kafka.IncrementalAlterConfigsRequest{Resources: []kafka.IncrementalAlterConfigsRequestResource{{
		ResourceType: kafka.ResourceTypeTopic, ResourceName: adminTopic,
		Configs: []kafka.IncrementalAlterConfigsRequestConfig{{Name: "retention.ms", Value: "7200000", ConfigOperation: kafka.ConfigOperationSet}}}}}))
	Check("admin", "alters one config", altered.Resources[0].Error == nil && Until(func() bool { return valueOf(adminTopic, "retention.ms") == "7200000" }), altered)
	all := Must(client.AlterConfigs(ctx, &kafka.AlterConfigsRequest{Resources: []kafka.AlterConfigRequestResource{{
		ResourceType: kafka.ResourceTypeTopic, ResourceName: adminTopic, Configs: []kafka.AlterConfigRequestConfig{{Name: "cleanup.policy", Value: "compact"}}}}}))
	Check("admin",

		"alters all configs at once", Until(func() bool {
			return valueOf(adminTopic, "cleanup.policy") == "compact" && valueOf(adminTopic, "retention.ms") == "604800000"
		}), all)

	Check("admin", "adds partitions", widen(adminTopic, 5) == nil && Until(func() bool { return width(adminTopic) == 5 }))
	Check("admin", "refuses fewer partitions", errors.Is(widen(adminTopic, 2), kafka.InvalidPartitionNumber))
	_ = create("kafka-go-gone", 1)
	Check("admin", "deletes a topic", remove("kafka-go-gone") == nil && Until(func() bool { return !listed("kafka-go-gone") }))
	Check("admin", "tells that a topic to delete is unknown", errors.Is(remove("kafka-go-gone"), kafka.UnknownTopicOrPartition))
	features, err := client.ApiVersions(ctx, &kafka.ApiVersionsRequest{})
	Check("admin", "lists the versions of requests", err == nil && features.Error == nil && len(features.ApiKeys) > 30 && features.ApiKeys[0].ApiName == "Produce" && features.ApiKeys[0].MaxVersion >= 12, err, len(features.ApiKeys))
}

func topicsAfter() {
	Check("restart", "topics and configs are as before the restart", width(adminTopic) == 5 && valueOf(adminTopic, "cleanup.policy") == "compact")
	Check("admin", "deletes a topic after the restart", remove(adminTopic) == nil && Until(func() bool { return !listed(adminTopic) }))
}
