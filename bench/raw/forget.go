package main

// forget: deletes a group, so that its next member begins where a new one would.

import "time"

func forget(boot, group string) {
	connection := dial(boot)
	for {
		a := call(connection, frame(42, 1, text(i32(nil, 1), group)))
		a.int32()
		a.int32()
		a.text()
		switch code := a.int16(); {
		case code == 0 || code == 69: // 69: no such group
			return
		case code == 68 || isNotYet(code): // 68: its last member is still leaving
			time.Sleep(20 * time.Millisecond)
		default:
			fail("DeleteGroups: error %d", code)
		}
	}
}
