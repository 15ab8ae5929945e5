/** What is checked in the records of a Produce request, against the settings of the topic, and what is stored of them. */
import { Apis, batch, type Compression, encodeRequest, type RecordInput } from '@moldau/protocol'
import { type Side, testCase } from '../case.ts'
import { batchOf, SOME_TIME, versionsOf } from '../requests.ts'

const HOUR_MS = 3_600_000

async function produce(side: Side, name: string, records: Buffer, version = 12, acks = -1) {
  return side.attempt(Apis.Produce, version, {
    acks,
    timeoutMs: 5000,
    topicData: [{ name, partitionData: [{ index: 0, records }] }],
  })
}

async function fetchAll(side: Side, name: string, version = 12) {
  await side.ask(Apis.Fetch, version, {
    maxWaitMs: 0,
    minBytes: 0,
    maxBytes: 5e7,
    topics: [
      { topic: name, partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 5e7 }] },
    ],
  })
}

const at = (
  timestamp: number,
  key: string | null = null,
  value: string | null = 'v',
): RecordInput => ({
  timestamp,
  key: key === null ? null : Buffer.from(key),
  value: value === null ? null : Buffer.from(value),
})

/** A batch of three with a changed field and a right checksum. */
function changed(change: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.from(batchOf({}, 'a', 'b', 'c'))
  change(bytes)
  batch.setMaxTimestamp(bytes, 0, 'CreateTime', batch.maxTimestamp(bytes, 0))
  return bytes
}

/** As `changed`, and the attributes stay what they are changed to. */
function withAttributes(attributes: number): Buffer {
  return changed(bytes => bytes.writeInt16BE(attributes, 21))
}

const shapes: Readonly<Record<string, () => Buffer>> = {
  'count too high': () => changed(bytes => bytes.writeInt32BE(4, 57)),
  'count too low': () => changed(bytes => bytes.writeInt32BE(2, 57)),
  'count zero': () => changed(bytes => bytes.writeInt32BE(0, 57)),
  'count negative': () => changed(bytes => bytes.writeInt32BE(-1, 57)),
  'last offset too high': () => changed(bytes => bytes.writeInt32BE(3, 23)),
  'last offset too low': () => changed(bytes => bytes.writeInt32BE(1, 23)),
  'last offset negative': () => changed(bytes => bytes.writeInt32BE(-1, 23)),
  'record length too long': () => changed(bytes => (bytes[61]! += 2)),
  'record length too short': () => changed(bytes => (bytes[61]! -= 2)),
  'record length negative': () => changed(bytes => (bytes[61] = 1)),
  'record attributes': () => changed(bytes => (bytes[62] = 1)),
  'timestamp delta': () => changed(bytes => (bytes[63] = 8)),
  'offset delta wrong': () => changed(bytes => (bytes[64] = 8)),
  'key length too long': () => changed(bytes => (bytes[65] = 0x7e)),
  'key length -2': () => changed(bytes => (bytes[65] = 3)),
  'delete horizon': () => withAttributes(0x40),
  'compression 5': () => withAttributes(5),
  'compression 7': () => withAttributes(7),
  'unused attribute': () => withAttributes(0x4000),
  'gzip claimed': () => withAttributes(1),
  'snappy claimed': () => withAttributes(2),
  'lz4 claimed': () => withAttributes(3),
  'zstd claimed': () => withAttributes(4),
  'length field small': () => {
    const bytes = Buffer.from(batchOf({}, 'a'))
    bytes.writeInt32BE(20, 8)
    return bytes
  },
  'length field negative': () => {
    const bytes = Buffer.from(batchOf({}, 'a'))
    bytes.writeInt32BE(-5, 8)
    return bytes
  },
  'largest time too high': () => {
    const bytes = Buffer.from(batchOf({}, 'a', 'b'))
    batch.setMaxTimestamp(bytes, 0, 'CreateTime', SOME_TIME + 99)
    return bytes
  },
  'largest time -1': () => {
    const bytes = Buffer.from(batchOf({}, 'a', 'b'))
    batch.setMaxTimestamp(bytes, 0, 'CreateTime', -1)
    return bytes
  },
  'append time claimed': () => {
    const bytes = Buffer.from(batchOf({}, 'a', 'b'))
    batch.setMaxTimestamp(bytes, 0, 'LogAppendTime', SOME_TIME)
    return bytes
  },
  'producer without epoch': () => batchOf({ producerId: 5 }, 'a'),
  'producer without sequence': () => batchOf({ producerId: 5, producerEpoch: 0 }, 'a'),
  'null headers and empty names': () =>
    batchOf(
      {},
      {
        ...at(5),
        headers: [
          { key: 'h', value: null },
          { key: '', value: Buffer.from('x') },
          { key: 'h', value: Buffer.from('y') },
        ],
      },
    ),
}

export const cases = [
  testCase('the shape of a batch', async side => {
    const name = side.name('t')
    await side.createTopic(name)
    for (const version of [3, 8, 12])
      for (const shape of Object.values(shapes)) await produce(side, name, shape(), version)
    await fetchAll(side, name)
  }),

  testCase('sizes', async side => {
    const name = side.name('t')
    await side.createTopic(name, { configs: { 'max.message.bytes': '1000' } })
    for (const version of [3, 8, 12])
      for (const size of [900, 927, 928, 929, 930, 2000])
        await produce(side, name, batchOf({}, 'x'.repeat(size)), version)
    await produce(side, name, batchOf({ compression: 'gzip' }, 'x'.repeat(20_000)))
    const small = side.name('small')
    await side.createTopic(small, {
      configs: { 'segment.bytes': '1048576', 'max.message.bytes': '5000000' },
    })
    for (const size of [1_048_000, 1_048_500, 1_100_000])
      await produce(side, small, batchOf({}, Buffer.alloc(size)))
  }),

  testCase('timestamps', async side => {
    const name = side.name('t')
    const now = Date.now()
    await side.createTopic(name)
    for (const version of [3, 8, 12])
      for (const records of [
        [at(now + 2 * HOUR_MS), at(1)],
        [at(now), at(now + 9e9), at(now + 9e9)],
        [at(-1)],
        [at(-2)],
        [at(0)],
        [at(2 ** 42)],
        [at(now)],
      ])
        await produce(side, name, batchOf({}, ...records), version)
    const narrow = side.name('narrow')
    await side.createTopic(narrow, {
      configs: {
        'message.timestamp.before.max.ms': '60000',
        'message.timestamp.after.max.ms': '60000',
      },
    })
    for (const compression of ['none', 'gzip'] as const)
      for (const timestamp of [5, now, now + HOUR_MS, now - HOUR_MS])
        await produce(side, narrow, batchOf({ compression }, at(timestamp)))
  }),

  testCase('the time of the append', async side => {
    const name = side.name('t')
    await side.createTopic(name, { configs: { 'message.timestamp.type': 'LogAppendTime' } })
    for (const version of versionsOf(Apis.Produce).filter(v => v >= 3 && v < 13))
      await produce(side, name, batchOf({}, 'a', 'b'), version)
    await produce(side, name, batchOf({ compression: 'gzip' }, 'a', 'b'))
    await produce(side, name, batchOf({}, at(Date.now() + 9e9)))
    await produce(side, name, batchOf({}, at(-1)))
    await fetchAll(side, name)
  }),

  testCase('keys on a compacted topic', async side => {
    const name = side.name('t')
    await side.createTopic(name, { configs: { 'cleanup.policy': 'compact' } })
    for (const version of versionsOf(Apis.Produce).filter(v => v >= 3 && v < 13)) {
      await produce(side, name, batchOf({}, at(5), at(5, 'k'), at(5, null, null)), version)
      await produce(side, name, batchOf({ compression: 'gzip' }, at(5)), version)
      await produce(side, name, batchOf({}, at(5, 'k', null), at(6, '')), version)
    }
    await fetchAll(side, name)
  }),

  ...['uncompressed', 'gzip', 'snappy', 'lz4', 'zstd', 'producer'].map(type =>
    testCase(`compression.type ${type}`, async side => {
      const name = side.name('t')
      await side.createTopic(name, { configs: { 'compression.type': type } })
      for (const compression of ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const)
        await produce(side, name, batchOf({ compression }, 'a'.repeat(40), 'b'.repeat(13)))
      for (const version of [4, 10, 12]) await fetchAll(side, name, version)
    }),
  ),

  testCase('old fetches of zstd', async side => {
    for (const compression of ['zstd', 'gzip', 'none'] satisfies Compression[]) {
      const name = side.name(compression)
      await side.createTopic(name)
      await produce(side, name, batchOf({ compression }, 'a'))
      for (const version of [4, 5, 6, 7, 8, 9, 10]) await fetchAll(side, name, version)
    }
  }),

  testCase('min.insync.replicas of two', async side => {
    const name = side.name('t')
    await side.createTopic(name, { configs: { 'min.insync.replicas': '2' } })
    for (const version of versionsOf(Apis.Produce).filter(v => v >= 3 && v < 13))
      for (const acks of [-1, 1]) await produce(side, name, batchOf({}, 'a'), version, acks)
  }),

  testCase('acks=0 answers nothing, and closes after a mistake', async side => {
    const name = side.name('t')
    await side.createTopic(name, { configs: { 'max.message.bytes': '1000' } })
    for (const [topic, records] of [
      [name, batchOf({}, 'a')],
      [side.name('missing'), batchOf({}, 'a')],
      [name, batchOf({}, 'a'.repeat(2000))],
      [name, Buffer.alloc(30)],
    ] as const) {
      const connection = await side.connection()
      const topicData = [{ name: topic, partitionData: [{ index: 0, records }] }]
      const header = { correlationId: 1, clientId: 'x' }
      connection.send(
        encodeRequest(Apis.Produce, 9, header, { acks: 0, timeoutMs: 1000, topicData }),
      )
      connection.send(encodeRequest(Apis.ApiVersions, 0, { ...header, correlationId: 2 }, {}))
      const frame = await connection.frame(3000)
      side.observe('answered', Buffer.isBuffer(frame) ? frame.readInt32BE(0) : (frame ?? 'closed'))
    }
    await side.until(
      Apis.ListOffsets,
      5,
      {
        replicaId: -1,
        isolationLevel: 0,
        topics: [{ name, partitions: [{ partitionIndex: 0, timestamp: -1 }] }],
      },
      answer => answer.topics[0]?.partitions[0]?.offset === 1,
    )
    await fetchAll(side, name)
  }),
]
