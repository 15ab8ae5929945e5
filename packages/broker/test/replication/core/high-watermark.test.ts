import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nextHighWatermark } from '../../../src/replication/core/high-watermark.ts'

const alone = { leaderOffset: 10, followerOffsets: [], minInSyncReplicas: 1, highWatermark: 5 }

test('a leader alone commits what its own log counts', () => {
  assert.equal(nextHighWatermark(alone), 10)
})

test('the slowest replica in sync bounds the high watermark', () => {
  assert.equal(nextHighWatermark({ ...alone, followerOffsets: [8, 7] }), 7)
})

test('the high watermark never falls', () => {
  assert.equal(nextHighWatermark({ ...alone, followerOffsets: [3] }), 5)
})

test('too few replicas in sync commit nothing', () => {
  assert.equal(nextHighWatermark({ ...alone, minInSyncReplicas: 2 }), 5)
})
