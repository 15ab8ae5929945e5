// kafka-go (segmentio): see ../README.md for the phases. Phase `member` is a process that a check starts and kills.
package main

import (
	"os"
	"sync"
)

func together(parts ...func()) {
	var group sync.WaitGroup
	for _, part := range parts {
		group.Go(part)
	}
	group.Wait()
}

func main() {
	connect(os.Args[1])
	switch os.Args[2] {
	case "before":
		together(topics, codecs, acks, sizes, shapes, positions, assignors, static, crash, growing, commits)
		survive()
	case "after":
		together(dataAfter, commitsAfter, topicsAfter)
	case "member":
		crashing()
	}
}
