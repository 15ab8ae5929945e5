// Package harness is what the suites of the Go clients share: checks, and sections that run side by side. They import
// its names as their own.
package harness

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"
)

// Bootstrap and Phase are what the suite was started with.
var (
	Bootstrap = os.Args[1]
	Phase     = os.Args[2]
)

var (
	printing sync.Mutex
	failed   bool
)

// Check prints the line of a behaviour.
func Check(area, what string, holds bool, why ...any) {
	printing.Lock()
	defer printing.Unlock()
	if holds {
		fmt.Printf("ok - %s: %s\n", area, what)
		return
	}
	failed = true
	fmt.Printf("not ok - %s: %s: %s\n", area, what, strings.ReplaceAll(fmt.Sprint(why...), "\n", " "))
}

// Refused checks that an action ended with one error of Kafka.
func Refused(area, what string, err, expected error) {
	Check(area, what, errors.Is(err, expected), err)
}

// Must ends a section for an error that no check asks about.
func Must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// Until waits for a condition; the answer is whether it came true.
func Until(holds func() bool) bool {
	for deadline := time.Now().Add(30 * time.Second); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			return false
		}
	}
	return true
}

// Section is a part of a suite; the first word of its name is its area.
type Section struct {
	Name string
	Run  func()
}

// RunSections runs them side by side, eight at a time; one that panics counts as a failed check of its area.
func RunSections(sections ...Section) {
	var all sync.WaitGroup
	slots := make(chan struct{}, 8)
	for _, section := range sections {
		all.Go(func() {
			slots <- struct{}{}
			defer func() {
				if err := recover(); err != nil {
					Check(strings.Fields(section.Name)[0], "section "+section.Name, false, err)
				}
				<-slots
			}()
			section.Run()
		})
	}
	all.Wait()
}

// Finish ends the process; with 1 if a check failed.
func Finish() {
	if failed {
		os.Exit(1)
	}
	os.Exit(0)
}
