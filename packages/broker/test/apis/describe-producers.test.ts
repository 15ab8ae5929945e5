import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Apis, ErrorCode } from '@moldau/protocol'
import { describeProducers } from '../../src/apis/describe-producers.ts'
import type { BrokerServices } from '../../src/services.ts'
import { ask, makeImage, makeServices } from './support.ts'

test('tells names that cannot be from topics that are not there, both in words', async () => {
  const replicas = {
    topic: (name: string) => (name === 'here' ? {} : undefined),
    partition: () => undefined,
    problemOf: () => 'UNKNOWN_TOPIC_OR_PARTITION',
  } as unknown as BrokerServices['replicas']
  const broker = makeServices(makeImage({}), { replicas })
  const topics = ['nowhere', 'a b', 'here'].map(name => ({ name, partitionIndexes: [0] }))
  const answer = await ask(describeProducers, Apis.DescribeProducers, 0, { topics }, broker)
  const [nowhere, wrong, partition] = answer.topics.map(topic => topic.partitions[0])
  assert.equal(nowhere?.errorCode, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
  assert.equal(nowhere.errorMessage, 'This server does not host this topic-partition.')
  assert.equal(wrong?.errorCode, ErrorCode.INVALID_TOPIC_EXCEPTION)
  assert.match(wrong.errorMessage ?? '', /^Topic name is invalid: 'a b' contains/)
  assert.equal(partition?.errorCode, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
  assert.equal(partition.errorMessage, null)
})

test('the producers of a partition that is named again in the same list are told once', async () => {
  const states = [
    {
      producerId: 7,
      producerEpoch: 0,
      batches: [],
      lastTimestamp: 1,
      coordinatorEpoch: -1,
      currentTransactionFirstOffset: -1,
    },
  ]
  const partition = { isLeader: true, log: { producerStates: new Set(states) } }
  const replicas = { partition: () => partition } as unknown as BrokerServices['replicas']
  const broker = makeServices(makeImage({}), { replicas })
  const topics = [{ name: 'orders', partitionIndexes: [0, 1, 0] }]
  const answer = await ask(describeProducers, Apis.DescribeProducers, 0, { topics }, broker)
  assert.deepEqual(
    answer.topics[0]?.partitions.map(one => [one.partitionIndex, one.activeProducers.length]),
    [
      [0, 1],
      [1, 1],
      [0, 0],
    ],
  )
})
