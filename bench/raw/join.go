package main

// join: members that all join one group at once, until every one of them is in the same generation and has its assignment.

import (
	"net"
	"sync"
	"time"
)

const (
	rebalanceInProgress = 27
	memberIDRequired    = 79
	heartbeatEvery      = 20 * time.Millisecond
)

func join(boot, group string, members int) map[string]any {
	links := make([]net.Conn, members)
	for i := range links {
		links[i] = dial(boot)
	}
	awaitCoordinator(links[0], group)
	j := &joining{group: group, members: members, stable: make(chan struct{})}
	begin := time.Now()
	var all sync.WaitGroup
	for _, link := range links {
		all.Add(1)
		go func() {
			defer all.Done()
			j.run(link)
		}()
	}
	<-j.stable
	seconds := time.Since(begin).Seconds()
	all.Wait()
	for _, link := range links {
		link.Close()
	}
	return map[string]any{"seconds": seconds, "rounds": j.generation}
}

// awaitCoordinator has the offsets topic made and its partition loaded, so that only the joins count.
func awaitCoordinator(link net.Conn, group string) {
	for {
		a := call(link, frame(10, 1, append(text(nil, group), 0)))
		a.int32()
		code := a.int16()
		if code == 0 {
			// Heartbeat of nobody: answered with UNKNOWN_MEMBER_ID as soon as the group's shard is there.
			beat := call(link, heartbeatRequest(group, 0, "nobody"))
			beat.int32()
			code = beat.int16()
			if code == 25 {
				return
			}
		}
		if !isNotYet(code) && code != 0 {
			fail("FindCoordinator: error %d", code)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// joining counts who is settled in the newest generation.
type joining struct {
	group      string
	members    int
	mutex      sync.Mutex
	generation int
	settled    int
	stable     chan struct{}
}

// synced tells that a member has its assignment of a generation, and whether the group is complete.
func (j *joining) synced(generation int) {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	if generation > j.generation {
		j.generation, j.settled = generation, 0
	}
	if generation == j.generation {
		j.settled++
	}
	if j.settled == j.members {
		close(j.stable)
	}
}

func (j *joining) isStable() bool {
	select {
	case <-j.stable:
		return true
	default:
		return false
	}
}

func (j *joining) run(link net.Conn) {
	member := ""
	for {
		generation, code := 0, 0
		var everybody []string
		member, generation, everybody, code = j.joinOnce(link, member)
		if code == memberIDRequired || code == rebalanceInProgress {
			continue
		}
		if code != 0 {
			fail("JoinGroup: error %d", code)
		}
		code = j.syncOnce(link, member, generation, everybody)
		if code == rebalanceInProgress {
			continue
		}
		if code != 0 {
			fail("SyncGroup: error %d", code)
		}
		j.synced(generation)
		for {
			select {
			case <-j.stable:
			case <-time.After(heartbeatEvery):
			}
			if j.isStable() {
				return
			}
			a := call(link, heartbeatRequest(j.group, generation, member))
			a.int32()
			code = a.int16()
			if code == rebalanceInProgress {
				break
			}
			if code != 0 {
				fail("Heartbeat: error %d", code)
			}
		}
	}
}

// joinOnce is JoinGroup version 4 (the id is given by a first answer, KIP-394).
func (j *joining) joinOnce(link net.Conn, member string) (string, int, []string, int) {
	b := i32(i32(text(nil, j.group), 30_000), 60_000)
	b = text(text(b, member), "consumer")
	b = blob(text(i32(b, 1), "range"), []byte{0, 0, 0, 0, 0, 1, 0, 5, 'b', 'e', 'n', 'c', 'h', 0, 0, 0, 0})
	a := call(link, frame(11, 4, b))
	a.int32()
	code, generation := a.int16(), a.int32()
	a.text()
	leader, me := a.text(), a.text()
	var everybody []string
	for range a.int32() {
		everybody = append(everybody, a.text())
		a.blob()
	}
	if code == 0 && leader == me && len(everybody) == 0 {
		fail("The leader was told no members")
	}
	return me, generation, everybody, code
}

func (j *joining) syncOnce(link net.Conn, member string, generation int, everybody []string) int {
	b := i32(text(i32(text(nil, j.group), generation), member), len(everybody))
	for _, other := range everybody {
		b = blob(text(b, other), []byte{0, 0, 0, 0, 0, 1, 0, 5, 'b', 'e', 'n', 'c', 'h', 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0})
	}
	a := call(link, frame(14, 2, b))
	a.int32()
	return a.int16()
}

func heartbeatRequest(group string, generation int, member string) []byte {
	return frame(12, 2, text(i32(text(nil, group), generation), member))
}
