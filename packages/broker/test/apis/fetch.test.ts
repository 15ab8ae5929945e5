import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ZERO_UUID } from '@moldau/base'
import { Apis, ErrorCode, readBatches, readRecords } from '@moldau/protocol'
import { batchOf, DataPath, fetchOf, produceOf } from '../data-path.ts'
import { ManualWorld } from '../manual-world.ts'

async function setUp(config = {}) {
  const world = new ManualWorld()
  const path = await DataPath.open(world, '/data', config)
  const topicId = path.createTopic('orders', 3)
  const producer = path.connect()
  const produce = (values: string[], partition = 0) => {
    producer.request(Apis.Produce, 9, produceOf('orders', batchOf(...values), { partition }))
    world.run()
    assert.equal(
      producer.response(Apis.Produce, 9)?.responses[0]?.partitionResponses[0]?.errorCode,
      0,
    )
  }
  return { world, path, topicId, produce, client: path.connect() }
}

function valuesOf(records: Buffer | null | undefined): string[] {
  const values: string[] = []
  if (records === null || records === undefined) return values
  for (const { at } of readBatches(records))
    for (const record of readRecords(records, at)) values.push(String(record.value))
  return values
}

test('gives the records in every version', async () => {
  const { client, produce, topicId, world } = await setUp()
  produce(['a', 'b'])
  produce(['c'])
  for (let version = 4; version <= 18; version++) {
    client.request(Apis.Fetch, version, fetchOf(topicId, [{ partition: 0 }]))
    world.run()
    const response = client.response(Apis.Fetch, version)
    const topic = response?.responses[0]
    assert.equal(version >= 13 ? topic?.topicId : topic?.topic, version >= 13 ? topicId : 'orders')
    const partition = topic?.partitions[0]
    assert.equal(partition?.errorCode, 0)
    assert.equal(partition.highWatermark, 3)
    assert.equal(partition.lastStableOffset, 3)
    assert.deepEqual(valuesOf(partition.records), ['a', 'b', 'c'], `version ${version}`)
  }
})

test('waits for records and answers in the tick of the append', async () => {
  const { client, produce, topicId, world } = await setUp()
  client.request(
    Apis.Fetch,
    12,
    fetchOf(topicId, [{ partition: 0 }, { partition: 1 }], { maxWaitMs: 500 }),
  )
  world.advance(100)
  assert.equal(client.response(Apis.Fetch, 12), undefined)
  produce(['a'], 1)
  const response = client.response(Apis.Fetch, 12)
  assert.deepEqual(valuesOf(response?.responses[0]?.partitions[1]?.records), ['a'])
})

test('answers without records when the time is up', async () => {
  const { client, topicId, world } = await setUp()
  client.request(Apis.Fetch, 12, fetchOf(topicId, [{ partition: 0 }], { maxWaitMs: 500 }))
  world.advance(499)
  assert.equal(client.response(Apis.Fetch, 12), undefined)
  world.advance(1)
  const partition = client.response(Apis.Fetch, 12)?.responses[0]?.partitions[0]
  assert.equal(partition?.errorCode, 0)
  assert.equal(partition.records?.length, 0)
})

test('keeps nothing of a fetch whose client has gone, however long it would have waited', async () => {
  const { client, topicId, world } = await setUp()
  const before = world.timerCount
  client.request(Apis.Fetch, 12, fetchOf(topicId, [{ partition: 0 }], { maxWaitMs: 0x7fff_ffff }))
  world.run()
  assert.equal(world.timerCount, before + 1)
  client.destroy()
  assert.equal(world.timerCount, before)
})

test('waits for minBytes', async () => {
  const { client, produce, topicId, world } = await setUp()
  client.request(
    Apis.Fetch,
    12,
    fetchOf(topicId, [{ partition: 0 }], { maxWaitMs: 500, minBytes: 100 }),
  )
  produce(['a'])
  world.advance(10)
  assert.equal(client.response(Apis.Fetch, 12), undefined)
  produce(['b'])
  assert.deepEqual(
    valuesOf(client.response(Apis.Fetch, 12)?.responses[0]?.partitions[0]?.records),
    ['a', 'b'],
  )
})

test('gives at least one whole batch, and the one that an offset lies within', async () => {
  const { client, produce, topicId, world } = await setUp()
  produce(['a', 'b'])
  produce(['c'])
  client.request(
    Apis.Fetch,
    12,
    fetchOf(topicId, [{ partition: 0, fetchOffset: 1 }], { maxBytes: 1 }),
  )
  world.run()
  assert.deepEqual(
    valuesOf(client.response(Apis.Fetch, 12)?.responses[0]?.partitions[0]?.records),
    ['a', 'b'],
  )
})

test('refuses offsets outside of the log at once', async () => {
  const { client, produce, topicId, world } = await setUp()
  produce(['a'])
  client.request(
    Apis.Fetch,
    12,
    fetchOf(topicId, [{ partition: 0, fetchOffset: 2 }], { maxWaitMs: 500 }),
  )
  world.run()
  const partition = client.response(Apis.Fetch, 12)?.responses[0]?.partitions[0]
  assert.equal(partition?.errorCode, ErrorCode.OFFSET_OUT_OF_RANGE)
  assert.equal(partition.highWatermark, -1)
  assert.equal(partition.lastStableOffset, -1)
})

test('does not give what is not committed', async () => {
  const { client, path, topicId, world } = await setUp()
  world.isDiskStalled = true
  const producer = path.connect()
  producer.request(Apis.Produce, 9, produceOf('orders', batchOf('a')))
  world.run()
  client.request(Apis.Fetch, 12, fetchOf(topicId, [{ partition: 0 }], { maxWaitMs: 500 }))
  world.run()
  assert.equal(client.response(Apis.Fetch, 12), undefined)
  world.isDiskStalled = false
  world.run()
  assert.deepEqual(
    valuesOf(client.response(Apis.Fetch, 12)?.responses[0]?.partitions[0]?.records),
    ['a'],
  )
})

test('checks the leader epoch that the client knows', async () => {
  const { client, topicId, world } = await setUp()
  client.request(
    Apis.Fetch,
    12,
    fetchOf(topicId, [{ partition: 0, currentLeaderEpoch: 7 }], { maxWaitMs: 500 }),
  )
  world.run()
  assert.equal(
    client.response(Apis.Fetch, 12)?.responses[0]?.partitions[0]?.errorCode,
    ErrorCode.UNKNOWN_LEADER_EPOCH,
  )
})

test('tells of aborted transactions with an empty list to read_committed, with null else', async () => {
  const { client, produce, topicId, world } = await setUp()
  produce(['a'])
  for (const isolationLevel of [0, 1]) {
    client.request(Apis.Fetch, 12, fetchOf(topicId, [{ partition: 0 }], { isolationLevel }))
    world.run()
    const aborted = client.response(Apis.Fetch, 12)?.responses[0]?.partitions[0]
      ?.abortedTransactions
    assert.deepEqual(aborted, isolationLevel === 1 ? [] : null)
  }
})

test('a session tells only what is new', async () => {
  const { client, produce, topicId, world } = await setUp()
  produce(['a'])
  client.request(
    Apis.Fetch,
    12,
    fetchOf(topicId, [{ partition: 0 }, { partition: 1 }], { sessionEpoch: 0 }),
  )
  world.run()
  const full = client.response(Apis.Fetch, 12)
  assert.equal(full?.responses[0]?.partitions.length, 2)
  const { sessionId } = full
  assert.ok(sessionId > 0)
  client.request(Apis.Fetch, 12, {
    ...fetchOf(topicId, [{ partition: 0, fetchOffset: 1 }], {
      sessionId,
      sessionEpoch: 1,
      maxWaitMs: 100,
    }),
  })
  world.advance(100)
  const quiet = client.response(Apis.Fetch, 12)
  assert.deepEqual(quiet?.responses, [])
  assert.equal(quiet.sessionId, sessionId)
  client.request(
    Apis.Fetch,
    12,
    fetchOf(topicId, [], { sessionId, sessionEpoch: 2, maxWaitMs: 100 }),
  )
  produce(['b'], 1)
  const news = client.response(Apis.Fetch, 12)
  assert.deepEqual(
    news?.responses[0]?.partitions.map(({ partitionIndex }) => partitionIndex),
    [1],
  )
  client.request(Apis.Fetch, 12, fetchOf(topicId, [], { sessionId, sessionEpoch: 2 }))
  world.run()
  const refused = client.response(Apis.Fetch, 12)
  assert.equal(refused?.errorCode, ErrorCode.INVALID_FETCH_SESSION_EPOCH)
  assert.equal(refused.sessionId, 0)
})

test('a session by ids learns that its topic was made anew', async () => {
  const { client, topicId, world, path } = await setUp()
  client.request(
    Apis.Fetch,
    17,
    fetchOf(topicId, [{ partition: 0 }], { sessionEpoch: 0, maxWaitMs: 0 }),
  )
  world.run()
  const sessionId = client.response(Apis.Fetch, 17)?.sessionId ?? 0
  path.deleteTopic(topicId)
  client.request(
    Apis.Fetch,
    17,
    fetchOf(topicId, [], { sessionId, sessionEpoch: 1, maxWaitMs: 500 }),
  )
  world.run()
  assert.equal(
    client.response(Apis.Fetch, 17)?.responses[0]?.partitions[0]?.errorCode,
    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  )
  path.createTopic('orders', 1)
  client.request(
    Apis.Fetch,
    17,
    fetchOf(topicId, [], { sessionId, sessionEpoch: 2, maxWaitMs: 500 }),
  )
  world.run()
  assert.equal(
    client.response(Apis.Fetch, 17)?.responses[0]?.partitions[0]?.errorCode,
    ErrorCode.INCONSISTENT_TOPIC_ID,
  )
})

test('an id of zeros is that of no topic', async () => {
  const { world, client } = await setUp()
  client.request(Apis.Fetch, 17, fetchOf(ZERO_UUID, [{ partition: 0 }]))
  world.run()
  assert.equal(
    client.response(Apis.Fetch, 17)?.responses[0]?.partitions[0]?.errorCode,
    ErrorCode.UNKNOWN_TOPIC_ID,
  )
})

test('old versions get zstd too: only the client knows what it can read', async () => {
  const { world, path, client, topicId } = await setUp({ 'compression.type': 'zstd' })
  const producer = path.connect()
  producer.request(Apis.Produce, 9, produceOf('orders', batchOf('a')))
  world.run()
  client.request(Apis.Fetch, 4, fetchOf(topicId, [{ partition: 0 }]))
  world.run()
  const partition = client.response(Apis.Fetch, 4)?.responses[0]?.partitions[0]
  assert.deepEqual(valuesOf(partition?.records), ['a'])
})

test('of a partition named twice the last mention holds', async () => {
  const { client, produce, topicId, world } = await setUp()
  produce(['a'])
  produce(['b'])
  const partitions = [{ partition: 0 }, { partition: 1 }, { partition: 0, fetchOffset: 1 }]
  client.request(Apis.Fetch, 12, fetchOf(topicId, partitions))
  world.run()
  const told = client.response(Apis.Fetch, 12)?.responses[0]?.partitions
  assert.deepEqual(
    told?.map(({ partitionIndex, records }) => [partitionIndex, valuesOf(records)]),
    [
      [0, ['b']],
      [1, []],
    ],
  )
})

test('a reader whose last record is of an epoch that never was is out of range', async () => {
  const { client, produce, topicId, world } = await setUp()
  produce(['a'])
  client.request(Apis.Fetch, 12, fetchOf(topicId, [{ partition: 0, lastFetchedEpoch: 5 }]))
  world.run()
  const partition = client.response(Apis.Fetch, 12)?.responses[0]?.partitions[0]
  assert.equal(partition?.errorCode, ErrorCode.OFFSET_OUT_OF_RANGE)
})

test('an unknown partition has an empty list of aborted transactions', async () => {
  const { client, topicId, world } = await setUp()
  client.request(Apis.Fetch, 12, fetchOf(topicId, [{ partition: 9 }]))
  world.run()
  const partition = client.response(Apis.Fetch, 12)?.responses[0]?.partitions[0]
  assert.equal(partition?.errorCode, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
  assert.deepEqual(partition.abortedTransactions, [])
})

test('records leave as parts of one write', async () => {
  const { client, produce, topicId, world } = await setUp()
  produce(['a'.repeat(10_000)])
  const before = client.writeCount
  client.request(Apis.Fetch, 12, fetchOf(topicId, [{ partition: 0 }]))
  world.run()
  assert.equal(client.writeCount, before + 1)
})

test('a client that claims to be a broker gets nothing', async () => {
  const { client, produce, topicId, world } = await setUp()
  produce(['a'])
  client.request(Apis.Fetch, 12, { ...fetchOf(topicId, [{ partition: 0 }]), replicaId: 2 })
  world.run()
  const partition = client.response(Apis.Fetch, 12)?.responses[0]?.partitions[0]
  assert.equal(partition?.errorCode, ErrorCode.NOT_LEADER_OR_FOLLOWER)
  assert.equal(partition.records?.length, 0)
})

test('fails over a negative number of bytes and a level of isolation that there is not, as Kafka does', async () => {
  const { client, produce, topicId, world } = await setUp()
  produce(['a'])
  const errorOf = (version: number, input: object) => {
    client.request(Apis.Fetch, version, { ...fetchOf(topicId, [{ partition: 0 }]), ...input })
    world.run()
    const answer = client.response(Apis.Fetch, version)
    return [answer?.errorCode, answer?.responses[0]?.partitions[0]?.errorCode]
  }
  assert.deepEqual(errorOf(12, { maxBytes: -1 }), [0, ErrorCode.UNKNOWN_SERVER_ERROR])
  assert.deepEqual(errorOf(12, { isolationLevel: 2 }), [-1, ErrorCode.UNKNOWN_SERVER_ERROR])
  assert.deepEqual(errorOf(13, { isolationLevel: 2 }), [-1, undefined])
})

test('tells what is not there after what is', async () => {
  const { client, topicId, world } = await setUp()
  client.request(Apis.Fetch, 12, fetchOf(topicId, [{ partition: 9 }, { partition: 0 }]))
  world.run()
  const partitions = client.response(Apis.Fetch, 12)?.responses[0]?.partitions
  assert.deepEqual(
    partitions?.map(({ partitionIndex }) => partitionIndex),
    [0, 9],
  )
})

test('a reader that waits learns that its topic is gone', async () => {
  const { client, path, topicId, world } = await setUp()
  client.request(Apis.Fetch, 12, fetchOf(topicId, [{ partition: 0 }], { maxWaitMs: 500 }))
  world.run()
  path.deleteTopic(topicId)
  world.run()
  assert.equal(
    client.response(Apis.Fetch, 12)?.responses[0]?.partitions[0]?.errorCode,
    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  )
})

test('gives no records to who has not taken the last ones while the memory of fetches is used up', async () => {
  const { client, path, produce, topicId, world } = await setUp()
  produce(['a'])
  path.fetchBudget.take(600 * 1024 * 1024)
  const other = path.connect()
  other.request(Apis.Fetch, 12, fetchOf(topicId, [{ partition: 0 }], { maxWaitMs: 500 }))
  const given = other.response(Apis.Fetch, 12)?.responses[0]?.partitions[0]?.records
  assert.deepEqual(valuesOf(given), ['a'])
  client.bufferedBytes = 1000
  client.request(Apis.Fetch, 12, fetchOf(topicId, [{ partition: 0 }], { maxWaitMs: 500 }))
  world.advance(499)
  assert.equal(client.response(Apis.Fetch, 12), undefined)
  world.advance(1)
  const partition = client.response(Apis.Fetch, 12)?.responses[0]?.partitions[0]
  assert.deepEqual([partition?.errorCode, partition?.records?.length], [0, 0])
  path.fetchBudget.giveBack(600 * 1024 * 1024)
  client.request(Apis.Fetch, 12, fetchOf(topicId, [{ partition: 0 }]))
  world.run()
  const records = client.response(Apis.Fetch, 12)?.responses[0]?.partitions[0]?.records
  assert.deepEqual(valuesOf(records), ['a'])
})

test('a fetch that waits for memory is answered when there is some, though nothing is appended', async () => {
  const { client, path, produce, topicId, world } = await setUp()
  produce(['a'])
  path.fetchBudget.take(600 * 1024 * 1024)
  client.bufferedBytes = 1000
  client.request(Apis.Fetch, 12, fetchOf(topicId, [{ partition: 0 }], { maxWaitMs: 500 }))
  world.run()
  assert.equal(client.response(Apis.Fetch, 12), undefined)
  path.fetchBudget.giveBack(600 * 1024 * 1024)
  world.run()
  const records = client.response(Apis.Fetch, 12)?.responses[0]?.partitions[0]?.records
  assert.deepEqual(valuesOf(records), ['a'])
  assert.equal(path.fetchBudget.bytes, 0)
})

test('a fetch that waits for memory tells errors at once', async () => {
  const { client, path, topicId, world } = await setUp()
  path.fetchBudget.take(600 * 1024 * 1024)
  client.bufferedBytes = 1000
  client.request(Apis.Fetch, 12, fetchOf(topicId, [{ partition: 9 }], { maxWaitMs: 500 }))
  world.run()
  const partition = client.response(Apis.Fetch, 12)?.responses[0]?.partitions[0]
  assert.equal(partition?.errorCode, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
})

test('a fetch gives no more than what others left of the memory of fetches, and waits for no more than that', async () => {
  const { client, path, produce, topicId, world } = await setUp()
  for (const partition of [0, 1, 2]) produce(['a'.repeat(600_000)], partition)
  path.fetchBudget.take(255 * 1024 * 1024)
  const partitions = [0, 1, 2].map(partition => ({ partition }))
  const limits = { maxWaitMs: 500, minBytes: 1_500_000 }
  client.request(Apis.Fetch, 12, fetchOf(topicId, partitions, limits))
  world.run()
  const answer = client.response(Apis.Fetch, 12)?.responses[0]?.partitions
  assert.deepEqual(
    answer?.map(({ records }) => valuesOf(records).length),
    [1, 0, 0],
  )
})
