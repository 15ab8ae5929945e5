/** Fetch without sessions: offsets, limits, isolation, epochs, what is not there. */
import { Apis } from '@moldau/protocol'
import { type Side, testCase } from '../case.ts'
import { batchOf, UNKNOWN_ID, versionsOf, ZERO_ID } from '../requests.ts'

interface Topic {
  readonly name: string
  readonly topicId: string
}

interface Partition {
  readonly partition: number
  readonly fetchOffset: number
  readonly partitionMaxBytes?: number
  readonly currentLeaderEpoch?: number
  readonly lastFetchedEpoch?: number
}

interface Limits {
  readonly maxWaitMs?: number
  readonly minBytes?: number
  readonly maxBytes?: number
  readonly isolationLevel?: number
  readonly replicaId?: number
  readonly replicaState?: { readonly replicaId: number; readonly replicaEpoch: number }
  readonly clusterId?: string | null
  readonly rackId?: string
}

/** Five batches in partition 0 (offsets 0-2, 3-4, 5, 6-7 in lz4), one in partition 1. */
async function filled(side: Side): Promise<Topic> {
  const name = side.name('t')
  const topicId = await side.createTopic(name, { partitions: 2 })
  const write = (index: number, records: Buffer) =>
    side.quiet(Apis.Produce, 9, {
      acks: -1,
      timeoutMs: 5000,
      topicData: [{ name, partitionData: [{ index, records }] }],
    })
  await write(0, batchOf({}, 'a', 'b', 'c'))
  await write(0, batchOf({}, 'd', 'e'))
  await write(0, batchOf({}, 'f'))
  await write(0, batchOf({ compression: 'lz4' }, 'g', 'h'))
  await write(1, batchOf({}, 'i'))
  return { name, topicId }
}

const topicOf = (
  version: number,
  { name, topicId }: Topic,
  ...partitions: readonly Partition[]
) => ({
  ...(version >= 13 ? { topicId } : { topic: name }),
  partitions: partitions.map(partition => ({ partitionMaxBytes: 1e6, ...partition })),
})

function fetch(
  side: Side,
  version: number,
  topics: readonly ReturnType<typeof topicOf>[],
  limits: Limits = {},
) {
  return side.attempt(Apis.Fetch, version, {
    maxWaitMs: 20,
    minBytes: 1,
    maxBytes: 5e7,
    ...limits,
    topics,
  })
}

export const cases = versionsOf(Apis.Fetch).flatMap(version => [
  testCase(`offsets, Fetch v${version}`, async side => {
    const topic = await filled(side)
    for (const isolationLevel of [0, 1])
      for (const fetchOffset of [0, 1, 2, 3, 5, 6, 7, 8, 9, -1, -2])
        await fetch(side, version, [topicOf(version, topic, { partition: 0, fetchOffset })], {
          isolationLevel,
        })
  }),

  testCase(`limits, Fetch v${version}`, async side => {
    const topic = await filled(side)
    const from = (partitionMaxBytes: number, limits: Limits, fetchOffset = 0) =>
      fetch(
        side,
        version,
        [topicOf(version, topic, { partition: 0, fetchOffset, partitionMaxBytes })],
        limits,
      )
    for (const maxBytes of [0, 1, 90, 200]) await from(1e6, { maxBytes })
    for (const bytes of [0, 1, 90, 91, 160, 250]) await from(bytes, {})
    await from(1, { maxBytes: 1 }, 3)
    await from(-1, {})
    for (const minBytes of [0, -5, 1e6]) await from(1e6, { minBytes })
    for (const maxWaitMs of [0, -1]) await from(1e6, { maxWaitMs }, 8)
    const both = (first: number, second: number) => [
      topicOf(
        version,
        topic,
        { partition: first, fetchOffset: 0 },
        { partition: second, fetchOffset: 0 },
      ),
    ]
    for (const maxBytes of [5e7, 100, 1]) {
      await fetch(side, version, both(1, 0), { maxBytes })
      await fetch(side, version, both(0, 1), { maxBytes })
    }
  }),

  testCase(`what is not there, Fetch v${version}`, async side => {
    const topic = await filled(side)
    const missing = { name: side.name('missing'), topicId: UNKNOWN_ID }
    const first = { partition: 0, fetchOffset: 0 }
    for (const partition of [2, 7, -1])
      await fetch(side, version, [topicOf(version, topic, { partition, fetchOffset: 0 })])
    await fetch(side, version, [topicOf(version, missing, first)])
    await fetch(side, version, [topicOf(version, missing, first), topicOf(version, topic, first)])
    if (version < 13)
      await fetch(side, version, [topicOf(version, { name: 'a b', topicId: '' }, first)])
    else await fetch(side, version, [topicOf(version, { name: '', topicId: ZERO_ID }, first)])
    await fetch(side, version, [])
    await fetch(side, version, [topicOf(version, topic)])
    await fetch(side, version, [
      topicOf(
        version,
        topic,
        { partition: 0, fetchOffset: 77 },
        { partition: 1, fetchOffset: 0 },
        { partition: 9, fetchOffset: 0 },
      ),
    ])
    await fetch(side, version, [topicOf(version, topic, first, { partition: 0, fetchOffset: 3 })])
  }),

  testCase(`epochs, replicas and clusters, Fetch v${version}`, async side => {
    const topic = await filled(side)
    const of = (partition: Partial<Partition>, limits: Limits = {}) =>
      fetch(
        side,
        version,
        [topicOf(version, topic, { partition: 0, fetchOffset: 0, ...partition })],
        limits,
      )
    if (version >= 9)
      for (const currentLeaderEpoch of [0, 1, 5, -1, -5]) await of({ currentLeaderEpoch })
    if (version >= 12)
      for (const lastFetchedEpoch of [0, 1, -1]) {
        await of({ lastFetchedEpoch, currentLeaderEpoch: 0, fetchOffset: 3 })
        await of({ lastFetchedEpoch, currentLeaderEpoch: 0, fetchOffset: 99 })
      }
    for (const replicaId of [-2, 1, 5])
      await of(
        {},
        version <= 14 ? { replicaId } : { replicaState: { replicaId, replicaEpoch: -1 } },
      )
    if (version >= 11) for (const rackId of ['', 'r1']) await of({}, { rackId })
    if (version >= 12) for (const clusterId of ['nonsense', null]) await of({}, { clusterId })
  }),

  testCase(`isolation levels that are unknown, Fetch v${version}`, async side => {
    const topic = await filled(side)
    for (const isolationLevel of [2, -1])
      await fetch(side, version, [topicOf(version, topic, { partition: 0, fetchOffset: 0 })], {
        isolationLevel,
      })
  }),

  testCase(`a negative limit, Fetch v${version}`, async side => {
    const topic = await filled(side)
    await fetch(side, version, [topicOf(version, topic, { partition: 0, fetchOffset: 0 })], {
      maxBytes: -1,
    })
  }),
])
