package main

import (
	"context"
	"fmt"
	"time"

	"github.com/segmentio/kafka-go"

	. "moldau/compat/harness"
)

var (
	client *kafka.Client
	ctx    = context.Background()
)

func connect() {
	client = &kafka.Client{Addr: kafka.TCP(Bootstrap), Timeout: 30 * time.Second, Transport: &kafka.Transport{MetadataTTL: 200 * time.Millisecond}}
}

func create(topic string, partitions int, configs ...kafka.ConfigEntry) error {
	response := Must(client.CreateTopics(ctx, &kafka.CreateTopicsRequest{Topics: []kafka.TopicConfig{{Topic: topic, NumPartitions: partitions, ReplicationFactor: 1, ConfigEntries: configs}}}))
	if err := response.Errors[topic]; err != nil {
		return err
	}
	// Metadata may lag behind what the controller answered.
	Until(func() bool { return width(topic) == partitions })
	return nil
}

// width is the number of partitions, 0 for an unknown topic.
func width(topic string) int {
	for _, t := range Must(client.Metadata(ctx, &kafka.MetadataRequest{Topics: []string{topic}})).Topics {
		if t.Name == topic && t.Error == nil {
			return len(t.Partitions)
		}
	}
	return 0
}

func writer(topic string, change func(*kafka.Writer)) *kafka.Writer {
	w := &kafka.Writer{
		Addr: kafka.TCP(Bootstrap), Topic: topic, Balancer: &kafka.Hash{}, RequiredAcks: kafka.RequireAll,
		BatchTimeout: 5 * time.Millisecond, ReadTimeout: 30 * time.Second, WriteTimeout: 30 * time.Second, Transport: &kafka.Transport{MetadataTTL: 200 * time.Millisecond},
	}
	if change != nil {
		change(w)
	}
	return w
}

func messages(count int, prefix string, headers ...kafka.Header) []kafka.Message {
	all := make([]kafka.Message, count)
	for i := range all {
		key := fmt.Sprintf("%s%d", prefix, i)
		all[i] = kafka.Message{Key: []byte(key), Value: []byte("value-" + key), Headers: headers}
	}
	return all
}

func fill(topic string, partitions, count int) {
	_ = create(topic, partitions)
	w := writer(topic, nil)
	defer w.Close()
	if err := w.WriteMessages(ctx, messages(count, "g-")...); err != nil {
		panic(err)
	}
}

func reader(change func(*kafka.ReaderConfig)) *kafka.Reader {
	config := kafka.ReaderConfig{
		Brokers: []string{Bootstrap}, MaxWait: 100 * time.Millisecond, StartOffset: kafka.FirstOffset, SessionTimeout: 1500 * time.Millisecond,
		HeartbeatInterval: 200 * time.Millisecond, JoinGroupBackoff: 50 * time.Millisecond, ReadBackoffMin: 10 * time.Millisecond, ReadBackoffMax: 100 * time.Millisecond,
	}
	change(&config)
	return kafka.NewReader(config)
}

// next gives the next messages of a reader, fewer after 30 seconds.
func next(r *kafka.Reader, count int) []kafka.Message {
	limited, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	var all []kafka.Message
	for len(all) < count {
		m, err := r.FetchMessage(limited)
		if err != nil {
			break
		}
		all = append(all, m)
	}
	return all
}

// read gives the messages of all partitions from an offset on.
func read(topic string, partitions int, offset int64, count int, change func(*kafka.ReaderConfig)) []kafka.Message {
	end := Must(client.ListOffsets(ctx, &kafka.ListOffsetsRequest{Topics: map[string][]kafka.OffsetRequest{topic: ends(partitions)}}))
	var all []kafka.Message
	for _, p := range end.Topics[topic] {
		r := reader(func(c *kafka.ReaderConfig) {
			c.Topic, c.Partition = topic, p.Partition
			if change != nil {
				change(c)
			}
		})
		if err := r.SetOffset(offset); err != nil {
			panic(err)
		}
		all = append(all, next(r, min(count-len(all), int(p.LastOffset-offset)))...)
		_ = r.Close()
	}
	return all
}

func ends(partitions int) []kafka.OffsetRequest {
	var requests []kafka.OffsetRequest
	for i := range partitions {
		requests = append(requests, kafka.FirstOffsetOf(i), kafka.LastOffsetOf(i))
	}
	return requests
}
