package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/segmentio/kafka-go"

	. "moldau/compat/harness"
)

// survive holds clients that live through the restart: a writer that never pauses and a group that reads along. The
// writer is not idempotent, so that a record may be there twice, but none may be missing or out of order.
func survive() {
	const topic = "kafka-go-survivor"
	_ = create(topic, 1)
	w := writer(topic, func(w *kafka.Writer) {
		w.MaxAttempts = 1000
		w.WriteBackoffMin, w.WriteBackoffMax = 20*time.Millisecond, 100*time.Millisecond
	})
	r := reader(func(c *kafka.ReaderConfig) { c.GroupID, c.Topic, c.CommitInterval = topic, topic, 100*time.Millisecond })
	var lock sync.Mutex
	var acknowledged, seen int
	acked := func() int { lock.Lock(); defer lock.Unlock(); return acknowledged }
	read := func() int { lock.Lock(); defer lock.Unlock(); return seen }
	stop := make(chan struct{})
	var sending sync.WaitGroup
	sending.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			// The writer gives up at once on a partition without a leader, which a client may see while the broker starts.
			for !Until(func() bool { return w.WriteMessages(ctx, kafka.Message{Value: []byte(strconv.Itoa(i))}) == nil }) {
			}
			lock.Lock()
			acknowledged++
			lock.Unlock()
		}
	})
	go func() {
		for {
			m, err := r.ReadMessage(ctx)
			if errors.Is(err, io.EOF) { // closed
				return
			}
			if err != nil {
				continue
			}
			lock.Lock()
			if string(m.Value) == strconv.Itoa(seen) {
				seen++
			}
			lock.Unlock()
		}
	}()
	Until(func() bool { return read() > 100 })
	fmt.Println("restart")
	bufio.NewScanner(os.Stdin).Scan()
	connect() // The client keeps connections that are closed.
	goal := acked() + 100
	Check("restart", "a writer that lives on goes on after the restart", Until(func() bool { return acked() > goal }), acked())
	Check("restart", "a member of a group that lives on goes on after the restart", Until(func() bool { return read() > goal }), read())
	close(stop)
	sending.Wait()
	_ = w.Close()
	Check("restart", "the group missed no record over the restart", Until(func() bool { return read() == acknowledged }), read(), acknowledged)
	end := endOf(topic)
	Check("restart", "the log holds all that was acknowledged", end >= int64(acknowledged), end, acknowledged)
	Check("commits", "the group commits after the restart", Until(func() bool { offset, _ := stored(topic, topic); return offset == end }))
	_ = r.Close()
}
