// kafka-go (segmentio): see ../README.md for the phases. Phase `member` is a process that a check starts and kills.
package main

import . "moldau/compat/harness"

func main() {
	connect()
	switch Phase {
	case "before":
		RunSections(
			Section{"groups assignors", assignors}, Section{"groups static", static}, Section{"groups crash", crash},
			Section{"groups growing", growing}, Section{"commits", commits}, Section{"admin topics", topics},
			Section{"codecs", codecs}, Section{"produce acks", acks}, Section{"produce sizes", sizes},
			Section{"records shapes", shapes}, Section{"consume positions", positions},
		)
		RunSections(Section{"restart survive", survive})
	case "after":
		RunSections(Section{"restart data", dataAfter}, Section{"restart commits", commitsAfter}, Section{"restart topics", topicsAfter})
	case "member":
		crashing()
	}
	Finish()
}
