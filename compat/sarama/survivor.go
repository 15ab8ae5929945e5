package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/IBM/sarama"

	. "moldau/compat/harness"
)

// survive holds clients that live through the restart: an idempotent producer that never pauses and a group that reads along.
func survive() {
	const topic = "sarama-survivor"
	_ = create(topic, 1, nil)
	p := Must(sarama.NewAsyncProducer([]string{Bootstrap}, config(func(c *sarama.Config) {
		c.Producer.Idempotent = true
		c.Net.MaxOpenRequests = 1
		c.Producer.Retry.Max = 1000
		c.Producer.Retry.Backoff = 50 * time.Millisecond
		c.Metadata.Retry.Max = 1000
		c.Metadata.Retry.Backoff = 50 * time.Millisecond
	})))
	reader := join(topic, topic, func(c *sarama.Config) {
		c.Consumer.Offsets.AutoCommit.Enable = true
		c.Consumer.Offsets.AutoCommit.Interval = 100 * time.Millisecond
	}, nil)
	var lock sync.Mutex
	var acknowledged []int64
	var failures []error
	acked := func() int { lock.Lock(); defer lock.Unlock(); return len(acknowledged) }
	var answers, sending sync.WaitGroup
	answers.Go(func() {
		for m := range p.Successes() {
			lock.Lock()
			acknowledged = append(acknowledged, m.Offset)
			lock.Unlock()
		}
	})
	answers.Go(func() {
		for err := range p.Errors() {
			lock.Lock()
			failures = append(failures, err)
			lock.Unlock()
		}
	})
	stop := make(chan struct{})
	sending.Go(func() {
		rate := time.NewTicker(5 * time.Millisecond)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			case <-rate.C:
				p.Input() <- &sarama.ProducerMessage{Topic: topic, Value: sarama.StringEncoder(strconv.Itoa(i))}
			}
		}
	})
	Check("idempotence", "an idempotent producer writes while a group reads", Until(func() bool { return reader.count() > 100 }))
	fmt.Println("restart")
	bufio.NewScanner(os.Stdin).Scan()
	goal := acked() + 200
	Check("restart", "a producer that lives on goes on after the restart", Until(func() bool { return acked() > goal }), acked(), failures)
	Check("restart", "a member of a group that lives on goes on after the restart", Until(func() bool { return reader.count() > goal }), reader.count())
	close(stop)
	sending.Wait()
	p.AsyncClose()
	answers.Wait()
	total := len(acknowledged)
	Check("idempotence", "each record is acknowledged once, in order, over the restart", len(failures) == 0 && isLine(acknowledged), failures)
	Check("idempotence", "the group reads all that was acknowledged", Until(func() bool { return reader.count() >= total }), reader.count(), total)
	admin := administrator()
	defer admin.Close()
	Check("commits",

		"the group commits after the restart", Until(func() bool {
			return Must(admin.ListConsumerGroupOffsets(topic, map[string][]int32{topic: {0}})).GetBlock(topic, 0).Offset == int64(total)
		}))

	reader.leave()
	Check("restart", "the group missed no record over the restart", isCount(firsts(reader.values)), len(reader.values), total)
	var values []string
	for _, r := range read(topic, 1, sarama.OffsetOldest, total, nil) {
		values = append(values, string(r.Value))
	}
	Check("idempotence", "the log holds each record once, in order", len(values) == total && isCount(values), len(values), total)
}

// firsts leaves out what a group reads again, from its committed offset, after its members had to join again.
func firsts(values []string) []string {
	seen := map[string]bool{}
	var kept []string
	for _, value := range values {
		if !seen[value] {
			kept = append(kept, value)
		}
		seen[value] = true
	}
	return kept
}

func isLine(offsets []int64) bool {
	for i, offset := range offsets {
		if offset != int64(i) {
			return false
		}
	}
	return true
}

func isCount(values []string) bool {
	for i, value := range values {
		if value != strconv.Itoa(i) {
			return false
		}
	}
	return true
}
