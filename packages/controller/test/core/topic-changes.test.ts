import assert from 'node:assert/strict'
import { test } from 'node:test'
import { atOnce, ZERO_UUID } from '@moldau/base'
import type { CreatePartitionsRequest, DeleteTopicsRequest, MessageInput } from '@moldau/protocol'
import { createPartitions, deleteTopics } from '../../src/core/topic-changes.ts'
import { broker, directoryOf, shuttingDown, TestCluster } from './support.ts'

const topicId = 'cQdB1vvTQ-OpvuTZAgYI3A'

function cluster(): TestCluster {
  const partition = (partitionId: number) =>
    ({
      type: 'PartitionRecord',
      version: 1,
      value: {
        partitionId,
        topicId,
        replicas: [1],
        isr: [1],
        removingReplicas: [],
        addingReplicas: [],
        leader: 1,
        leaderEpoch: 0,
        partitionEpoch: 0,
        directories: [directoryOf(1)],
      },
    }) as const
  return new TestCluster(
    broker(1),
    { type: 'TopicRecord', version: 0, value: { name: 'ask', topicId } },
    partition(0),
    partition(1),
  )
}

function remove(
  on: TestCluster,
  keys: { name?: string | null; topicId?: string }[],
  version = 6,
  timeoutMs = 1000,
): string[] {
  const topics = keys.map(key => ({ name: key.name ?? null, topicId: key.topicId ?? ZERO_UUID }))
  const request = { topics, topicNames: [], timeoutMs } as unknown as DeleteTopicsRequest
  const response = on.decide(context => deleteTopics(request, context, version))
  return (response.responses ?? []).map(
    ({ name, errorCode, errorMessage }) => `${name} ${errorCode} ${errorMessage}`,
  )
}

function grow(on: TestCluster, count: number, assignments: number[][] | null = null): string {
  const topics = [
    { name: 'ask', count, assignments: assignments?.map(brokerIds => ({ brokerIds })) ?? null },
  ]
  const request = {
    topics,
    timeoutMs: 0,
    validateOnly: false,
  } as unknown as CreatePartitionsRequest
  const response = on.decide(context => createPartitions(request, context))
  const [result] = response.results ?? []
  return `${result?.errorCode} ${result?.errorMessage}`
}

test('deletes by name and by id', () => {
  const byName = cluster()
  assert.deepEqual(remove(byName, [{ name: 'ask' }]), ['ask 0 null'])
  assert.equal(byName.image.topics.size, 0)
  assert.deepEqual(remove(cluster(), [{ topicId }]), ['ask 0 null'])
})

test('unknown names and ids have their own errors', () => {
  assert.deepEqual(remove(cluster(), [{ name: 'nope' }, { topicId: 'RzmPTDekTB2I0MweSVLFEg' }]), [
    'nope 3 This server does not host this topic-partition.',
    'null 100 This server does not host this topic ID.',
  ])
})

test('refuses a key twice, both keys, and none', () => {
  assert.deepEqual(
    remove(cluster(), [{ name: 'ask' }, { name: 'ask' }, { name: 'a', topicId }, {}]),
    [
      'ask 42 Duplicate topic name.',
      'a 42 You may not specify both topic name and topic id.',
      'null 42 Neither topic name nor id were specified.',
    ],
  )
})

test('a topic that is named and given by id is refused, with one row', () => {
  const on = cluster()
  assert.deepEqual(remove(on, [{ name: 'ask' }, { topicId }]), [
    'ask 42 The provided topic name maps to an ID that was already supplied.',
  ])
  assert.equal(on.image.topics.size, 1)
})

test('without time nothing is deleted', () => {
  const on = cluster()
  assert.deepEqual(remove(on, [{ name: 'ask' }], 6, 0), ['ask 7 null'])
  assert.equal(on.image.topics.size, 1)
})

test('delete.topic.enable=false is told by version', () => {
  const on = cluster()
  on.config = { ...on.config, 'delete.topic.enable': false }
  assert.deepEqual(remove(on, [{ name: 'ask' }]), ['ask 73 null'])
  assert.deepEqual(remove(on, [{ name: 'ask' }], 2), ['ask 42 null'])
})

test('partitions are added behind the others', () => {
  const on = cluster()
  assert.equal(grow(on, 5), '0 null')
  assert.equal(on.image.topics.byName('ask')?.partitions.length, 5)
  assert.equal(on.partition('ask', 4)?.leader, 1)
})

test('partitions only grow, with Kafka texts', () => {
  assert.equal(
    grow(cluster(), 1),
    '37 The topic ask currently has 2 partition(s); 1 would not be an increase.',
  )
  assert.equal(grow(cluster(), 2), '37 Topic already has 2 partition(s).')
  assert.equal(grow(cluster(), 20_000), '44 Excessively large number of partitions per request.')
})

test('assignments must fit in number and replication factor', () => {
  assert.equal(
    grow(cluster(), 4, [[1]]),
    '39 Attempted to add 2 additional partition(s), but only 1 assignment(s) were specified.',
  )
  assert.equal(
    grow(cluster(), 3, [[7]]),
    '39 The manual partition assignment includes broker 7, but no such broker is registered.',
  )
  assert.equal(grow(cluster(), 3, [[1]]), '0 null')
})

test('answers every topic', () => {
  const request: MessageInput<typeof CreatePartitionsRequest> = {
    topics: [
      { name: 'ask', count: 3, assignments: null },
      { name: 'nope', count: 3, assignments: null },
    ],
    timeoutMs: 0,
    validateOnly: false,
  }
  const { response } = atOnce(
    createPartitions(request as CreatePartitionsRequest, cluster().context),
  )
  assert.deepEqual(
    response.results?.map(result => [result.name, result.errorCode]),
    [
      ['ask', 0],
      ['nope', 3],
    ],
  )
})

test('clients ask again for partitions while the only broker is being shut down', () => {
  const on = cluster()
  on.apply([shuttingDown(1)])
  assert.equal(grow(on, 3), '41 The only broker is shutting down, and this controller with it.')
})
