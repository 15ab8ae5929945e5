import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ZERO_UUID } from '@moldau/base'
import { Apis, ErrorCode } from '@moldau/protocol'
import { metadata } from '../../src/apis/metadata.ts'
import type { TopicCreation } from '../../src/topic-creation.ts'
import { ask, CLUSTER_ID, makeImage, makeServices, topicId } from './support.ts'

const image = makeImage({
  brokers: [{ id: 1 }, { id: 2, fenced: true }, { id: 3, rack: 'a' }],
  topics: {
    orders: [
      [1, 2],
      [3, 1],
    ],
    __consumer_offsets: [[2]],
  },
})

const created: string[] = []
const topicCreation = {
  create(name: string) {
    created.push(name)
    return Promise.resolve()
  },
} as unknown as TopicCreation

const broker = makeServices(image, { topicCreation })

const named = (...names: string[]) => names.map(name => ({ name, topicId: ZERO_UUID }))

const request = (version: number, input: Parameters<typeof Apis.Metadata.request.encode>[0]) =>
  ask(metadata, Apis.Metadata, version, input, broker)

test('lists live brokers and names this one as controller', async () => {
  const response = await request(13, { topics: [] })
  assert.deepEqual(
    response.brokers.map(({ nodeId, host, port, rack }) => [nodeId, host, port, rack]),
    [
      [1, 'localhost', 9092, null],
      [3, 'localhost', 9094, 'a'],
    ],
  )
  assert.equal(response.controllerId, 1)
  assert.equal(response.clusterId, CLUSTER_ID)
  assert.deepEqual(response.topics, [])
})

test('takes null for all topics, and before version 1 an empty list', async () => {
  const names = async (version: number, topics: [] | null) =>
    (await request(version, { topics })).topics.map(topic => topic.name ?? '').sort()
  assert.deepEqual(await names(0, []), ['__consumer_offsets', 'orders'])
  assert.deepEqual(await names(1, null), ['__consumer_offsets', 'orders'])
  assert.deepEqual(await names(1, []), [])
})

test('answers a topic without name and id as Kafka does: with no more than the error', async () => {
  const response = await request(12, { topics: [{ name: null, topicId: ZERO_UUID }] })
  assert.equal(response.topics[0]?.errorCode, ErrorCode.UNKNOWN_SERVER_ERROR)
  assert.deepEqual([response.brokers, response.clusterId, response.controllerId], [[], null, -1])
})

test('tells leaders, replicas, and which of them cannot be reached', async () => {
  const response = await request(12, { topics: named('orders') })
  assert.deepEqual(
    response.topics[0]?.partitions.map(partition => [
      partition.errorCode,
      partition.leaderId,
      partition.replicaNodes,
      partition.offlineReplicas,
    ]),
    [
      [0, 1, [1, 2], [2]],
      [0, 3, [3, 1], []],
    ],
  )
  assert.equal(response.topics[0]?.topicId, topicId(0))
})

test('hides replicas that cannot be reached in version 0', async () => {
  const response = await request(0, { topics: named('orders') })
  assert.deepEqual(response.topics[0]?.partitions[0]?.replicaNodes, [1])
  assert.equal(response.topics[0]?.partitions[0]?.errorCode, ErrorCode.REPLICA_NOT_AVAILABLE)
})

test('creates a missing topic only if client and broker allow it', async () => {
  created.length = 0
  const ask13 = (allowAutoTopicCreation: boolean) =>
    request(13, { topics: named('new'), allowAutoTopicCreation })
  assert.equal((await ask13(false)).topics[0]?.errorCode, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
  assert.deepEqual(created, [])
  assert.equal((await ask13(true)).topics[0]?.errorCode, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
  assert.deepEqual(created, ['new'])
})

test('refuses impossible names and answers a name that comes twice once', async () => {
  created.length = 0
  const response = await request(13, { topics: named('a b', '', 'orders', 'orders') })
  assert.deepEqual(
    response.topics.map(({ name, errorCode }) => [name, errorCode]),
    [
      ['a b', ErrorCode.INVALID_TOPIC_EXCEPTION],
      ['', ErrorCode.INVALID_TOPIC_EXCEPTION],
      ['orders', 0],
    ],
  )
  assert.deepEqual(created, [])
})

test('finds topics by id from version 12 on, and refuses ids before', async () => {
  const byId = (topic: string) => [{ name: null, topicId: topic }]
  const found = await request(12, { topics: byId(topicId(0)) })
  assert.equal(found.topics[0]?.name, 'orders')
  const missing = await request(12, { topics: byId(topicId(7)) })
  assert.equal(missing.topics[0]?.errorCode, ErrorCode.UNKNOWN_TOPIC_ID)
  assert.equal(missing.topics[0]?.name, null)
  const early = await request(10, { topics: [{ name: 'orders', topicId: topicId(0) }] })
  assert.equal(early.topics[0]?.errorCode, ErrorCode.INVALID_REQUEST)
})

test('tells the operations that are allowed where they are asked for', async () => {
  const response = await request(8, {
    topics: named('orders'),
    includeTopicAuthorizedOperations: true,
    includeClusterAuthorizedOperations: true,
  })
  assert.equal(response.topics[0]?.topicAuthorizedOperations, 3576)
  assert.equal(response.clusterAuthorizedOperations, 8096)
})

test('answers every version', async () => {
  for (let version = 0; version <= 13; version++) {
    const response = await request(version, { topics: named('orders') })
    assert.equal(response.topics[0]?.partitions.length, 2)
  }
})
