import assert from 'node:assert/strict'
import { test } from 'node:test'
import { leastLimit } from '../../src/node/memory-limit.ts'

test('the memory limit is the least of the control group and those around it', () => {
  const files = new Map([
    ['/sys/fs/cgroup/memory.max', 'max\n'],
    ['/sys/fs/cgroup/pod/memory.max', '268435456\n'],
    ['/sys/fs/cgroup/pod/broker/memory.max', 'max\n'],
    ['/sys/fs/cgroup/memory/memory.limit_in_bytes', '9223372036854771712\n'],
    ['/sys/fs/cgroup/memory/small/memory.limit_in_bytes', '1000000\n'],
  ])
  const limitOf = (groups: string) => leastLimit(groups, path => files.get(path))
  assert.equal(limitOf('0::/pod/broker\n'), 268_435_456)
  assert.equal(limitOf('0::/pod\n'), 268_435_456)
  assert.equal(limitOf('0::/\n'), Infinity)
  assert.equal(limitOf('5:pids:/small\n4:memory:/small/inner\n0::/\n'), 1_000_000)
  assert.equal(limitOf(''), Infinity)
})

test('in a container the uppermost folder is that of the group', () => {
  const read = (path: string) =>
    path === '/sys/fs/cgroup/memory/memory.limit_in_bytes' ? '2000000\n' : undefined
  assert.equal(leastLimit('4:memory:/docker/abc\n', read), 2_000_000)
})
