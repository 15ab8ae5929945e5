import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AlterPartitionRequest } from '@moldau/protocol'
import { alterPartition } from '../../src/core/alter-partition.ts'
import { assignReplicasToDirs } from '../../src/core/directories.ts'
import { electLeaders } from '../../src/core/leadership.ts'
import { broker, directoryOf, TestCluster } from './support.ts'

const topicId = 'cQdB1vvTQ-OpvuTZAgYI3A'

/** Three brokers (epochs 11, 12, 13); broker 1 leads in epoch 5. */
function cluster(): TestCluster {
  return new TestCluster(
    broker(1),
    broker(2),
    broker(3),
    { type: 'TopicRecord', version: 0, value: { name: 'orders', topicId } },
    {
      type: 'PartitionRecord',
      version: 1,
      value: {
        partitionId: 0,
        topicId,
        replicas: [1, 2, 3],
        isr: [1, 2],
        removingReplicas: [],
        addingReplicas: [],
        leader: 1,
        leaderEpoch: 5,
        partitionEpoch: 7,
        directories: [directoryOf(1), directoryOf(2), directoryOf(3)],
      },
    },
  )
}

function alter(
  on: TestCluster,
  change: object = {},
  isr: [number, number][] = [
    [1, 11],
    [2, 12],
    [3, 13],
  ],
  brokerEpoch = 11,
) {
  const partition = {
    partitionIndex: 0,
    leaderEpoch: 5,
    newIsr: [],
    newIsrWithEpochs: isr.map(([brokerId, epoch]) => ({ brokerId, brokerEpoch: epoch })),
    leaderRecoveryState: 0,
    partitionEpoch: 7,
    ...change,
  }
  const topics = [{ topicId, partitions: [partition] }]
  const request = { brokerId: 1, brokerEpoch, topics } as unknown as AlterPartitionRequest
  const response = on.decide(context => alterPartition(request, context, 3))
  return response.topics?.[0]?.partitions[0] ?? { errorCode: response.errorCode }
}

test('the ISR grows, and the partition epoch with it', () => {
  const on = cluster()
  assert.deepEqual(alter(on), {
    partitionIndex: 0,
    errorCode: 0,
    leaderId: 1,
    leaderEpoch: 5,
    isr: [1, 2, 3],
    leaderRecoveryState: 0,
    partitionEpoch: 8,
  })
  assert.deepEqual(on.partition('orders')?.isr, [1, 2, 3])
})

const refusals: [string, number, object, [number, number][]?][] = [
  ['an old partition epoch', 95, { partitionEpoch: 6 }],
  ['a partition epoch from the future', 41, { partitionEpoch: 8 }],
  ['an old leader epoch', 74, { leaderEpoch: 4 }],
  ['a leader epoch from the future', 41, { leaderEpoch: 6 }],
  ['an ISR without the leader', 42, {}, [[2, 12]]],
  [
    'a member that is no replica',
    42,
    {},
    [
      [1, 11],
      [9, 1],
    ],
  ],
  [
    'a member that restarted meanwhile',
    107,
    {},
    [
      [1, 11],
      [3, 12],
    ],
  ],
  ['a recovering leader that was not recovering', 42, { leaderRecoveryState: 1 }, [[1, 11]]],
]

for (const [what, errorCode, change, isr] of refusals) {
  test(`refuses ${what}`, () => {
    const on = cluster()
    assert.equal(alter(on, change, isr).errorCode, errorCode)
    assert.deepEqual(on.partition('orders')?.isr, [1, 2])
  })
}

test('refuses a fenced member', () => {
  const on = cluster()
  on.apply([
    {
      type: 'BrokerRegistrationChangeRecord',
      version: 0,
      value: { brokerId: 3, brokerEpoch: 13, fenced: 1 },
    },
  ])
  assert.equal(alter(on).errorCode, 107)
})

test('refuses a stale broker epoch as a whole', () => {
  assert.equal(alter(cluster(), {}, undefined, 10).errorCode, 77)
})

test('a broker tells in which directory its replica is', () => {
  const on = cluster()
  const request = {
    brokerId: 1,
    brokerEpoch: 11,
    directories: [
      { id: directoryOf(7), topics: [{ topicId, partitions: [{ partitionIndex: 0 }] }] },
    ],
  }
  on.decide(context => assignReplicasToDirs(request as never, context))
  assert.deepEqual(on.partition('orders')?.directories, [
    directoryOf(7),
    directoryOf(2),
    directoryOf(3),
  ])
})

test('elections answer with Kafka texts', () => {
  const request = {
    electionType: 0,
    topicPartitions: [
      { topic: 'orders', partitions: [0, 9] },
      { topic: 'nope', partitions: [0] },
    ],
  }
  const { response } = electLeaders(request as never, cluster().context)
  assert.deepEqual(
    response.replicaElectionResults.flatMap(result =>
      result.partitionResult.map(partition => [partition.errorCode, partition.errorMessage]),
    ),
    [
      [84, null],
      [3, 'No such partition as orders-9'],
      [3, 'No such topic as nope'],
    ],
  )
})
