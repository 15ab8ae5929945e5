// raw: a load of requests that were encoded before the run, so that a broker's own limits show, not a client's. Prints
// one line of JSON; ends with an error at the first answer that tells one.
//
//	raw create|delete|produce|polls|idle|first|every|join|forget|floor|touch -boot HOST:PORT …
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
)

func main() {
	flags := flag.NewFlagSet("raw", flag.ExitOnError)
	boot := flags.String("boot", "", "HOST:PORT of the broker")
	topic := flags.String("topic", "", "topic, or group of join")
	partitions := flags.Int("partitions", 1, "partitions of the topic")
	configs := flags.String("configs", "", "configs of the topic, K=V,K=V")
	connections := flags.Int("connections", 1, "connections, or members of join")
	inFlight := flags.Int("inflight", 5, "requests in flight on each connection")
	record := flags.Int("record", 1024, "bytes of a record")
	count := flags.Int("count", 15, "records of a batch")
	volume := flags.Int64("bytes", 0, "bytes to produce")
	requests := flags.Int64("requests", 0, "requests to produce, instead of bytes")
	acks := flags.Int("acks", -1, "acks")
	pid := flags.Int("pid", 0, "process of the broker")
	seconds := flags.Float64("seconds", 2, "how long to look")
	folder := flags.String("folder", "", "where floor and touch write")
	megabytes := flags.Int("megabytes", 512, "how much floor and touch write")
	topics := flags.Int("topics", 1, "every: topics that share the partitions evenly")
	create := flags.Bool("create", true, "every: make the topic first")
	must(flags.Parse(os.Args[2:]))

	out := map[string]any{}
	switch os.Args[1] {
	case "create":
		connection := dial(*boot)
		createTopic(connection, *topic, *partitions, *configs)
		awaitTopic(connection, *topic, *partitions)
	case "delete":
		deleteTopic(dial(*boot), *topic)
	case "produce":
		out = produce(produceOptions{*boot, *topic, *connections, *inFlight, *record, *count, *partitions, *acks, *volume, *requests})
	case "polls":
		out = waiting(*boot, *topic, *pid, *connections, *seconds)
	case "idle":
		out = waiting(*boot, "", *pid, *connections, *seconds)
	case "first":
		out = first(*boot, *topic)
	case "every":
		out = every(*boot, *topic, *topics, *partitions, *create)
	case "join":
		out = join(*boot, *topic, *connections)
	case "forget":
		forget(*boot, *topic)
	case "floor":
		out = floor(*folder, *megabytes)
	case "touch":
		out = touch(*folder, *megabytes)
	default:
		fail("raw: unknown command %s", os.Args[1])
	}
	line, err := json.Marshal(out)
	must(err)
	fmt.Println(string(line))
}
