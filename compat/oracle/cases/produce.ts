/** Produce in every version: what is acknowledged, and each kind of refusal. */
import { Apis, type Compression } from '@moldau/protocol'
import { type Side, testCase } from '../case.ts'
import { batchOf, UNKNOWN_ID, versionsOf, ZERO_ID } from '../requests.ts'

const compressions: readonly Compression[] = ['gzip', 'snappy', 'lz4', 'zstd']

interface Topic {
  readonly name: string
  readonly topicId: string
}

/** A partition's part of a request. */
interface Part {
  readonly index: number
  readonly records: Buffer | null
}

function topicData(version: number, topic: Topic, ...partitionData: readonly Part[]) {
  return version >= 13
    ? { topicId: topic.topicId, partitionData }
    : { name: topic.name, partitionData }
}

function produce(
  side: Side,
  version: number,
  topic: Topic,
  records: Buffer | null,
  options: { acks?: number; timeoutMs?: number; index?: number } = {},
) {
  const { acks = -1, timeoutMs = 5000, index = 0 } = options
  return side.attempt(Apis.Produce, version, {
    acks,
    timeoutMs,
    topicData: [topicData(version, topic, { index, records })],
  })
}

async function makeTopic(side: Side, text = 't', partitions = 1): Promise<Topic> {
  const name = side.name(text)
  return { name, topicId: await side.createTopic(name, { partitions }) }
}

const one = batchOf({}, 'a')

function changed(change: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.from(one)
  change(bytes)
  return bytes
}

/** Records that are refused, or that look odd. */
const odd: Readonly<Record<string, Buffer>> = {
  'two batches': Buffer.concat([one, one]),
  'no bytes': Buffer.alloc(0),
  'a batch cut short': one.subarray(0, one.length - 2),
  'a header cut short': one.subarray(0, 30),
  'ten bytes': one.subarray(0, 10),
  'format 0': changed(bytes => (bytes[16] = 0)),
  'format 1': changed(bytes => (bytes[16] = 1)),
  'format 3': changed(bytes => (bytes[16] = 3)),
  'a wrong checksum': changed(bytes => (bytes[17]! ^= 1)),
  'a flipped last byte': changed(bytes => (bytes[bytes.length - 1]! ^= 1)),
  'a control batch': batchOf({ isControl: true, producerId: 5, producerEpoch: 0 }, 'a'),
  'a transactional batch': batchOf(
    { isTransactional: true, producerId: 500, producerEpoch: 0, baseSequence: 0 },
    'a',
  ),
  'a base offset': batchOf({ baseOffset: 77, partitionLeaderEpoch: 3 }, 'a'),
  'a leader epoch': batchOf({ partitionLeaderEpoch: 3 }, 'a'),
}

const versions = versionsOf(Apis.Produce).filter(version => version >= 3)

export const cases = [
  ...versions.map(version =>
    testCase(`acknowledged, Produce v${version}`, async side => {
      const topic = await makeTopic(side)
      for (const acks of [-1, 1])
        await produce(side, version, topic, batchOf({}, 'a', 'b', 'c'), { acks })
      for (const compression of compressions)
        if (compression !== 'zstd' || version >= 7)
          await produce(side, version, topic, batchOf({ compression }, 'a', 'b', 'c'))
      await produce(side, version, topic, one, { timeoutMs: 0 })
      await produce(side, version, topic, one, { timeoutMs: -1 })
      await side.ask(Apis.Fetch, 12, {
        maxWaitMs: 0,
        minBytes: 0,
        maxBytes: 1e6,
        topics: [
          {
            topic: topic.name,
            partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1e6 }],
          },
        ],
      })
    }),
  ),

  testCase('zstd before it was allowed', async side => {
    const topic = await makeTopic(side)
    for (const version of [3, 4, 5, 6])
      await produce(side, version, topic, batchOf({ compression: 'zstd' }, 'a'))
  }),

  testCase('acks that cannot be', async side => {
    const topic = await makeTopic(side)
    for (const version of versions)
      for (const acks of [2, -2, 100]) await produce(side, version, topic, one, { acks })
  }),

  testCase('topics and partitions that are not there', async side => {
    const topic = await makeTopic(side)
    const missing = { name: side.name('missing'), topicId: UNKNOWN_ID }
    for (const version of versions) {
      await produce(side, version, missing, one)
      await produce(side, version, { name: 'a b', topicId: ZERO_ID }, one)
      await produce(side, version, { name: '', topicId: UNKNOWN_ID }, one)
      for (const index of [1, 5, -1]) await produce(side, version, topic, one, { index })
    }
  }),

  testCase('requests without topics or partitions', async side => {
    const topic = await makeTopic(side)
    for (const version of versions) {
      await side.ask(Apis.Produce, version, { acks: -1, timeoutMs: 1000, topicData: [] })
      await side.ask(Apis.Produce, version, {
        acks: -1,
        timeoutMs: 1000,
        topicData: [topicData(version, topic)],
      })
    }
  }),

  testCase('several partitions and topics', async side => {
    const topic = await makeTopic(side, 'a', 3)
    const other = await makeTopic(side, 'b', 2)
    const missing = { name: side.name('missing'), topicId: UNKNOWN_ID }
    for (const version of versions) {
      const send = (...data: readonly ReturnType<typeof topicData>[]) =>
        side.ask(Apis.Produce, version, { acks: -1, timeoutMs: 5000, topicData: data })
      await send(topicData(version, topic, { index: 0, records: one }, { index: 2, records: one }))
      await send(
        topicData(version, topic, { index: 2, records: one }, { index: 0, records: one }),
        topicData(version, other, { index: 1, records: one }),
      )
      await send(topicData(version, topic, { index: 0, records: one }, { index: 7, records: one }))
      await send(
        topicData(
          version,
          topic,
          { index: 1, records: odd['a wrong checksum']! },
          { index: 0, records: one },
        ),
      )
      await send(
        topicData(version, missing, { index: 0, records: one }),
        topicData(version, topic, { index: 0, records: one }),
      )
    }
  }),

  ...Object.entries(odd).map(([label, records]) =>
    testCase(`records: ${label}`, async side => {
      const topic = await makeTopic(side)
      for (const version of versions) await produce(side, version, topic, records)
      await side.ask(Apis.ListOffsets, 5, {
        replicaId: -1,
        isolationLevel: 0,
        topics: [{ name: topic.name, partitions: [{ partitionIndex: 0, timestamp: -1 }] }],
      })
    }),
  ),

  testCase('records: bytes behind the batch', async side => {
    const topic = await makeTopic(side)
    for (const version of versions)
      for (const count of [1, 30, 61])
        await produce(side, version, topic, Buffer.concat([one, Buffer.alloc(count)]))
  }),

  testCase('records: null', async side => {
    const topic = await makeTopic(side)
    for (const version of [3, 9, 13]) await produce(side, version, topic, null)
  }),

  testCase('a transactional id', async side => {
    const topic = await makeTopic(side)
    for (const version of versions)
      await side.attempt(Apis.Produce, version, {
        transactionalId: 'tx',
        acks: -1,
        timeoutMs: 1000,
        topicData: [topicData(version, topic, { index: 0, records: one })],
      })
  }),

  testCase('records for internal topics', async side => {
    await side.readyGroup('g')
    for (const version of versions.filter(v => v < 13))
      await produce(side, version, { name: '__consumer_offsets', topicId: ZERO_ID }, one)
  }),
]
