/** SEMANTICS 2d.41 to 2d.47, 2d.58, 2d.59: which records a fetch gets, and when. */
import { Apis } from '@moldau/protocol'
import { testCase, type Case, type Side } from '../case.ts'
import { batchOf } from '../semantics/batches.ts'
import type { NotShown } from '../semantics/not-shown.ts'
import {
  createTopic,
  fetch,
  fetchInput,
  produce,
  type FetchInput,
  type Topic,
} from '../semantics/steps.ts'

const LONG_MAX = 2 ** 63
const READ_COMMITTED = 1

/** A topic with batches of three, one and two records. */
async function topicOfSix(side: Side, label: string): Promise<Topic> {
  const topic = await createTopic(side, label)
  for (const values of [['a', 'b', 'c'], ['d'], ['e', 'f']])
    await produce(side, topic, batchOf(values))
  return topic
}

/** A request for partitions 0, 1, 2 … of a topic, in this order. */
function ofPartitions(
  topic: Topic,
  order: readonly number[],
  partitionMaxBytes: number,
  request: Partial<FetchInput> = {},
): FetchInput {
  return fetchInput(topic, 0, {
    request: {
      topics: [
        {
          topic: topic.name,
          topicId: topic.id,
          partitions: order.map(partition => ({ partition, fetchOffset: 0, partitionMaxBytes })),
        },
      ],
      ...request,
    },
  })
}

/** How long a fetch takes, as `at once` or `late`: later than three quarters of its wait. */
async function pace(side: Side, topic: Topic, offset: number, request: Partial<FetchInput>) {
  const maxWaitMs = 800
  const start = performance.now()
  await fetch(side, topic, offset, { version: 12, request: { maxWaitMs, ...request } })
  return performance.now() - start > maxWaitMs * 0.75 ? 'late' : 'at once'
}

export const cases: readonly Case[] = [
  testCase('2d.41 an offset within a batch gets the whole batch', async side => {
    const topic = await topicOfSix(side, 'whole')
    for (const offset of [0, 1, 2, 3, 4, 5]) await fetch(side, topic, offset)
    for (const version of [4, 5, 8, 11, 13, 18]) await fetch(side, topic, 1, { version })
  }),

  testCase(
    '2d.42 the first partition with records gives a batch, however few bytes are asked for',
    async side => {
      const topic = await topicOfSix(side, 'one-byte')
      for (const partitionMaxBytes of [0, 1, 80, 90, 200, -1])
        for (const maxBytes of [1, 100, 1_000_000])
          await fetch(side, topic, 0, { partitionMaxBytes, request: { maxBytes } })
      await fetch(side, topic, 0, { request: { maxBytes: 0 } })
      await fetch(side, topic, 0, { request: { maxBytes: -1 } })
    },
  ),

  testCase('2d.42 the others get what is left, in the order of the request', async side => {
    const topic = await createTopic(side, 'three', {}, 3)
    for (const partition of [0, 1, 2])
      for (const value of ['a', 'b'])
        await produce(side, topic, batchOf([`${partition}${value}`.repeat(50)]), { partition })
    for (const order of [
      [0, 1, 2],
      [2, 0, 1],
      [1, 1, 0],
    ])
      for (const maxBytes of [1, 300, 500, 2000])
        await side.ask(Apis.Fetch, 12, ofPartitions(topic, order, 1000, { maxBytes }))
    await side.ask(Apis.Fetch, 12, ofPartitions(topic, [0, 1, 2], 1))
    await side.ask(Apis.Fetch, 12, ofPartitions(topic, [0, 7, 2], 1000))
  }),

  testCase(
    '2d.43 at the end there is nothing, beyond it and before the start is an error',
    async side => {
      const topic = await topicOfSix(side, 'bounds')
      for (const version of [4, 11, 12, 16]) {
        for (const offset of [6, 7, 1000, -1, -2, LONG_MAX])
          await fetch(side, topic, offset, { version })
      }
      await side.ask(Apis.DeleteRecords, 2, {
        topics: [{ name: topic.name, partitions: [{ partitionIndex: 0, offset: 4 }] }],
        timeoutMs: 10_000,
      })
      for (const offset of [0, 3, 4, 5, 6]) await fetch(side, topic, offset)
      const empty = await createTopic(side, 'empty')
      for (const offset of [0, 1]) await fetch(side, empty, offset)
    },
  ),

  testCase('2d.43 partitions and topics that are not there', async side => {
    const topic = await createTopic(side, 'there')
    for (const version of [4, 12, 13, 16]) {
      await fetch(side, topic, 0, { version, partition: 3 })
      await fetch(side, topic, 0, { version, partition: -1 })
      const missing = { name: side.name('missing'), id: 'BBBBBBBBBBBBBBBBBBBBBA' }
      await fetch(side, missing, 0, { version })
      await fetch(side, { ...missing, name: '' }, 0, { version })
    }
  }),

  testCase('2d.44 who says to be a follower, or to debug', async side => {
    const topic = await topicOfSix(side, 'replicas')
    for (const version of [4, 11, 12, 14])
      for (const replicaId of [-1, -2, -3, 1, 5])
        await fetch(side, topic, 0, { version, request: { replicaId } })
    for (const version of [15, 18])
      for (const replicaId of [-1, -2, 1, 5])
        await fetch(side, topic, 0, {
          version,
          request: { replicaState: { replicaId, replicaEpoch: -1 } },
        })
  }),

  testCase(
    '2d.45 aborted transactions are null for who reads all, and a list for who reads what is committed',
    async side => {
      const topic = await topicOfSix(side, 'isolation')
      for (const version of [4, 11, 12, 16])
        for (const isolationLevel of [0, READ_COMMITTED])
          for (const offset of [0, 5, 6, 99])
            await fetch(side, topic, offset, { version, request: { isolationLevel } })
      for (const isolationLevel of [2, -1]) {
        for (const version of [4, 7, 12, 16])
          await side.ask(Apis.Fetch, version, fetchInput(topic, 0, { request: { isolationLevel } }))
        await side.ask(Apis.ListOffsets, 7, {
          replicaId: -1,
          isolationLevel,
          topics: [{ name: topic.name, partitions: [{ partitionIndex: 0, timestamp: -1 }] }],
        })
      }
    },
  ),

  testCase('2d.46 without transactions all that is written is stable', async side => {
    const topic = await topicOfSix(side, 'stable')
    const { highWatermark, lastStableOffset } = await fetch(side, topic, 0)
    side.observe('high watermark and last stable offset', [highWatermark, lastStableOffset])
    for (const isolationLevel of [0, READ_COMMITTED])
      await side.ask(Apis.ListOffsets, 7, {
        replicaId: -1,
        isolationLevel,
        topics: [{ name: topic.name, partitions: [{ partitionIndex: 0, timestamp: -1 }] }],
      })
  }),

  testCase('2d.58 zstd needs version 10 where the topic says zstd', async side => {
    const topics = [
      await createTopic(side, 'zstd', { 'compression.type': 'zstd' }),
      await createTopic(side, 'by-producer'),
    ]
    for (const topic of topics) {
      await produce(side, topic, batchOf(['a', 'b'], { compression: 'zstd' }))
      for (const version of [4, 7, 9, 10, 12]) await fetch(side, topic, 0, { version })
    }
  }),

  testCase('2d.59 a fetch waits for bytes to read, but not for errors', async side => {
    const topic = await topicOfSix(side, 'wait')
    const missing = { name: side.name('missing'), id: topic.id }
    side.observe('enough bytes', await pace(side, topic, 0, { minBytes: 100 }))
    side.observe('too few bytes', await pace(side, topic, 5, { minBytes: 1000 }))
    side.observe('none at the end', await pace(side, topic, 6, { minBytes: 1 }))
    side.observe('none wanted', await pace(side, topic, 6, { minBytes: 0 }))
    side.observe('fewer than none wanted', await pace(side, topic, 6, { minBytes: -1 }))
    side.observe('no wait', await pace(side, topic, 6, { minBytes: 1, maxWaitMs: 0 }))
    side.observe('out of range', await pace(side, topic, 99, { minBytes: 1 }))
    side.observe('no such topic', await pace(side, missing, 0, { minBytes: 1 }))
    side.observe(
      'more wanted than may come',
      await pace(side, topic, 0, { minBytes: 1000, maxBytes: 10 }),
    )
  }),

  testCase('2d.59 records that arrive end the wait', async side => {
    const topic = await createTopic(side, 'arrive')
    const reader = await side.connection()
    const input = fetchInput(topic, 0, { request: { maxWaitMs: 15_000, minBytes: 100 } })
    const start = performance.now()
    const waiting = reader.quiet(Apis.Fetch, 12, input)
    // Too few bytes, then enough.
    await produce(side, topic, batchOf(['a']))
    await produce(side, topic, batchOf(['b'.repeat(100)]))
    const row = (await waiting).responses[0]?.partitions[0]
    side.observe('answer', row)
    side.observe('in time', performance.now() - start < 10_000)
  }),

  testCase('2d.59 a topic that goes away ends the wait', async side => {
    for (const version of [12, 16]) {
      const topic = await createTopic(side, `goes-${version}`)
      const reader = await side.connection()
      const input = fetchInput(topic, 0, { request: { maxWaitMs: 15_000, minBytes: 1 } })
      const start = performance.now()
      const waiting = reader.quiet(Apis.Fetch, version, input)
      await new Promise(resolve => setTimeout(resolve, 300))
      await side.quiet(Apis.DeleteTopics, 5, { topicNames: [topic.name], timeoutMs: 20_000 })
      side.observe('the answer', (await waiting).responses[0]?.partitions[0])
      side.observe('in time', performance.now() - start < 10_000)
    }
  }),
]

/** Items of 2d that one node without transactions cannot show. */
export const notShown: readonly NotShown[] = [
  { item: '2d.43 between high watermark and log end', reason: 'both are one on a single replica' },
  {
    item: '2d.45 aborted transactions; 2d.46 open ones; 2d.47 markers',
    reason:
      'transactions come with a later issue; packages/log tests index, last stable offset and markers',
  },
  { item: '2d.53 preferred read replica', reason: 'several nodes' },
  { item: '2d.54 OFFSET_NOT_AVAILABLE after a change of leader', reason: 'several nodes' },
  { item: '2d.57 high watermarks of followers', reason: 'several nodes' },
]
