import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ZERO_UUID } from '@moldau/base'
import { NOBODY, Quorum, type PersistedQuorumState } from '../../src/core/quorum.ts'

const self = { id: 1, directoryId: 'HFiqZftqSAunIdyxMuFCWQ' }
const fresh: PersistedQuorumState = {
  leaderId: NOBODY,
  leaderEpoch: 0,
  votedId: NOBODY,
  votedDirectoryId: ZERO_UUID,
}

function quorumOf(voters: number[], persisted = fresh): Quorum {
  return new Quorum({ self, voters, persisted })
}

test('the only voter votes on disk, leads on disk, and writes its LeaderChange, in this order', () => {
  const quorum = quorumOf([1])
  assert.deepEqual(quorum.step({ type: 'start', logEndOffset: 0 }), [
    {
      type: 'persist',
      state: { leaderId: -1, leaderEpoch: 1, votedId: 1, votedDirectoryId: self.directoryId },
    },
    {
      type: 'persist',
      state: { leaderId: 1, leaderEpoch: 1, votedId: -1, votedDirectoryId: ZERO_UUID },
    },
    { type: 'append-leader-change', epoch: 1, grantingVoters: [1] },
    { type: 'leader-changed', leaderId: 1, epoch: 1 },
  ])
  assert.equal(quorum.role, 'leader')
})

test('a node that led an epoch never leads it again', () => {
  const quorum = quorumOf([1], { ...fresh, leaderId: 1, leaderEpoch: 7 })
  assert.equal(quorum.role, 'resigned')
  quorum.step({ type: 'start', logEndOffset: 40 })
  assert.equal(quorum.role, 'leader')
  assert.equal(quorum.epoch, 8)
})

test('records of older epochs do not count before one of the own epoch is durable', () => {
  const quorum = quorumOf([1], { ...fresh, leaderId: 1, leaderEpoch: 7 })
  quorum.step({ type: 'start', logEndOffset: 40 })
  assert.deepEqual(quorum.step({ type: 'durable', offset: 40 }), [])
  assert.deepEqual(quorum.step({ type: 'durable', offset: 41 }), [
    { type: 'advance-high-watermark', offset: 41 },
  ])
})

test('the high watermark never falls', () => {
  const quorum = quorumOf([1])
  quorum.step({ type: 'start', logEndOffset: 0 })
  quorum.step({ type: 'durable', offset: 9 })
  assert.deepEqual(quorum.step({ type: 'durable', offset: 5 }), [])
  assert.equal(quorum.highWatermark, 9)
})

test('one of three voters does not lead by its own vote', () => {
  const quorum = quorumOf([1, 2, 3])
  assert.deepEqual(quorum.step({ type: 'start', logEndOffset: 0 }), [])
  const effects = quorum.step({ type: 'election-timeout', logEndOffset: 0 })
  assert.deepEqual(
    effects.map(effect => effect.type),
    ['persist'],
  )
  assert.equal(quorum.role, 'candidate')
})

test('a node that is no voter does not campaign', () => {
  const quorum = quorumOf([2])
  assert.deepEqual(quorum.step({ type: 'election-timeout', logEndOffset: 0 }), [])
  assert.equal(quorum.role, 'unattached')
})

test('a leader that resigns moves no high watermark', () => {
  const quorum = quorumOf([1])
  quorum.step({ type: 'start', logEndOffset: 0 })
  assert.deepEqual(quorum.step({ type: 'resign' }), [
    { type: 'leader-changed', leaderId: -1, epoch: 1 },
  ])
  assert.deepEqual(quorum.step({ type: 'durable', offset: 3 }), [])
  assert.deepEqual(quorum.step({ type: 'resign' }), [])
})
