import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PartitionRegistration } from '@moldau/metadata'
import { changePartition, type PartitionChange } from '../../src/core/partition-change.ts'

function partition(change: Partial<PartitionRegistration> = {}): PartitionRegistration {
  return {
    replicas: [1, 2, 3],
    directories: ['a', 'b', 'c'],
    isr: [1, 2, 3],
    removingReplicas: [],
    addingReplicas: [],
    eligibleLeaderReplicas: [],
    lastKnownElr: [],
    leader: 1,
    leaderRecoveryState: 0,
    leaderEpoch: 4,
    partitionEpoch: 9,
    ...change,
  }
}

/** What the record changes; `live` are the brokers that may lead. */
function changed(
  state: Partial<PartitionRegistration>,
  live: number[],
  change: Partial<PartitionChange> = {},
) {
  const record = changePartition({
    topicId: 'topic',
    partitionId: 0,
    partition: partition(state),
    election: 'online',
    minInSyncReplicas: 2,
    hasElr: false,
    recordVersion: 2,
    isAcceptable: id => live.includes(id),
    ...change,
  })
  if (record === undefined) return undefined
  const { partitionId: _, topicId: __, ...rest } = record.value as Record<string, unknown>
  return rest
}

test('nothing is written when all stays', () => {
  assert.equal(changed({}, [1, 2, 3]), undefined)
})

test('a leader that died is followed by the next replica of the ISR', () => {
  assert.deepEqual(changed({}, [2, 3], { isr: [2, 3] }), { isr: [2, 3], leader: 2 })
})

test('a replica outside of the ISR is never elected cleanly', () => {
  assert.deepEqual(changed({ isr: [1] }, [2, 3], { isr: [] }), { leader: -1 })
})

test('without ELR the last member stays in the ISR and leads when it is back', () => {
  assert.deepEqual(changed({ isr: [1] }, [], { isr: [] }), { leader: -1 })
  assert.deepEqual(changed({ isr: [1], leader: -1 }, [1]), { leader: 1 })
})

test('an unclean election takes a live replica, alone, and marks it as recovering', () => {
  assert.deepEqual(changed({ isr: [1], leader: -1 }, [3], { election: 'unclean' }), {
    isr: [3],
    leader: 3,
    leaderRecoveryState: 1,
  })
})

test('an unclean election prefers the ISR', () => {
  assert.deepEqual(changed({ leader: -1, isr: [2] }, [2, 3], { election: 'unclean' }), {
    leader: 2,
  })
})

test('a preferred election changes a leader that is well', () => {
  assert.deepEqual(changed({ leader: 2 }, [1, 2, 3], { election: 'preferred' }), { leader: 1 })
  assert.equal(changed({ leader: 2 }, [2, 3], { election: 'preferred' }), undefined)
})

test('with ELR, who leaves below the minimum stays eligible', () => {
  assert.deepEqual(changed({ isr: [1, 2] }, [1], { isr: [1], hasElr: true }), {
    isr: [1],
    eligibleLeaderReplicas: [2],
  })
})

test('with ELR, an unclean stop makes a replica the last known one only', () => {
  const change = { isr: [], hasElr: true, uncleanBrokers: [1] }
  assert.deepEqual(changed({ isr: [1] }, [], change), { isr: [], leader: -1, lastKnownElr: [1] })
})

test('with ELR, the leader of an ISR that became empty is remembered', () => {
  assert.deepEqual(changed({ isr: [1] }, [], { isr: [], hasElr: true }), {
    isr: [],
    leader: -1,
    eligibleLeaderReplicas: [1],
    lastKnownElr: [1],
  })
})

test('with ELR, who was eligible and then stopped uncleanly is the last known leader', () => {
  const state = { isr: [], eligibleLeaderReplicas: [1], lastKnownElr: [1], leader: -1 }
  const change = { isr: [], hasElr: true, uncleanBrokers: [1] }
  assert.deepEqual(changed(state, [], change), { eligibleLeaderReplicas: [] })
})

test('with ELR, an eligible replica leads without recovery', () => {
  const state = { isr: [], eligibleLeaderReplicas: [1, 2], leader: -1 }
  assert.deepEqual(changed(state, [2], { hasElr: true }), {
    isr: [2],
    leader: 2,
    eligibleLeaderReplicas: [1],
  })
})

test('with ELR, the last known leader leads again when it is the only one', () => {
  const state = { replicas: [1], directories: ['a'], isr: [], lastKnownElr: [1], leader: -1 }
  assert.deepEqual(changed(state, [1], { hasElr: true }), {
    isr: [1],
    leader: 1,
    leaderRecoveryState: 1,
    lastKnownElr: [],
  })
})

test('with ELR, an ISR at the minimum clears it', () => {
  const state = { isr: [1], eligibleLeaderReplicas: [2], lastKnownElr: [3] }
  assert.deepEqual(changed(state, [1, 2, 3], { isr: [1, 2], hasElr: true }), {
    isr: [1, 2],
    eligibleLeaderReplicas: [],
    lastKnownElr: [],
  })
})
