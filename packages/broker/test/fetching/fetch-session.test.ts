import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  continuationProblem,
  FetchSession,
  nextEpoch,
  sessionWish,
  type FetchedState,
  type FetchTarget,
} from '../../src/fetching/fetch-session.ts'

const ZERO_ID = 'AAAAAAAAAAAAAAAAAAAAAA'

function targetOf(partition: number, fetchOffset = 0): FetchTarget {
  return {
    topic: 'orders',
    topicId: ZERO_ID,
    partition,
    currentLeaderEpoch: -1,
    fetchOffset,
    lastFetchedEpoch: -1,
    maxBytes: 1000,
  }
}

const quiet: FetchedState = {
  hasError: false,
  hasRecords: false,
  highWatermark: 10,
  lastStableOffset: 10,
  logStartOffset: 0,
  hasDivergingEpoch: false,
  preferredReadReplica: -1,
}

test('reads what the session fields ask for', () => {
  assert.deepEqual(sessionWish(0, -1), { kind: 'full', ended: 0, begins: false })
  assert.deepEqual(sessionWish(7, -1), { kind: 'full', ended: 7, begins: false })
  assert.deepEqual(sessionWish(0, 0), { kind: 'full', ended: 0, begins: true })
  assert.deepEqual(sessionWish(7, 0), { kind: 'full', ended: 7, begins: true })
  assert.deepEqual(sessionWish(7, 3), { kind: 'incremental', id: 7, epoch: 3 })
})

test('the epoch wraps to 1', () => {
  assert.equal(nextEpoch(1), 2)
  assert.equal(nextEpoch(0x7fff_ffff), 1)
})

test('refuses a session that is unknown, of another epoch, or of the other way to name topics', () => {
  const session = new FetchSession(7, false, 0, [targetOf(0)])
  assert.equal(continuationProblem(undefined, 1, false), 'FETCH_SESSION_ID_NOT_FOUND')
  assert.equal(continuationProblem(session, 2, false), 'INVALID_FETCH_SESSION_EPOCH')
  assert.equal(continuationProblem(session, 1, true), 'FETCH_SESSION_TOPIC_ID_ERROR')
  assert.equal(continuationProblem(session, 2, true), 'INVALID_FETCH_SESSION_EPOCH')
  assert.equal(continuationProblem(session, 1, false), undefined)
})

test('tells a partition again only when something about it is new', () => {
  const target = targetOf(0)
  const session = new FetchSession(7, false, 0, [target])
  assert.equal(session.mustTell(target, quiet), true)
  assert.equal(session.mustTell(target, quiet), false)
  assert.equal(session.mustTell(target, { ...quiet, highWatermark: 11 }), true)
  assert.equal(session.mustTell(target, { ...quiet, highWatermark: 11, logStartOffset: 2 }), true)
  assert.equal(session.mustTell(target, { ...quiet, highWatermark: 11, logStartOffset: 2 }), false)
  assert.equal(session.mustTell(target, { ...quiet, hasError: true }), true)
  assert.equal(session.mustTell(target, quiet), true)
})

test('an incremental request adds, changes and forgets partitions', () => {
  const session = new FetchSession(7, false, 0, [targetOf(0), targetOf(1)])
  session.advance([targetOf(1, 50), targetOf(2)], [targetOf(0)], 5)
  assert.deepEqual(
    session.targets().map(({ partition, fetchOffset }) => [partition, fetchOffset]),
    [
      [1, 50],
      [2, 0],
    ],
  )
  assert.equal(session.epoch, 2)
})

test('a partition that got records is fetched last next time', () => {
  const session = new FetchSession(7, false, 0, [targetOf(0), targetOf(1), targetOf(2)])
  session.mustTell(targetOf(0), { ...quiet, hasRecords: true })
  assert.deepEqual(
    session.targets().map(({ partition }) => partition),
    [1, 2, 0],
  )
})
