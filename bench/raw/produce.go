package main

// produce: one pre-encoded request over and over, several in flight on each connection, until a volume is acknowledged.

import (
	"net"
	"sort"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// Requests smaller than this leave in one write with those that may be sent with them.
	smallRequestBytes = 4096
	latenciesMax      = 100_000
)

type produceOptions struct {
	boot, topic                                      string
	connections, inFlight, record, count, partitions int
	acks                                             int
	bytes, requests                                  int64
}

func produce(o produceOptions) map[string]any {
	records := batch(o.record, o.count)
	total := (o.bytes + int64(len(records)) - 1) / int64(len(records))
	if o.requests > 0 {
		total = o.requests
	}
	var left atomic.Int64
	left.Store(total)
	var latencies []float64
	var mutex sync.Mutex
	var group sync.WaitGroup
	links := make([]net.Conn, o.connections)
	for i := range links {
		links[i] = dial(o.boot)
	}
	begin := time.Now()
	for i := range o.connections {
		group.Add(1)
		go func() {
			defer group.Done()
			mine := produceOn(links[i], produceRequest(o.topic, i%o.partitions, o.acks, records), produceErrorAt(o.topic), o.inFlight, &left)
			mutex.Lock()
			latencies = append(latencies, mine...)
			mutex.Unlock()
		}()
	}
	group.Wait()
	seconds := time.Since(begin).Seconds()
	for _, link := range links {
		link.Close()
	}
	sort.Float64s(latencies)
	written := float64(total) * float64(len(records))
	return map[string]any{
		"seconds": seconds, "requests": total, "bytes": written, "records": total * int64(o.count),
		"requestsPerSecond": float64(total) / seconds, "megabytesPerSecond": written / seconds / 1e6,
		"p50Ms": quantile(latencies, 0.5), "p99Ms": quantile(latencies, 0.99),
	}
}

// produceOn runs one connection and returns latencies in milliseconds. Every error code is looked at.
func produceOn(link net.Conn, request []byte, errorAt, inFlight int, left *atomic.Int64) []float64 {
	tokens := make(chan struct{}, inFlight)
	sent := make(chan time.Time, inFlight)
	done := make(chan struct{})
	var latencies []float64
	go func() {
		defer close(done)
		buffer := make([]byte, 64*1024)
		filled := 0
		for at := range sent {
			for filled < 4 || filled < 4+int(be.Uint32(buffer)) {
				n, err := link.Read(buffer[filled:])
				must(err)
				filled += n
			}
			size := 4 + int(be.Uint32(buffer))
			if code := be.Uint16(buffer[errorAt:]); code != 0 {
				fail("Produce: error %d", code)
			}
			copy(buffer, buffer[size:filled])
			filled -= size
			if len(latencies) < latenciesMax {
				latencies = append(latencies, float64(time.Since(at).Microseconds())/1000)
			}
			<-tokens
		}
	}()
	isSmall := len(request) < smallRequestBytes
	var several []byte
	for left.Add(-1) >= 0 {
		tokens <- struct{}{}
		sent <- time.Now()
		if !isSmall {
			_, err := link.Write(request)
			must(err)
			continue
		}
		several = append(several[:0], request...)
	more:
		for {
			select {
			case tokens <- struct{}{}:
				if left.Add(-1) < 0 {
					<-tokens
					break more
				}
				sent <- time.Now()
				several = append(several, request...)
			default:
				break more
			}
		}
		_, err := link.Write(several)
		must(err)
	}
	close(sent)
	<-done
	return latencies
}

func quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[int(q*float64(len(sorted)-1))]
}
