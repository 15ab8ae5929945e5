import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FetchSessions, type SessionRequest } from '../../src/fetching/fetch-sessions.ts'

function setUp(slots: number) {
  const time = { now: 0 }
  let next = 100
  const clock = { now: () => time.now, monotonic: () => time.now }
  const random = {
    below: () => next++,
    fraction: () => 0,
    bytes: (length: number) => Buffer.alloc(length),
  }
  return { time, sessions: new FetchSessions(clock, random, () => slots) }
}

function requestOf(
  sessionId: number,
  sessionEpoch: number,
  partitions: readonly number[],
): SessionRequest {
  const targets = partitions.map(partition => ({
    topic: 'orders',
    topicId: 'AAAAAAAAAAAAAAAAAAAAAA',
    partition,
    currentLeaderEpoch: -1,
    fetchOffset: 0,
    lastFetchedEpoch: -1,
    maxBytes: 100,
  }))
  return { sessionId, sessionEpoch, usesIds: false, targets, forgotten: [] }
}

function begin(sessions: FetchSessions, partitions: readonly number[]): number {
  const plan = sessions.plan(requestOf(0, 0, partitions))
  assert.ok(typeof plan !== 'string')
  return plan.session?.id ?? 0
}

test('a session goes on with the next epoch and ends with the final one', () => {
  const { sessions } = setUp(10)
  const id = begin(sessions, [0, 1])
  const plan = sessions.plan(requestOf(id, 1, []))
  assert.ok(typeof plan !== 'string' && plan.isIncremental)
  assert.equal(plan.targets.length, 2)
  assert.equal(sessions.plan(requestOf(id, 1, [])), 'INVALID_FETCH_SESSION_EPOCH')
  sessions.plan(requestOf(id, -1, [0]))
  assert.equal(sessions.size, 0)
  assert.equal(sessions.plan(requestOf(id, 2, [])), 'FETCH_SESSION_ID_NOT_FOUND')
})

test('a session may begin without partitions', () => {
  const { sessions } = setUp(10)
  const id = begin(sessions, [])
  assert.ok(id > 0)
  const plan = sessions.plan(requestOf(id, 1, [3]))
  assert.deepEqual(typeof plan === 'string' ? plan : plan.targets.map(one => one.partition), [3])
})

test('a full cache gives no session until an entry was idle for two minutes', () => {
  const { sessions, time } = setUp(1)
  assert.ok(begin(sessions, [0]) > 0)
  assert.equal(begin(sessions, [0]), 0)
  time.now = 120_001
  assert.ok(begin(sessions, [0]) > 0)
  assert.equal(sessions.size, 1)
})

test('an old small session gives way to a larger one', () => {
  const { sessions, time } = setUp(1)
  const small = begin(sessions, [0])
  time.now = 100_000
  sessions.plan(requestOf(small, 1, []))
  time.now = 130_000
  assert.equal(begin(sessions, [0]), 0)
  assert.ok(begin(sessions, [0, 1]) > 0)
})
