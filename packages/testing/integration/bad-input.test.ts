/**
 * Input that no client should send: a proper error or a closed connection, and nobody else notices. Each test holds a
 * second, well-behaved connection that must be served before and after, and a bound on the memory of the broker.
 */
import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { crc32c } from '@moldau/base'
import { Apis, BatchBuilder, encodeRequest, ErrorCode } from '@moldau/protocol'
import { BrokerProcess, createTopic, RawConnection, readPartition } from '@moldau/testing'

/** What the broker may have taken, beyond what it had before the bad input came. */
const MEMORY_GROWTH_MAX_MB = 220
const topic = 'witness'

let broker: BrokerProcess
let witness: RawConnection
let memoryBefore = 0
/** Records that the well-behaved connection has written. */
let witnessCount = 0

before(async () => {
  broker = await BrokerProcess.create()
  await broker.start()
  witness = await RawConnection.open(broker.port)
  await createTopic(witness, topic, 1)
  await writeWitness()
  memoryBefore = broker.memoryMb()
})
after(() => broker[Symbol.asyncDispose]())

async function writeWitness(): Promise<void> {
  assert.equal(await produce(witness, goodBatch()), ErrorCode.NONE)
  witnessCount++
}

/** The well-behaved connection is served, what it wrote is there and nothing else, and memory is within its bound. */
async function assertUnharmed(): Promise<void> {
  await writeWitness()
  const records = await readPartition(witness, topic, 0)
  assert.deepEqual(
    records.map(({ offset, key, value }) => `${offset} ${key} ${value}`),
    Array.from({ length: witnessCount }, (_, offset) => `${offset} k v`),
  )
  const growth = broker.memoryMb() - memoryBefore
  assert.ok(growth < MEMORY_GROWTH_MAX_MB, `memory grew by ${growth.toFixed(0)} MB`)
}

function goodBatch(): Buffer {
  const builder = new BatchBuilder()
  builder.append({ timestamp: 1_700_000_000_000, key: Buffer.from('k'), value: Buffer.from('v') })
  return builder.build()
}

/** Sends a batch; the error of its partition. */
async function produce(connection: RawConnection, records: Buffer): Promise<number | undefined> {
  const answer = await connection.request(Apis.Produce, 9, {
    acks: -1,
    timeoutMs: 5000,
    topicData: [{ name: topic, partitionData: [{ index: 0, records }] }],
  })
  return answer.responses[0]?.partitionResponses[0]?.errorCode
}

/** Sends bytes on a connection of their own, which must then be closed by the broker. */
async function assertCloses(...bytes: Uint8Array[]): Promise<void> {
  const connection = await RawConnection.open(broker.port)
  for (const part of bytes) connection.send(part)
  await connection.closed()
  await assertUnharmed()
}

function sized(size: number): Buffer {
  const frame = Buffer.alloc(4)
  frame.writeInt32BE(size)
  return frame
}

/** A frame around a header (key, version) and any body. */
function frame(apiKey: number, apiVersion: number, body: Buffer): Buffer {
  const header = Buffer.alloc(10)
  header.writeInt16BE(apiKey, 0)
  header.writeInt16BE(apiVersion, 2)
  header.writeInt32BE(1, 4)
  header.writeInt16BE(-1, 8)
  return Buffer.concat([sized(header.length + body.length), header, body])
}

test('a frame size of -1 closes the connection', () => assertCloses(sized(-1)))

test('a frame size of 2^31-1 closes the connection before anything is allocated', () =>
  assertCloses(sized(2 ** 31 - 1), Buffer.alloc(100)))

test('a frame too short for a header closes the connection', () =>
  assertCloses(sized(3), Buffer.alloc(3)))

test('an unknown API closes the connection', () => assertCloses(frame(9999, 0, Buffer.alloc(20))))

test('an unknown version of a known API closes the connection', () =>
  assertCloses(frame(Apis.Metadata.key, 99, Buffer.alloc(20))))

test('an unknown version of ApiVersions is answered in version 0 with the range that is served', async () => {
  const connection = await RawConnection.open(broker.port)
  // The header is of the newest form: its tags are there, and none.
  connection.send(frame(Apis.ApiVersions.key, 99, Buffer.alloc(1)))
  const answer = Apis.ApiVersions.response.decode((await connection.frame())!.subarray(4), 0)
  assert.equal(answer.errorCode, ErrorCode.UNSUPPORTED_VERSION)
  assert.deepEqual(
    answer.apiKeys.map(({ apiKey, minVersion, maxVersion }) => [apiKey, minVersion, maxVersion]),
    [[18, 0, 4]],
  )
  const again = await connection.request(Apis.ApiVersions, 3, {
    clientSoftwareName: 'x',
    clientSoftwareVersion: '1',
  })
  assert.equal(again.errorCode, ErrorCode.NONE)
  connection.destroy()
  await assertUnharmed()
})

test('random bytes are survived, on two hundred connections', async () => {
  let seed = 42
  const next = (): number => (seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0) >>> 8
  const connections: RawConnection[] = []
  for (let i = 0; i < 200; i++) {
    const connection = await RawConnection.open(broker.port)
    connection.send(Buffer.from(Array.from({ length: 1 + (next() % 2000) }, () => next() & 0xff)))
    connection.finish()
    connections.push(connection)
  }
  for (const connection of connections) await connection.closed()
  await assertUnharmed()
})

test('a request cut at every byte is survived', async () => {
  const whole = encodeRequest(
    Apis.Metadata,
    12,
    { correlationId: 1, clientId: 'cut' },
    { topics: [{ name: topic }] },
  )
  for (let length = 0; length < whole.length; length++) {
    const connection = await RawConnection.open(broker.port)
    connection.send(whole.subarray(0, length))
    connection.finish()
    await connection.closed()
  }
  await assertUnharmed()
})

test('a valid produce with any one byte changed is answered or ends its connection, and leaves other data alone', async () => {
  const whole = encodeRequest(
    Apis.Produce,
    9,
    { correlationId: 1, clientId: 'noise' },
    {
      acks: -1,
      timeoutMs: 100,
      topicData: [{ name: 'no-such-topic', partitionData: [{ index: 0, records: goodBatch() }] }],
    },
  )
  // The size itself is left alone: a larger one is a frame that does not become whole.
  for (let i = 4; i < whole.length; i++) {
    const changed = Buffer.from(whole)
    changed[i]! ^= 1 << (i % 8)
    const connection = await RawConnection.open(broker.port)
    connection.send(changed)
    connection.finish()
    await connection.closed()
  }
  await assertUnharmed()
})

test('a body cut at every byte inside a whole frame is answered with an error or a closed connection', async () => {
  const whole = encodeRequest(
    Apis.Fetch,
    12,
    { correlationId: 1, clientId: 'cut' },
    {
      maxWaitMs: 0,
      minBytes: 0,
      topics: [{ topic, partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1000 }] }],
    },
  )
  for (let length = 8; length < whole.length - 4; length++) {
    const connection = await RawConnection.open(broker.port)
    connection.send(Buffer.concat([sized(length), whole.subarray(4, 4 + length)]))
    const answer = await connection.frame()
    assert.ok(answer === undefined || answer.length >= 4)
    connection.destroy()
  }
  await assertUnharmed()
})

test('an array of 2^31-1 elements closes the connection', async () => {
  const count = Buffer.alloc(4)
  count.writeInt32BE(2 ** 31 - 1)
  await assertCloses(frame(Apis.Metadata.key, 1, Buffer.concat([count, Buffer.alloc(50)])))
})

test('a compact array of 2^31-2 elements closes the connection', () =>
  assertCloses(
    frame(
      Apis.Metadata.key,
      9,
      Buffer.concat([Buffer.from([0, 0xff, 0xff, 0xff, 0xff, 0x07]), Buffer.alloc(50)]),
    ),
  ))

test('a varint that does not end closes the connection', () =>
  assertCloses(
    frame(Apis.Metadata.key, 9, Buffer.concat([Buffer.from([0]), Buffer.alloc(30, 0xff)])),
  ))

test('a batch with a wrong CRC is refused as corrupt', async () => {
  const records = goodBatch()
  records[records.length - 1]! ^= 1
  assert.equal(await produce(witness, records), ErrorCode.CORRUPT_MESSAGE)
  await assertUnharmed()
})

/** Changes a batch and makes its CRC right again. */
function forged(change: (records: Buffer) => void, records = goodBatch()): Buffer {
  change(records)
  records.writeUInt32BE(crc32c(records, 21, records.length), 17)
  return records
}

test('a batch that counts more records than it has is refused', async () => {
  for (const count of [0, -1, 2, 2 ** 31 - 1]) {
    const error = await produce(
      witness,
      forged(records => records.writeInt32BE(count, 57)),
    )
    assert.ok(
      error === ErrorCode.INVALID_RECORD || error === ErrorCode.CORRUPT_MESSAGE,
      `count ${count}: error ${error}`,
    )
  }
  await assertUnharmed()
})

test('a batch whose last offset is not that of its last record is refused', async () => {
  const error = await produce(
    witness,
    forged(records => records.writeInt32BE(7, 23)),
  )
  assert.ok(
    error === ErrorCode.INVALID_RECORD || error === ErrorCode.CORRUPT_MESSAGE,
    `error ${error}`,
  )
  await assertUnharmed()
})

test('a batch longer or shorter than the request says is refused', async () => {
  for (const length of [0, 10, 2 ** 31 - 1, -5]) {
    const records = goodBatch()
    records.writeInt32BE(length, 8)
    const error = await produce(witness, records)
    assert.ok(
      error === ErrorCode.INVALID_RECORD || error === ErrorCode.CORRUPT_MESSAGE,
      `length ${length}: error ${error}`,
    )
  }
  await assertUnharmed()
})

/** A batch whose compressed part grows to 256 MiB of zeros. */
function bomb(codec: 1 | 4): Buffer {
  const zeros = Buffer.alloc(256 * 1024 * 1024)
  const compressed = codec === 1 ? gzipSync(zeros) : zstdCompressSync(zeros)
  const header = goodBatch().subarray(0, 61)
  const records = Buffer.concat([header, compressed])
  return forged(whole => {
    whole.writeInt32BE(whole.length - 12, 8)
    whole.writeInt16BE(codec, 21)
  }, records)
}

test('a decompression bomb in zstd is refused within the memory bound', async () => {
  const error = await produce(witness, bomb(4))
  assert.notEqual(error, ErrorCode.NONE)
  await assertUnharmed()
})

test('a decompression bomb in gzip is refused within the memory bound', async () => {
  const error = await produce(witness, bomb(1))
  assert.notEqual(error, ErrorCode.NONE)
  await assertUnharmed()
})

test('a control batch from a client is refused', async () => {
  const error = await produce(
    witness,
    forged(records => records.writeInt16BE(0x20, 21)),
  )
  assert.equal(error, ErrorCode.INVALID_RECORD)
  await assertUnharmed()
})

test('topic names that would leave the data folder are refused', async () => {
  const outside = readdirSync(path.dirname(broker.directory))
  for (const name of [
    '..',
    '.',
    '../evil',
    'a/b',
    '/etc/evil',
    'a\0b',
    '',
    'x'.repeat(250),
    'sp ace',
    '%2e%2e',
  ]) {
    const answer = await witness.request(Apis.CreateTopics, 7, {
      topics: [{ name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }],
      timeoutMs: 5000,
    })
    assert.equal(
      answer.topics[0]?.errorCode,
      ErrorCode.INVALID_TOPIC_EXCEPTION,
      JSON.stringify(name),
    )
    const metadata = await witness.request(Apis.Metadata, 9, {
      topics: [{ name }],
      allowAutoTopicCreation: true,
    })
    assert.equal(
      metadata.topics[0]?.errorCode,
      ErrorCode.INVALID_TOPIC_EXCEPTION,
      JSON.stringify(name),
    )
  }
  assert.deepEqual(readdirSync(path.dirname(broker.directory)), outside)
  assert.equal(existsSync('/etc/evil'), false)
  await assertUnharmed()
})

test('a client that never reads its answers does not fill the memory', async () => {
  const connection = await RawConnection.open(broker.port)
  const request = encodeRequest(Apis.ApiVersions, 2, { correlationId: 1, clientId: 'deaf' }, {})
  connection.pause()
  for (let i = 0; i < 20_000; i++) connection.send(request)
  await assertUnharmed()
  connection.destroy()
})

test('HTTP and TLS spoken to the port close the connection', async () => {
  await assertCloses(Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'))
  await assertCloses(Buffer.from('16030100f5010000f10303', 'hex'), Buffer.alloc(200))
})
