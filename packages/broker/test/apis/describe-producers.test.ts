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
