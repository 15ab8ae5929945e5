package main

// produce: as fast as one client can. rate: at a steady rate, for latencies that are no queue of the client's own.

import (
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

const prSetTimerSlack = 29

func compression() kgo.CompressionCodec {
	switch *codec {
	case "gzip":
		return kgo.GzipCompression()
	case "snappy":
		return kgo.SnappyCompression()
	case "lz4":
		return kgo.Lz4Compression()
	case "zstd":
		return kgo.ZstdCompression()
	default:
		return kgo.NoCompression()
	}
}

func newProducer() *kgo.Client {
	return newClient(
		kgo.DefaultProduceTopic(*topic), kgo.ProducerBatchCompression(compression()),
		kgo.ProducerBatchMaxBytes(int32(*batch)), kgo.MaxBufferedRecords(50_000),
		kgo.RequiredAcks(kgo.AllISRAcks()), kgo.ProducerLinger(0),
	)
}

func produce() map[string]any {
	client := newProducer()
	texts := values()
	var failed atomic.Pointer[error]
	begin := time.Now()
	for i := range *records {
		client.Produce(ctx, &kgo.Record{Value: texts[i%len(texts)]}, func(_ *kgo.Record, err error) {
			if err != nil {
				failed.Store(&err)
			}
		})
	}
	must(client.Flush(ctx))
	seconds := time.Since(begin).Seconds()
	if err := failed.Load(); err != nil {
		panic(*err)
	}
	client.Close()
	return map[string]any{
		"seconds": seconds, "recordsPerSecond": float64(*records) / seconds,
		"megabytesPerSecond": float64(*records**size) / seconds / 1e6,
	}
}

// produceAtRate begins to count after a fifth of the records. Latency is told from when a record was due.
func produceAtRate() map[string]any {
	client := newProducer()
	texts := values()
	keepGarbage()
	runtime.LockOSThread()
	_, _, _ = syscall.RawSyscall(syscall.SYS_PRCTL, prSetTimerSlack, 1, 0)
	var mutex sync.Mutex
	latencies := make([]float64, 0, *records)
	every := time.Second / time.Duration(*rate)
	begin := time.Now()
	for i := range *records {
		due := begin.Add(time.Duration(i) * every)
		sleepUntil(due)
		client.Produce(ctx, &kgo.Record{Value: texts[i%len(texts)]}, func(_ *kgo.Record, err error) {
			must(err)
			if i >= *records/5 {
				latency := millisecondsSince(due)
				mutex.Lock()
				latencies = append(latencies, latency)
				mutex.Unlock()
			}
		})
	}
	must(client.Flush(ctx))
	client.Close()
	return quantiles(latencies)
}

// sleepUntil asks the kernel: the timers of Go's scheduler are late by up to a millisecond. The kernel's own are late by
// the slack of the thread, 50 us by default.
func sleepUntil(due time.Time) {
	for {
		left := time.Until(due)
		if left <= 0 {
			return
		}
		rest := syscall.NsecToTimespec(left.Nanoseconds())
		_ = syscall.Nanosleep(&rest, nil)
	}
}
