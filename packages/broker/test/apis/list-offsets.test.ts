import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Apis, BatchBuilder, ErrorCode } from '@moldau/protocol'
import type { BrokerServices } from '../../src/services.ts'
import { deleteRecords } from '../../src/apis/delete-records.ts'
import { listOffsets } from '../../src/apis/list-offsets.ts'
import { batchOf, DataPath, produceOf } from '../data-path.ts'
import { ManualWorld } from '../manual-world.ts'
import { ask, makeImage, makeServices } from './support.ts'

async function setUp(config = {}) {
  const world = new ManualWorld()
  const path = await DataPath.open(world, '/data', config)
  path.createTopic('orders', 1)
  const client = path.connect()
  for (const value of ['a', 'b', 'c']) {
    client.request(Apis.Produce, 9, produceOf('orders', batchOf(value)))
    world.run()
    client.response(Apis.Produce, 9)
  }
  const list = (timestamp: number, version = 11) => {
    client.request(Apis.ListOffsets, version, listOf(timestamp))
    return client.response(Apis.ListOffsets, version)?.topics[0]?.partitions[0]
  }
  return { world, client, path, list }
}

function listOf(timestamp: number) {
  const partitions = [{ partitionIndex: 0, timestamp }]
  return {
    replicaId: -1,
    isolationLevel: 0,
    topics: [{ name: 'orders', partitions }],
    timeoutMs: 1000,
  } as never
}

/** Lets threads of the runtime, and the world, go on until there is an answer. */
async function eventually<T>(world: ManualWorld, answer: () => T | undefined) {
  for (let i = 0; i < 5_000_000; i++) {
    await new Promise(resolve => setImmediate(resolve))
    world.run()
    const found = answer()
    if (found !== undefined) return found
  }
  return undefined
}

test('knows the ends of the log in every version', async () => {
  const { list } = await setUp()
  for (let version = 1; version <= 11; version++) {
    assert.equal(list(-1, version)?.offset, 3)
    assert.equal(list(-2, version)?.offset, 0)
  }
})

test('finds the first record at or after a time', async () => {
  const { list } = await setUp()
  assert.equal(list(1_700_000_000_000)?.offset, 0)
  const late = list(1_700_000_000_001)
  assert.deepEqual([late?.errorCode, late?.offset, late?.timestamp], [0, -1, -1])
})

test('refuses special times in versions that do not know them', async () => {
  const { list } = await setUp()
  assert.equal(list(-3, 6)?.errorCode, ErrorCode.UNSUPPORTED_VERSION)
  assert.equal(list(-3, 7)?.offset, 0)
  assert.equal(list(-4, 8)?.offset, 0)
  assert.equal(list(-5, 9)?.offset, -1)
  assert.equal(list(-7, 11)?.errorCode, ErrorCode.UNSUPPORTED_VERSION)
})

test('looks through a batch that takes long aside, while others are answered', async () => {
  const { world, client, path, list } = await setUp()
  const builder = new BatchBuilder({ compression: 'gzip' })
  for (const timestamp of [1_700_000_000_500, 1_700_000_001_000])
    builder.append({ timestamp, key: null, value: Buffer.alloc(2_000_000) })
  client.request(Apis.Produce, 9, produceOf('orders', builder.build()))
  const produced = await eventually(world, () => client.response(Apis.Produce, 9))
  assert.equal(produced?.responses[0]?.partitionResponses[0]?.baseOffset, 3)
  assert.equal(list(1_700_000_000_600), undefined)
  const other = path.connect()
  other.request(Apis.ListOffsets, 11, listOf(-1))
  assert.equal(other.response(Apis.ListOffsets, 11)?.topics[0]?.partitions[0]?.offset, 5)
  const answer = await eventually(world, () => client.response(Apis.ListOffsets, 11))
  const found = answer?.topics[0]?.partitions[0]
  assert.deepEqual([found?.errorCode, found?.offset], [0, 4])
})

test('fails over a level of isolation that there is not, as Kafka does', async () => {
  const { client } = await setUp()
  const topics = [{ name: 'orders', partitions: [{ partitionIndex: 0, timestamp: -1 }] }]
  client.request(Apis.ListOffsets, 7, { replicaId: -1, isolationLevel: 2, topics })
  assert.equal(
    client.response(Apis.ListOffsets, 7)?.topics[0]?.partitions[0]?.errorCode,
    ErrorCode.UNKNOWN_SERVER_ERROR,
  )
})

test('refuses a partition that is named twice, once', async () => {
  const { client } = await setUp()
  const partitions = [-1, -2].map(timestamp => ({ partitionIndex: 0, timestamp }))
  const topics = [{ name: 'orders', partitions }]
  client.request(Apis.ListOffsets, 5, { replicaId: -1, isolationLevel: 0, topics })
  assert.deepEqual(
    client
      .response(Apis.ListOffsets, 5)
      ?.topics[0]?.partitions.map(({ partitionIndex, errorCode }) => [partitionIndex, errorCode]),
    [[0, ErrorCode.INVALID_REQUEST]],
  )
})

test('a leader epoch below -1 is an old one', async () => {
  const { client } = await setUp()
  const partitions = [{ partitionIndex: 0, timestamp: -1, currentLeaderEpoch: -2 }]
  const topics = [{ name: 'orders', partitions }]
  client.request(Apis.ListOffsets, 5, { replicaId: -1, isolationLevel: 0, topics })
  assert.equal(
    client.response(Apis.ListOffsets, 5)?.topics[0]?.partitions[0]?.errorCode,
    ErrorCode.FENCED_LEADER_EPOCH,
  )
})

test('DeleteRecords raises the log start up to the high watermark', async () => {
  const { client, list } = await setUp()
  const deleteTo = (offset: number) => {
    const topics = [{ name: 'orders', partitions: [{ partitionIndex: 0, offset }] }]
    client.request(Apis.DeleteRecords, 2, { topics, timeoutMs: 1000 })
    return client.response(Apis.DeleteRecords, 2)?.topics[0]?.partitions[0]
  }
  assert.equal(deleteTo(2)?.lowWatermark, 2)
  assert.equal(list(-2)?.offset, 2)
  assert.equal(deleteTo(4)?.errorCode, ErrorCode.OFFSET_OUT_OF_RANGE)
  assert.equal(deleteTo(-1)?.lowWatermark, 3)
})

test('DeleteRecords refuses a topic that is only compacted', async () => {
  const { client } = await setUp({ 'cleanup.policy': ['compact'] })
  const topics = [{ name: 'orders', partitions: [{ partitionIndex: 0, offset: 0 }] }]
  client.request(Apis.DeleteRecords, 2, { topics, timeoutMs: 1000 })
  assert.equal(
    client.response(Apis.DeleteRecords, 2)?.topics[0]?.partitions[0]?.errorCode,
    ErrorCode.POLICY_VIOLATION,
  )
})

test('DeleteRecords goes through the partitions of one topic in turns when that takes long', async () => {
  let deletedCount = 0
  let elapsed = 0
  const turns: (() => void)[] = []
  const world = {
    clock: { monotonic: () => elapsed },
    timers: { later: (task: () => void) => void turns.push(task) },
  } as unknown as BrokerServices['world']
  const log = {
    failure: undefined,
    config: { 'cleanup.policy': ['delete'] },
    highWatermark: 3,
    deleteRecordsTo(offset: number) {
      deletedCount++
      elapsed += 100
      return offset
    },
  }
  const replicas = {
    partition: () => ({ isLeader: true, log }),
  } as unknown as BrokerServices['replicas']
  const broker = makeServices(makeImage({}), { world, replicas })
  const partitions = [0, 1, 2].map(partitionIndex => ({ partitionIndex, offset: 2 }))
  const request = { topics: [{ name: 'orders', partitions }], timeoutMs: 1000 }
  const answer = ask(deleteRecords, Apis.DeleteRecords, 2, request, broker)
  assert.equal(deletedCount, 1)
  while (turns.length > 0) {
    turns.shift()?.()
    await new Promise(resolve => setImmediate(resolve))
  }
  assert.equal(deletedCount, 3)
  const { topics } = await answer
  assert.deepEqual(
    topics?.[0]?.partitions?.map(({ lowWatermark }) => lowWatermark),
    [2, 2, 2],
  )
})

test('searches that fail, one at once and one later, refuse the request and nothing else', async () => {
  const later = Promise.withResolvers<never>()
  const partitionOf = (offsetForTimestamp: () => Promise<never>) => ({
    log: { failure: undefined, offsetForTimestamp },
    epochProblem: () => undefined,
    readableEnd: () => 10,
    leaderEpoch: 0,
  })
  const partitions = [
    partitionOf(() => later.promise),
    partitionOf(() => {
      throw new Error('damaged')
    }),
  ]
  const replicas = {
    partition: (_topic: string, index: number) => partitions[index],
  } as unknown as BrokerServices['replicas']
  const asked = [0, 1].map(partitionIndex => ({ partitionIndex, timestamp: 5 }))
  const request = {
    replicaId: -1,
    isolationLevel: 0,
    topics: [{ name: 'orders', partitions: asked }],
  } as never
  const broker = makeServices(makeImage({}), { replicas })
  const answer = ask(listOffsets, Apis.ListOffsets, 7, request, broker)
  await assert.rejects(async () => await answer, /damaged/)
  // A rejection that nobody has waited for would end the process, and this test.
  later.reject(new Error('too large'))
  await new Promise(resolve => setImmediate(resolve))
})
