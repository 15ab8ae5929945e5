package main

// polls and idle: many connections that wait, and what the broker pays for them meanwhile.

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

const pollWaitMs = 500

func waiting(boot, topic string, pid, connections int, seconds float64) map[string]any {
	before := residentMb(pid)
	links := make([]net.Conn, connections)
	for i := range links {
		links[i] = dial(boot)
		if code := call(links[i], frame(18, 0, nil)).int16(); code != 0 {
			fail("ApiVersions: error %d", code)
		}
	}
	var answers atomic.Int64
	if topic != "" {
		for _, link := range links {
			go poll(link, topic, &answers)
		}
	}
	time.Sleep(time.Second)
	cpuBefore, answersBefore, begin := cpuSeconds(pid), answers.Load(), time.Now()
	time.Sleep(time.Duration(seconds * float64(time.Second)))
	took := time.Since(begin).Seconds()
	out := map[string]any{
		"seconds": took, "cpuPerSecond": (cpuSeconds(pid) - cpuBefore) / took,
		"answers": answers.Load() - answersBefore, "residentMb": residentMb(pid), "grownMb": residentMb(pid) - before,
	}
	if topic == "" {
		for _, link := range links {
			if code := call(link, frame(18, 0, nil)).int16(); code != 0 {
				fail("A connection that was idle does not answer: error %d", code)
			}
		}
	}
	return out
}

// poll asks for records of a partition that has none, again and again.
func poll(link net.Conn, topic string, answers *atomic.Int64) {
	b := append(i32(i32(i32(nil, -1), pollWaitMs), 1), be.AppendUint32(nil, 1<<20)...)
	b = text(i32(append(b, 0), 1), topic)
	b = i32(i64(i32(i32(b, 1), 0), 0), 1<<20)
	request := frame(1, 4, b)
	for {
		a := call(link, request)
		a.int32()
		a.int32()
		a.text()
		a.int32()
		a.int32()
		if code := a.int16(); code != 0 {
			fail("Fetch: error %d", code)
		}
		answers.Add(1)
	}
}

// cpuSeconds is what the process has used, in user and system time, of all its threads.
func cpuSeconds(pid int) float64 {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	must(err)
	fields := strings.Fields(string(stat)[strings.LastIndex(string(stat), ")")+2:])
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return float64(user+system) / 100
}

func residentMb(pid int) float64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	must(err)
	for _, line := range strings.Split(string(status), "\n") {
		if strings.HasPrefix(line, "VmRSS:") {
			kilobytes, _ := strconv.Atoi(strings.Fields(line)[1])
			return float64(kilobytes) / 1024
		}
	}
	return 0
}
