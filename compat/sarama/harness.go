package main

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/IBM/sarama"

	. "moldau/compat/harness"
)

func config(change func(*sarama.Config)) *sarama.Config {
	c := sarama.NewConfig()
	c.Version = sarama.V4_3_1_0
	c.Producer.RequiredAcks = sarama.WaitForAll
	c.Producer.Return.Successes = true
	c.Metadata.RefreshFrequency = 300 * time.Millisecond
	c.Consumer.MaxWaitTime = 100 * time.Millisecond
	c.Consumer.Offsets.Initial = sarama.OffsetOldest
	c.Consumer.Offsets.AutoCommit.Enable = false
	c.Consumer.Group.Session.Timeout = 1500 * time.Millisecond
	c.Consumer.Group.Heartbeat.Interval = 200 * time.Millisecond
	if change != nil {
		change(c)
	}
	return c
}

func administrator() sarama.ClusterAdmin {
	return Must(sarama.NewClusterAdmin([]string{Bootstrap}, config(nil)))
}

func create(topic string, partitions int32, configs map[string]string) error {
	admin := administrator()
	defer admin.Close()
	entries := map[string]*string{}
	for name, value := range configs {
		entries[name] = &value
	}
	err := admin.CreateTopic(topic, &sarama.TopicDetail{NumPartitions: partitions, ReplicationFactor: 1, ConfigEntries: entries}, false)
	if err == nil {
		// Metadata may lag behind what the controller answered.
		Until(func() bool {
			described, err := admin.DescribeTopics([]string{topic})
			return err == nil && described[0].Err == sarama.ErrNoError && len(described[0].Partitions) == int(partitions)
		})
	}
	return err
}

func producer(change func(*sarama.Config)) sarama.SyncProducer {
	return Must(sarama.NewSyncProducer([]string{Bootstrap}, config(change)))
}

func sendAll(p sarama.SyncProducer, topic string, count int, prefix string, headers ...sarama.RecordHeader) []*sarama.ProducerMessage {
	messages := make([]*sarama.ProducerMessage, count)
	for i := range messages {
		key := fmt.Sprintf("%s%d", prefix, i)
		messages[i] = &sarama.ProducerMessage{Topic: topic, Key: sarama.StringEncoder(key), Value: sarama.StringEncoder("value-" + key), Headers: headers}
	}
	if err := p.SendMessages(messages); err != nil {
		panic(err)
	}
	return messages
}

// read gives the next records of all partitions from an offset on.
func read(topic string, partitions int32, offset int64, count int, change func(*sarama.Config)) []*sarama.ConsumerMessage {
	consumer := Must(sarama.NewConsumer([]string{Bootstrap}, config(change)))
	defer consumer.Close()
	all := make(chan *sarama.ConsumerMessage)
	done := make(chan struct{})
	var open sync.WaitGroup
	for i := range partitions {
		part := Must(consumer.ConsumePartition(topic, i, offset))
		open.Go(func() {
			defer part.Close()
			for {
				select {
				case m := <-part.Messages():
					select {
					case all <- m:
					case <-done:
						return
					}
				case <-done:
					return
				}
			}
		})
	}
	var records []*sarama.ConsumerMessage
	deadline := time.After(30 * time.Second)
	for len(records) < count {
		select {
		case m := <-all:
			records = append(records, m)
			continue
		case <-deadline:
		}
		break
	}
	close(done)
	open.Wait()
	return records
}

func has(err error, want sarama.KError) bool {
	return errors.Is(err, want)
}

func send(p sarama.SyncProducer, message *sarama.ProducerMessage) {
	if _, _, err := p.SendMessage(message); err != nil {
		panic(err)
	}
}
