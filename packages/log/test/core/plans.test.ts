import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LeaderEpochs } from '../../src/core/leader-epochs.ts'
import { planRetention, type RetentionFacts } from '../../src/core/retention-plan.ts'
import { mustRoll, type RollFacts } from '../../src/core/roll-rule.ts'

const segments = [
  { baseOffset: 0, sizeInBytes: 100, largestTimestamp: 1000 },
  { baseOffset: 10, sizeInBytes: 100, largestTimestamp: 2000 },
  { baseOffset: 20, sizeInBytes: 100, largestTimestamp: 3000 },
]

function plan(changes: Partial<RetentionFacts>): number {
  return planRetention({
    segments,
    logStartOffset: 0,
    logEndOffset: 30,
    highWatermark: 30,
    now: 3000,
    deletes: true,
    retentionMs: -1,
    retentionBytes: -1,
    ...changes,
  }).deleteCount
}

test('deletes by age, by size, and below the log start', () => {
  assert.equal(plan({}), 0)
  assert.equal(plan({ retentionMs: 1500 }), 1)
  assert.equal(plan({ retentionMs: 0, now: 3001 }), 3)
  assert.equal(plan({ retentionBytes: 200 }), 1)
  assert.equal(plan({ retentionBytes: 150 }), 1)
  assert.equal(plan({ retentionBytes: 0 }), 3)
  assert.equal(plan({ logStartOffset: 20 }), 2)
  assert.equal(plan({ logStartOffset: 19 }), 1)
})

test('never deletes at or above the high watermark, and only below the log start without delete', () => {
  assert.equal(plan({ retentionBytes: 0, highWatermark: 19 }), 1)
  assert.equal(plan({ retentionBytes: 0, deletes: false }), 0)
  assert.equal(plan({ logStartOffset: 10, retentionBytes: 0, deletes: false }), 1)
})

test('a segment with a timestamp in the future keeps those behind it', () => {
  const future = [{ ...segments[0]!, largestTimestamp: 9000 }, ...segments.slice(1)]
  assert.equal(plan({ segments: future, retentionMs: 1, now: 5000 }), 0)
})

const roll: RollFacts = {
  baseOffset: 100,
  sizeInBytes: 1000,
  isIndexFull: false,
  firstTimestamp: 50,
  createdAt: 0,
  jitterMs: 0,
  appendBytes: 100,
  appendLastOffset: 200,
  appendMaxTimestamp: 60,
  now: 60,
  segmentBytes: 2000,
  segmentMs: 100,
}

test('rolls when full, old, out of index space, or out of offsets', () => {
  assert.equal(mustRoll(roll), false)
  assert.equal(mustRoll({ ...roll, appendBytes: 1001 }), true)
  assert.equal(mustRoll({ ...roll, appendMaxTimestamp: 151 }), true)
  assert.equal(mustRoll({ ...roll, appendMaxTimestamp: 145, jitterMs: 10 }), true)
  assert.equal(mustRoll({ ...roll, firstTimestamp: -1, now: 101 }), true)
  assert.equal(mustRoll({ ...roll, isIndexFull: true }), true)
  assert.equal(mustRoll({ ...roll, appendLastOffset: 100 + 2 ** 31 }), true)
  assert.equal(mustRoll({ ...roll, sizeInBytes: 0, appendBytes: 5000 }), false)
})

test('answers epochs as Kafka does', () => {
  const epochs = new LeaderEpochs([
    { epoch: 2, startOffset: 10 },
    { epoch: 5, startOffset: 20 },
  ])
  const end = (epoch: number): [number, number] => {
    const answer = epochs.endOffset(epoch, 30)
    return [answer.epoch, answer.endOffset]
  }
  assert.deepEqual(
    [end(1), end(2), end(3), end(5), end(6), end(-1)],
    [
      [1, 10],
      [2, 20],
      [2, 20],
      [5, 30],
      [-1, -1],
      [-1, -1],
    ],
  )
})

test('epochs follow cuts at both ends', () => {
  const epochs = new LeaderEpochs([
    { epoch: 2, startOffset: 10 },
    { epoch: 5, startOffset: 20 },
  ])
  epochs.truncateFromStart(15)
  assert.deepEqual(epochs.entries[0], { epoch: 2, startOffset: 15 })
  epochs.truncateFromStart(25)
  assert.deepEqual(epochs.entries, [{ epoch: 5, startOffset: 25 }])
  epochs.assign(7, 25)
  assert.deepEqual(epochs.entries, [{ epoch: 7, startOffset: 25 }])
  epochs.truncateFromEnd(25)
  assert.deepEqual(epochs.entries, [])
})
