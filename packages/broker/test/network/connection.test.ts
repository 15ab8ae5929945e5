import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Apis, encodeRequest, ErrorCode } from '@moldau/protocol'
import { batchOf, DataPath, fetchOf, produceOf } from '../data-path.ts'
import { ManualWorld } from '../manual-world.ts'

async function setUp() {
  const world = new ManualWorld()
  const path = await DataPath.open(world, '/data')
  const topicId = path.createTopic('orders', 1)
  return { world, path, topicId, client: path.connect() }
}

const software = { clientSoftwareName: 'test', clientSoftwareVersion: '1.0' }

test('tells the versions of its APIs', async () => {
  const { client } = await setUp()
  client.request(Apis.ApiVersions, 3, software)
  const response = client.response(Apis.ApiVersions, 3)
  assert.equal(response?.errorCode, 0)
  const produce = response.apiKeys.find(({ apiKey }) => apiKey === 0)
  assert.deepEqual([produce?.minVersion, produce?.maxVersion], [0, 13])
})

test('answers ApiVersions of an unknown version in version 0 and goes on', async () => {
  const { client } = await setUp()
  const frame = Buffer.from('0000001d001200050000000100047465737400', 'hex')
  const request = Buffer.concat([frame, Buffer.alloc(4 + 0x1d - frame.length)])
  client.arrive(request)
  const response = client.response(Apis.ApiVersions, 0)
  assert.equal(response?.errorCode, ErrorCode.UNSUPPORTED_VERSION)
  assert.deepEqual(
    response.apiKeys.map(({ apiKey, maxVersion }) => [apiKey, maxVersion]),
    [[18, 4]],
  )
  client.request(Apis.ApiVersions, 0, {})
  assert.equal(client.response(Apis.ApiVersions, 0)?.errorCode, 0)
})

test('closes on ApiVersions of an unknown version whose header has no tags', async () => {
  const { client } = await setUp()
  client.arrive(Buffer.from('0000000a00120005000000070000', 'hex'))
  assert.ok(client.isClosed)
})

test('answers ApiVersions of a negative version too', async () => {
  const { client } = await setUp()
  client.arrive(Buffer.from('0000000c0012ffff0000000700026162', 'hex'))
  assert.equal(client.response(Apis.ApiVersions, 0)?.errorCode, ErrorCode.UNSUPPORTED_VERSION)
})

test('refuses a client whose software has no proper name', async () => {
  const { client } = await setUp()
  client.request(Apis.ApiVersions, 3, { clientSoftwareName: '', clientSoftwareVersion: '1.0' })
  assert.equal(client.response(Apis.ApiVersions, 3)?.errorCode, ErrorCode.INVALID_REQUEST)
})

test('replies in the order of the requests, all of one read in one write', async () => {
  const { world, client, topicId } = await setUp()
  client.request(Apis.Fetch, 12, fetchOf(topicId, [{ partition: 0 }], { maxWaitMs: 500 }))
  client.request(Apis.ApiVersions, 3, software)
  client.request(Apis.ApiVersions, 3, software)
  assert.equal(client.writeCount, 0)
  world.advance(500)
  assert.equal(client.writeCount, 1)
  assert.equal(client.response(Apis.Fetch, 12)?.errorCode, 0)
  assert.equal(client.response(Apis.ApiVersions, 3)?.errorCode, 0)
  assert.equal(client.response(Apis.ApiVersions, 3)?.errorCode, 0)
})

test('stops reading while too many requests are in progress', async () => {
  const { world, client } = await setUp()
  world.isDiskStalled = true
  for (let i = 0; i < 63; i++) client.request(Apis.Produce, 9, produceOf('orders', batchOf('a')))
  assert.equal(client.isPaused, false)
  client.request(Apis.Produce, 9, produceOf('orders', batchOf('a')))
  assert.equal(client.isPaused, true)
  world.isDiskStalled = false
  world.run()
  assert.equal(client.isPaused, false)
  for (let i = 0; i < 64; i++)
    assert.equal(
      client.response(Apis.Produce, 9)?.responses[0]?.partitionResponses[0]?.baseOffset,
      i,
    )
})

test('closes on an unknown API, an unknown version, a size that cannot be, and other protocols', async () => {
  const frames = [
    Buffer.from('0000000a03e70000000000010000', 'hex'),
    Buffer.from('0000000a000100030000000100000000', 'hex'),
    Buffer.from('ffffffff0012000000000001', 'hex'),
    Buffer.from('000000020012000000000001', 'hex'),
    Buffer.from('7fffffff0012000000000001', 'hex'),
    Buffer.from('000186a00012000300000001', 'hex'),
    Buffer.from('GET / HTTP/1.1\r\n\r\n'),
    Buffer.from('16030102000100', 'hex'),
  ]
  for (const frame of frames) {
    const { client } = await setUp()
    client.arrive(Buffer.concat([frame, Buffer.alloc(8)]))
    assert.equal(client.isClosed, true, frame.toString('hex'))
  }
})

test('a produce may be the first request of a connection, also a large one', async () => {
  const { client, world } = await setUp()
  const large = batchOf('x'.repeat(900_000))
  client.request(Apis.Produce, 9, produceOf('orders', large))
  world.run()
  assert.equal(client.response(Apis.Produce, 9)?.responses[0]?.partitionResponses[0]?.errorCode, 0)
})

test('requests that arrive in one read wait while too many are in progress', async () => {
  const { world, client, path } = await setUp()
  world.isDiskStalled = true
  const one = (correlationId: number) =>
    encodeRequest(
      Apis.Produce,
      9,
      { correlationId, clientId: 'test' },
      produceOf('orders', batchOf('a')),
    )
  client.arrive(Buffer.concat(Array.from({ length: 200 }, (_, i) => one(i))))
  assert.equal(client.isPaused, true)
  assert.equal(path.replicas.partition('orders', 0)?.log.logEndOffset, 64)
  world.isDiskStalled = false
  world.run()
  assert.equal(client.isPaused, false)
  for (let i = 0; i < 200; i++)
    assert.equal(
      client.response(Apis.Produce, 9)?.responses[0]?.partitionResponses[0]?.baseOffset,
      i,
    )
})

test('requests wait while the client does not take its replies', async () => {
  const { world, client } = await setUp()
  const requests = Buffer.concat(
    Array.from({ length: 100 }, (_, correlationId) =>
      encodeRequest(Apis.ApiVersions, 3, { correlationId, clientId: 'test' }, software),
    ),
  )
  client.bufferedBytes = 2 * 1024 * 1024
  client.arrive(requests)
  assert.equal(client.isPaused, true)
  client.bufferedBytes = 0
  client.drained()
  world.run()
  assert.equal(client.isPaused, false)
  for (let i = 0; i < 100; i++) assert.equal(client.response(Apis.ApiVersions, 3)?.errorCode, 0)
})

test('a request of many elements is answered in parts, and those behind it wait', async () => {
  const { world, client, path } = await setUp()
  const names = Array.from({ length: 3000 }, (_, i) => (i % 2 === 0 ? 'orders' : `none-${i}`))
  const topics = names.map(name => ({ name, partitions: [{ partitionIndex: 0, timestamp: -1 }] }))
  client.request(Apis.ApiVersions, 3, software)
  client.request(Apis.ListOffsets, 6, { replicaId: -1, isolationLevel: 0, topics })
  assert.equal(client.isPaused, true)
  const other = path.connect()
  other.request(Apis.ApiVersions, 3, software)
  assert.equal(other.response(Apis.ApiVersions, 3)?.errorCode, 0)
  client.response(Apis.ApiVersions, 3)
  assert.equal(client.response(Apis.ListOffsets, 6), undefined)
  for (let i = 0; i < 10; i++) await world.settle()
  const answer = client.response(Apis.ListOffsets, 6)
  assert.deepEqual(
    answer?.topics.map(({ name }) => name),
    names,
  )
  assert.deepEqual(
    answer.topics.slice(0, 2).map(({ partitions }) => partitions[0]?.errorCode),
    [0, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
  )
  assert.equal(client.isPaused, false)
})

test('a large request that cannot be read closes the connection', async () => {
  const { world, client } = await setUp()
  client.request(Apis.ApiVersions, 3, software)
  const frame = Buffer.alloc(40_000, 0xff)
  frame.writeInt32BE(frame.length - 4, 0)
  frame.writeInt16BE(Apis.ListOffsets.key, 4)
  frame.writeInt16BE(6, 6)
  frame.fill(0, 8, 20)
  client.arrive(frame)
  await world.settle()
  assert.equal(client.isClosed, true)
})
