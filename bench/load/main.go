// A load of franz-go: produces records of one size for some seconds and prints one line of JSON.
//
//	load BOOTSTRAP TOPIC RECORD_BYTES BATCH_BYTES SECONDS
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"sort"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		panic(err)
	}
	return n
}

func main() {
	bootstrap, topic := os.Args[1], os.Args[2]
	size, batch, seconds := number(os.Args[3]), number(os.Args[4]), number(os.Args[5])
	ctx := context.Background()
	client, err := kgo.NewClient(
		kgo.SeedBrokers(bootstrap), kgo.DefaultProduceTopic(topic),
		kgo.ProducerBatchCompression(kgo.NoCompression()), kgo.ProducerBatchMaxBytes(int32(batch)), kgo.MaxBufferedRecords(50_000),
		kgo.RequiredAcks(kgo.AllISRAcks()), kgo.ProducerLinger(0),
	)
	if err != nil {
		panic(err)
	}
	admin := kadm.NewClient(client)
	if _, err := admin.CreateTopic(ctx, 1, 1, nil, topic); err != nil {
		panic(err)
	}
	value := make([]byte, size)
	rand.New(rand.NewSource(1)).Read(value)
	var acked, failed atomic.Int64
	var mutex sync.Mutex
	var latencies []float64
	begin := time.Now()
	for i := 0; time.Since(begin) < time.Duration(seconds)*time.Second; i++ {
		sent := time.Now()
		sample := i%97 == 0
		client.Produce(ctx, &kgo.Record{Value: value}, func(_ *kgo.Record, err error) {
			if err != nil {
				failed.Add(1)
				return
			}
			acked.Add(1)
			if sample {
				mutex.Lock()
				latencies = append(latencies, float64(time.Since(sent).Microseconds())/1000)
				mutex.Unlock()
			}
		})
	}
	if err := client.Flush(ctx); err != nil {
		panic(err)
	}
	took := time.Since(begin).Seconds()
	sort.Float64s(latencies)
	at := func(q float64) float64 { return latencies[int(q*float64(len(latencies)-1))] }
	_, _ = admin.DeleteTopic(ctx, topic)
	out, _ := json.Marshal(map[string]any{
		"recordsPerSecond": float64(acked.Load()) / took, "megabytesPerSecond": float64(acked.Load()) * float64(size) / took / 1e6,
		"acked": acked.Load(), "failed": failed.Load(), "p50Ms": at(0.5), "p99Ms": at(0.99),
	})
	fmt.Println(string(out))
	client.Close()
}
