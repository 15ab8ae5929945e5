// load: whole clients of franz-go. Prints one line of JSON; any record that fails ends it with an error. Topics exist
// before and are deleted by who made them.
//
//	load produce|rate|echo|consume|stable -boot HOST:PORT -topic TOPIC …
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand"
	"os"
	"runtime/debug"
	"sort"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

var ctx = context.Background()

var (
	flags   = flag.NewFlagSet("load", flag.ExitOnError)
	boot    = flags.String("boot", "", "HOST:PORT of the broker")
	topic   = flags.String("topic", "", "topic, or group of stable")
	records = flags.Int("records", 0, "records to produce or consume")
	size    = flags.Int("size", 1024, "bytes of a record's value")
	batch   = flags.Int("batch", 16_384, "bytes of a batch, at most")
	codec   = flags.String("codec", "none", "none, gzip, snappy, lz4 or zstd")
	rate    = flags.Int("rate", 10_000, "records a second")
	groups  = flags.Int("groups", 0, "groups that each consume all; 0 consumes without a group")
	members = flags.Int("members", 1, "members that stable waits for")
)

const garbageMax = 2 << 30

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	must(flags.Parse(os.Args[2:]))
	var out map[string]any
	switch os.Args[1] {
	case "produce":
		out = produce()
	case "rate":
		out = produceAtRate()
	case "echo":
		out = echo()
	case "consume":
		out = consume()
	case "stable":
		out = awaitStable()
	default:
		panic("load: unknown command " + os.Args[1])
	}
	line, err := json.Marshal(out)
	must(err)
	fmt.Println(string(line))
}

func newClient(options ...kgo.Opt) *kgo.Client {
	client, err := kgo.NewClient(append([]kgo.Opt{kgo.SeedBrokers(*boot)}, options...)...)
	must(err)
	must(client.Ping(ctx))
	return client
}

// values are a hundred texts of words: a compressed batch is about a third of them.
func values() [][]byte {
	random := rand.New(rand.NewSource(1))
	words := make([][]byte, 2000)
	for i := range words {
		words[i] = make([]byte, 3+random.Intn(8))
		for at := range words[i] {
			words[i][at] = byte('a' + random.Intn(26))
		}
	}
	all := make([][]byte, 100)
	for i := range all {
		var text []byte
		for len(text) < *size {
			text = append(append(text, words[random.Intn(len(words))]...), ' ')
		}
		all[i] = text[:*size]
	}
	return all
}

// keepGarbage ends the collection of garbage: its pauses would count as the broker's.
func keepGarbage() {
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(garbageMax)
}

func quantiles(latencies []float64) map[string]any {
	sort.Float64s(latencies)
	at := func(q float64) float64 { return latencies[int(q*float64(len(latencies)-1))] }
	return map[string]any{"p50Ms": at(0.5), "p99Ms": at(0.99), "p999Ms": at(0.999), "samples": len(latencies)}
}

func millisecondsSince(begin time.Time) float64 {
	return float64(time.Since(begin).Nanoseconds()) / 1e6
}
