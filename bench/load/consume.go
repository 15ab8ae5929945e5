package main

// consume: reads a topic from its beginning to a number of records. echo: one record in flight, from producer to
// consumer. stable: returns when a group has settled.

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

const deadline = 2 * time.Minute

// consume tells megabytes of values per second, of all groups together, from the first record on.
func consume() map[string]any {
	count := max(*groups, 1)
	var all sync.WaitGroup
	begins, ends := make([]time.Time, count), make([]time.Time, count)
	bytes := make([]int, count)
	for i := range count {
		options := []kgo.Opt{kgo.ConsumeTopics(*topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.FetchMaxBytes(50 << 20)}
		if *groups > 0 {
			options = append(options, kgo.ConsumerGroup(fmt.Sprintf("%s-%d", *topic, i)), kgo.DisableAutoCommit())
		}
		all.Add(1)
		go func() {
			defer all.Done()
			client := newClient(options...)
			defer client.Close()
			begin := time.Now()
			for got := 0; got < *records; {
				fetches := client.PollFetches(ctx)
				for _, problem := range fetches.Errors() {
					panic(problem.Err)
				}
				if got == 0 {
					begins[i] = time.Now()
				}
				fetches.EachRecord(func(record *kgo.Record) { got++; bytes[i] += len(record.Value) })
				if time.Since(begin) > deadline {
					panic(fmt.Sprintf("%d of %d records after %s", got, *records, deadline))
				}
			}
			ends[i] = time.Now()
		}()
	}
	all.Wait()
	begin, end, total := begins[0], ends[0], 0
	for i := range count {
		total += bytes[i]
		if begins[i].Before(begin) {
			begin = begins[i]
		}
		if ends[i].After(end) {
			end = ends[i]
		}
	}
	seconds := end.Sub(begin).Seconds()
	return map[string]any{"seconds": seconds, "megabytesPerSecond": float64(total) / seconds / 1e6}
}

// echo sends a record when the one before has come back through a consumer. The first fifth does not count.
func echo() map[string]any {
	producer := newProducer()
	defer producer.Close()
	consumer := newClient(kgo.ConsumeTopics(*topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	defer consumer.Close()
	text := values()[0]
	keepGarbage()
	latencies := make([]float64, 0, *records)
	for i := range *records {
		begin := time.Now()
		must(producer.ProduceSync(ctx, &kgo.Record{Value: text}).FirstErr())
		for got := 0; got == 0; {
			fetches := consumer.PollFetches(ctx)
			must(fetches.Err())
			got = fetches.NumRecords()
		}
		if i >= *records/5 {
			latencies = append(latencies, millisecondsSince(begin))
		}
	}
	return quantiles(latencies)
}

// awaitStable waits for as many groups, by the beginning of their names, as there are to be.
func awaitStable() map[string]any {
	admin := kadm.NewClient(newClient())
	defer admin.Close()
	for begin := time.Now(); time.Since(begin) < deadline; time.Sleep(20 * time.Millisecond) {
		listed, err := admin.ListGroups(ctx)
		if err != nil {
			continue
		}
		stable := 0
		for _, group := range listed {
			if strings.HasPrefix(group.Group, *topic) && group.State == "Stable" {
				stable++
			}
		}
		if stable >= *members {
			return map[string]any{"stable": stable}
		}
	}
	panic("no stable group after " + deadline.String())
}
