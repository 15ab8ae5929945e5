import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crc32c } from '@moldau/base'
import { Apis, BatchBuilder, ErrorCode } from '@moldau/protocol'
import { batchOf, DataPath, partitionsOf, produceOf } from '../data-path.ts'
import type { FakeStream } from '../fake-stream.ts'
import { ManualWorld } from '../manual-world.ts'

async function setUp(config = {}) {
  const world = new ManualWorld()
  const path = await DataPath.open(world, '/data', config)
  const topicId = path.createTopic('orders', 2)
  return { world, path, topicId, client: path.connect() }
}

/** Produces and gives the answer for the one partition. */
async function produceOne(records: Buffer, version: number, options = {}) {
  const { world, client, topicId } = await setUp()
  client.request(Apis.Produce, version, produceOf('orders', records, { topicId, ...options }))
  world.run()
  const response = client.response(Apis.Produce, version)
  return { response, partition: response?.responses[0]?.partitionResponses[0], client }
}

test('answers every version with the offset of the batch', async () => {
  for (let version = 3; version <= 13; version++) {
    const { world, client, topicId } = await setUp()
    for (const expected of [0, 2]) {
      client.request(Apis.Produce, version, produceOf('orders', batchOf('a', 'b'), { topicId }))
      world.run()
      const response = client.response(Apis.Produce, version)
      const topic = response?.responses[0]
      assert.equal(version >= 13 ? topic?.topicId : topic?.name, version >= 13 ? topicId : 'orders')
      assert.equal(topic?.partitionResponses[0]?.errorCode, 0, `version ${version}`)
      assert.equal(topic.partitionResponses[0]?.baseOffset, expected)
      assert.equal(topic.partitionResponses[0]?.logAppendTimeMs, -1)
    }
  }
})

test('topics to which nothing is written are not named in the answer, however many', async () => {
  for (const version of [8, 9]) {
    for (const emptyCount of [1, 126, 127, 300]) {
      const { world, client } = await setUp()
      const { topicData, ...request } = produceOf('orders', batchOf('a'))
      const empty = Array.from({ length: emptyCount }, () => ({
        name: 'orders',
        partitionData: [],
      }))
      client.request(Apis.Produce, version, { ...request, topicData: [...empty, ...topicData] })
      world.run()
      const names = client.response(Apis.Produce, version)?.responses.map(({ name }) => name)
      assert.deepEqual(names, ['orders'], `version ${version}, ${emptyCount} topics`)
    }
  }
})

test('a request without time waits for the own disk all the same', async () => {
  const { world, client } = await setUp()
  world.isDiskStalled = true
  client.request(Apis.Produce, 9, { ...produceOf('orders', batchOf('a')), timeoutMs: -1 })
  world.advance(100)
  assert.equal(client.response(Apis.Produce, 9), undefined)
  world.isDiskStalled = false
  world.run()
  assert.equal(client.response(Apis.Produce, 9)?.responses[0]?.partitionResponses[0]?.errorCode, 0)
})

test('with acks=all answers when the disk has it, with acks=1 when it is written', async () => {
  const { world, client } = await setUp()
  world.isDiskStalled = true
  client.request(Apis.Produce, 9, produceOf('orders', batchOf('a'), { acks: 1 }))
  world.run()
  assert.equal(client.response(Apis.Produce, 9)?.responses[0]?.partitionResponses[0]?.errorCode, 0)
  client.request(Apis.Produce, 9, produceOf('orders', batchOf('b')))
  world.run()
  assert.equal(client.response(Apis.Produce, 9), undefined)
  world.isDiskStalled = false
  world.run()
  assert.equal(client.response(Apis.Produce, 9)?.responses[0]?.partitionResponses[0]?.baseOffset, 1)
})

test('under flush.policy=os acks=all does not wait for the disk', async () => {
  const { world, client } = await setUp({ 'flush.policy': 'os' })
  world.isDiskStalled = true
  client.request(Apis.Produce, 9, produceOf('orders', batchOf('a')))
  world.run()
  assert.equal(client.response(Apis.Produce, 9)?.responses[0]?.partitionResponses[0]?.errorCode, 0)
})

test('answers REQUEST_TIMED_OUT, with the offset, when the disk takes too long', async () => {
  const { world, client } = await setUp()
  world.isDiskStalled = true
  client.request(Apis.Produce, 9, { ...produceOf('orders', batchOf('a')), timeoutMs: 1000 })
  world.advance(900)
  assert.equal(client.response(Apis.Produce, 9), undefined)
  world.advance(300)
  const partition = client.response(Apis.Produce, 9)?.responses[0]?.partitionResponses[0]
  assert.equal(partition?.errorCode, ErrorCode.REQUEST_TIMED_OUT)
  assert.equal(partition.baseOffset, 0)
  world.isDiskStalled = false
  world.run()
  assert.equal(client.response(Apis.Produce, 9), undefined)
})

test('a request for several partitions is answered when all of them are committed', async () => {
  const { world, client } = await setUp()
  world.isDiskStalled = true
  const [first, second] = [
    produceOf('orders', batchOf('a')),
    produceOf('orders', batchOf('b'), { partition: 1 }),
  ]
  client.request(Apis.Produce, 9, {
    ...first,
    topicData: [...first.topicData, ...second.topicData],
  })
  world.run()
  assert.equal(client.response(Apis.Produce, 9), undefined)
  world.isDiskStalled = false
  world.run()
  const answer = client.response(Apis.Produce, 9)
  assert.deepEqual(
    answer?.responses.flatMap(({ partitionResponses }) =>
      partitionResponses.map(({ index, errorCode }) => [index, errorCode]),
    ),
    [
      [0, 0],
      [1, 0],
    ],
  )
})

test('acks=0 gets no response, and a closed connection when it failed', async () => {
  const { world, client, path } = await setUp()
  client.request(Apis.Produce, 9, produceOf('orders', batchOf('a'), { acks: 0 }))
  world.run()
  assert.equal(client.response(Apis.Produce, 9), undefined)
  assert.equal(client.isClosed, false)
  assert.equal(partitionsOf(path, 'orders')[0]?.log.logEndOffset, 1)
  client.request(Apis.Produce, 9, produceOf('nowhere', batchOf('a'), { acks: 0 }))
  assert.equal(client.isClosed, true)
})

test('names what is wrong with a request', async () => {
  const two = Buffer.concat([batchOf('a'), batchOf('b')])
  const damaged = batchOf('a')
  damaged[damaged.length - 1] = 0x7f
  const zstd = new BatchBuilder({ compression: 'zstd' })
  zstd.append({ timestamp: 0, key: null, value: Buffer.from('x') })
  const cases: [string, Buffer, number, object, number][] = [
    ['unknown partition', batchOf('a'), 9, { partition: 7 }, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
    [
      'unknown id',
      batchOf('a'),
      13,
      { topicId: 'BBBBBBBBBBBBBBBBBBBBBA' },
      ErrorCode.UNKNOWN_TOPIC_ID,
    ],
    ['acks of 2', batchOf('a'), 9, { acks: 2 }, ErrorCode.INVALID_REQUIRED_ACKS],
    ['two batches', two, 9, {}, ErrorCode.INVALID_RECORD],
    ['no batch', Buffer.alloc(0), 9, {}, ErrorCode.INVALID_RECORD],
    ['a wrong checksum', damaged, 9, {}, ErrorCode.CORRUPT_MESSAGE],
    ['zstd before version 7', zstd.build(), 6, {}, ErrorCode.UNSUPPORTED_COMPRESSION_TYPE],
  ]
  for (const [name, records, version, options, errorCode] of cases) {
    const { partition } = await produceOne(records, version, options)
    assert.equal(partition?.errorCode, errorCode, name)
    assert.equal(partition.baseOffset, -1, name)
  }
})

test('a refused batch has the log start, records without a key have their errors in the words of Kafka', async () => {
  const { world, client } = await setUp({ 'cleanup.policy': ['compact'] })
  client.request(Apis.Produce, 9, produceOf('orders', batchOf('a')))
  world.run()
  const partition = client.response(Apis.Produce, 9)?.responses[0]?.partitionResponses[0]
  const message = 'Compacted topic cannot accept message without key in topic partition orders-0'
  assert.equal(partition?.errorCode, ErrorCode.INVALID_RECORD)
  assert.equal(partition.logStartOffset, 0)
  assert.deepEqual(partition.recordErrors, [{ batchIndex: 0, batchIndexErrorMessage: message }])
  assert.equal(
    partition.errorMessage,
    `One or more records have been rejected due to 1 record errors in total, and only showing the first three errors at most: [RecordError(batchIndex=0, message='${message}')]`,
  )
})

test('a transactional batch needs a transactional id', async () => {
  const builder = new BatchBuilder({
    isTransactional: true,
    producerId: 5,
    producerEpoch: 0,
    baseSequence: 0,
  })
  builder.append({ timestamp: 0, key: null, value: Buffer.from('x') })
  const { partition } = await produceOne(builder.build(), 9)
  assert.equal(partition?.errorCode, ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED)
})

test('a plain batch is appended also under a transactional id', async () => {
  const { world, client } = await setUp()
  const request = { ...produceOf('orders', batchOf('a')), transactionalId: 'payments' }
  client.request(Apis.Produce, 9, request)
  world.run()
  const partition = client.response(Apis.Produce, 9)?.responses[0]?.partitionResponses[0]
  assert.deepEqual([partition?.errorCode, partition?.baseOffset], [0, 0])
})

test('who waits for a topic that is deleted is told', async () => {
  const { world, client, path, topicId } = await setUp()
  world.isDiskStalled = true
  client.request(Apis.Produce, 9, produceOf('orders', batchOf('a')))
  path.deleteTopic(topicId)
  world.run()
  const partition = client.response(Apis.Produce, 9)?.responses[0]?.partitionResponses[0]
  assert.equal(partition?.errorCode, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
})

test('clients do not write to internal topics', async () => {
  const { world, client, path } = await setUp()
  path.createTopic('__consumer_offsets', 1)
  client.request(Apis.Produce, 9, produceOf('__consumer_offsets', batchOf('a')))
  world.run()
  const partition = client.response(Apis.Produce, 9)?.responses[0]?.partitionResponses[0]
  assert.equal(partition?.errorCode, ErrorCode.INVALID_TOPIC_EXCEPTION)
})

test('a request that ends early closes the connection', async () => {
  const { client } = await setUp()
  const frame = Buffer.alloc(24)
  frame.writeInt32BE(20, 0)
  frame.writeInt16BE(0, 4)
  frame.writeInt16BE(9, 6)
  frame.writeInt16BE(-1, 12)
  frame[15] = 0xff
  client.arrive(frame)
  assert.equal(client.isClosed, true)
})

/** A batch of few bytes whose one record has many. */
function heavyBatch(valueBytes: number): Buffer {
  const builder = new BatchBuilder({ compression: 'gzip' })
  builder.append({ timestamp: 0, key: null, value: Buffer.alloc(valueBytes) })
  return builder.build()
}

/** Lets threads of the runtime, and the world, go on until the client has an answer. */
async function answered(world: ManualWorld, client: FakeStream) {
  for (let i = 0; i < 5_000_000; i++) {
    await new Promise(resolve => setImmediate(resolve))
    world.run()
    const response = client.response(Apis.Produce, 9)
    if (response !== undefined) return response.responses[0]?.partitionResponses
  }
  return undefined
}

test('records that decompress to much are checked aside, and what comes behind them waits', async () => {
  const { world, client, path } = await setUp()
  client.request(Apis.Produce, 9, produceOf('orders', heavyBatch(6_000_000)))
  assert.equal(client.isPaused, true)
  assert.ok(path.reservedBytes > 0)
  const other = path.connect()
  other.request(Apis.Produce, 9, produceOf('orders', batchOf('of another connection')))
  world.run()
  const [first] = other.response(Apis.Produce, 9)?.responses[0]?.partitionResponses ?? []
  assert.deepEqual([first?.errorCode, first?.baseOffset], [0, 0])
  const [heavy] = (await answered(world, client)) ?? []
  assert.deepEqual([heavy?.errorCode, heavy?.baseOffset], [0, 1])
  assert.equal(client.isPaused, false)
  assert.equal(path.reservedBytes, 0)
})

test('a connection that ends while its records are checked aside leaves nothing behind', async () => {
  const { world, client, path } = await setUp()
  client.request(Apis.Produce, 9, produceOf('orders', heavyBatch(6_000_000)))
  assert.ok(path.reservedBytes > 0)
  client.destroy()
  for (let i = 0; path.reservedBytes > 0 && i < 5_000_000; i++) {
    await new Promise(resolve => setImmediate(resolve))
    world.run()
  }
  assert.equal(path.reservedBytes, 0)
})

test('records that decompress to more than the memory allows, or are damaged, are refused', async () => {
  const { world, client } = await setUp()
  client.request(Apis.Produce, 9, produceOf('orders', heavyBatch(70_000_000)))
  const [tooLarge] = (await answered(world, client)) ?? []
  assert.equal(tooLarge?.errorCode, ErrorCode.MESSAGE_TOO_LARGE)
  const wrong = Buffer.from(heavyBatch(6_000_000))
  // Two records are stated where one is.
  wrong.writeInt32BE(1, 23)
  wrong.writeInt32BE(2, 57)
  wrong.writeUInt32BE(crc32c(wrong, 21, wrong.length) >>> 0, 17)
  client.request(Apis.Produce, 9, produceOf('orders', wrong))
  const [refused] = (await answered(world, client)) ?? []
  assert.equal(refused?.errorCode, ErrorCode.INVALID_RECORD)
})

test('a produce to very many partitions leaves others their turn, and is answered as a whole', async () => {
  const { world, client } = await setUp()
  const records = batchOf('a')
  const partitionData = Array.from({ length: 500 }, (_, index) => ({ index, records }))
  world.tickMsPerLook = 1
  client.request(Apis.Produce, 9, {
    transactionalId: null,
    acks: -1,
    timeoutMs: 1000,
    topicData: [{ name: 'orders', partitionData }],
  })
  assert.equal(client.isPaused, true)
  const partitions = await answered(world, client)
  assert.equal(partitions?.length, 500)
  assert.deepEqual(
    partitions.slice(1, 3).map(({ index, errorCode }) => [index, errorCode]),
    [
      [1, 0],
      [2, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
    ],
  )
  assert.equal(client.isPaused, false)
})
