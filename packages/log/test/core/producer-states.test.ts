import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  isInSequence,
  ProducerStates,
  type ProducerBatchHeader,
} from '../../src/core/producer-states.ts'
import { decodeSnapshot, encodeSnapshot } from '../../src/producer-snapshots.ts'

function header(changes: Partial<ProducerBatchHeader>): ProducerBatchHeader {
  return {
    producerId: 1,
    producerEpoch: 0,
    firstSequence: 0,
    lastSequence: 0,
    firstOffset: 0,
    lastOffset: 0,
    timestamp: 100,
    isTransactional: false,
    ...changes,
  }
}

const marker = {
  producerId: 1,
  producerEpoch: 0,
  coordinatorEpoch: 2,
  isAbort: true,
  offset: 9,
  timestamp: 100,
}

test('sequences wrap from 2^31-1 to 0', () => {
  assert.ok(isInSequence(2 ** 31 - 1, 0))
  assert.ok(!isInSequence(5, 0))
  const states = new ProducerStates()
  states.appended(header({ firstSequence: 2 ** 31 - 2, lastSequence: 1, lastOffset: 3 }))
  assert.equal(states.findDuplicate(1, 0, 2 ** 31 - 2, 1)?.lastOffset, 3)
  assert.equal(states.check(header({ firstSequence: 2 }), true), undefined)
  assert.equal(
    states.check(header({ firstSequence: 4 }), true)?.error,
    'OUT_OF_ORDER_SEQUENCE_NUMBER',
  )
})

test('remembers the last five batches', () => {
  const states = new ProducerStates()
  for (let i = 0; i < 6; i++)
    states.appended(header({ firstSequence: i, lastSequence: i, firstOffset: i, lastOffset: i }))
  assert.equal(states.findDuplicate(1, 0, 0, 0), undefined)
  assert.equal(states.findDuplicate(1, 0, 1, 1)?.lastOffset, 1)
  assert.equal(
    states.check(header({ firstSequence: 0 }), true)?.error,
    'OUT_OF_ORDER_SEQUENCE_NUMBER',
  )
})

test('accepts any sequence of a producer that it does not know', () => {
  assert.equal(new ProducerStates().check(header({ firstSequence: 7 }), true), undefined)
})

test('fences an older epoch, and begins a newer one at 0', () => {
  const states = new ProducerStates()
  states.appended(header({ producerEpoch: 3 }))
  assert.equal(states.check(header({ producerEpoch: 2 }), true)?.error, 'INVALID_PRODUCER_EPOCH')
  assert.equal(
    states.check(header({ producerEpoch: 4, firstSequence: 1 }), true)?.error,
    'OUT_OF_ORDER_SEQUENCE_NUMBER',
  )
  assert.equal(states.check(header({ producerEpoch: 4 }), true), undefined)
})

test('holds back the last stable offset until the marker is below the high watermark', () => {
  const states = new ProducerStates()
  states.appended(header({ isTransactional: true, firstOffset: 5, lastOffset: 6 }))
  states.appended(header({ producerId: 2, isTransactional: true, firstOffset: 7, lastOffset: 7 }))
  assert.equal(states.firstUnstableOffset, 5)
  assert.deepEqual(states.markerAppended(marker), {
    producerId: 1,
    firstOffset: 5,
    lastOffset: 9,
    isAborted: true,
    lastStableOffset: 7,
  })
  assert.equal(states.firstUnstableOffset, 5)
  states.highWatermarkMoved(9)
  assert.equal(states.firstUnstableOffset, 5)
  states.highWatermarkMoved(10)
  assert.equal(states.firstUnstableOffset, 7)
})

test('refuses a write outside of the open transaction and a marker of an older coordinator', () => {
  const states = new ProducerStates()
  states.appended(header({ isTransactional: true }))
  assert.equal(states.check(header({ firstSequence: 1 }), true)?.error, 'INVALID_TXN_STATE')
  states.markerAppended(marker)
  assert.equal(
    states.checkMarker({ ...marker, coordinatorEpoch: 1 })?.error,
    'TRANSACTION_COORDINATOR_FENCED',
  )
})

test('expires producers that are idle, never those with an open transaction', () => {
  const states = new ProducerStates()
  states.appended(header({}))
  states.appended(header({ producerId: 2, isTransactional: true }))
  assert.equal(states.expire(1100, 1000), 1)
  assert.equal(states.get(1), undefined)
  assert.ok(states.get(2) !== undefined)
})

test('a snapshot gives back the producers; a torn one is noticed', () => {
  const states = new ProducerStates()
  states.appended(header({ firstSequence: 4, lastSequence: 6, firstOffset: 10, lastOffset: 12 }))
  states.appended(header({ producerId: 2, isTransactional: true, firstOffset: 13, lastOffset: 13 }))
  const bytes = encodeSnapshot(states.values())
  assert.equal(bytes.length, 10 + 2 * 46)
  const restored = new ProducerStates()
  for (const state of decodeSnapshot(bytes) ?? []) restored.restore(state)
  assert.equal(restored.findDuplicate(1, 0, 4, 6)?.lastOffset, 12)
  assert.equal(restored.firstUnstableOffset, 13)
  for (let i = 0; i < bytes.length; i++) {
    const torn = Buffer.from(bytes)
    torn[i]! ^= 1
    assert.equal(decodeSnapshot(torn), undefined)
    assert.equal(decodeSnapshot(bytes.subarray(0, i)), undefined)
  }
})
