/** ListOffsets, OffsetForLeaderEpoch and DeleteRecords. */
import { Apis } from '@moldau/protocol'
import { type Side, testCase } from '../case.ts'
import { batchOf, SOME_TIME, versionsOf } from '../requests.ts'

async function write(
  side: Side,
  name: string,
  compression: 'none' | 'gzip',
  ...times: readonly number[]
) {
  const records = batchOf(
    { compression },
    ...times.map(time => ({ timestamp: SOME_TIME + time, key: null, value: Buffer.from('v') })),
  )
  await side.quiet(Apis.Produce, 9, {
    acks: -1,
    timeoutMs: 5000,
    topicData: [{ name, partitionData: [{ index: 0, records }] }],
  })
}

/** A topic with times that go back and forth, and an empty one. */
async function twoTopics(side: Side): Promise<[string, string]> {
  const [name, empty] = [side.name('t'), side.name('empty')]
  await side.createTopic(name)
  await side.createTopic(empty)
  await write(side, name, 'none', 0, 10, 5)
  await write(side, name, 'none', 100)
  await write(side, name, 'none', 50, 60)
  await write(side, name, 'gzip', 90, 95)
  return [name, empty]
}

function list(
  side: Side,
  version: number,
  name: string,
  timestamp: number,
  options: {
    replicaId?: number
    isolationLevel?: number
    currentLeaderEpoch?: number
    partitionIndex?: number
  } = {},
) {
  const {
    replicaId = -1,
    isolationLevel = 0,
    currentLeaderEpoch = -1,
    partitionIndex = 0,
  } = options
  return side.attempt(Apis.ListOffsets, version, {
    replicaId,
    isolationLevel,
    topics: [
      {
        name,
        partitions: [{ partitionIndex, timestamp, ...(version >= 4 && { currentLeaderEpoch }) }],
      },
    ],
    ...(version >= 10 && { timeoutMs: 1000 }),
  })
}

export const cases = [
  ...versionsOf(Apis.ListOffsets).map(version =>
    testCase(`offsets by time, ListOffsets v${version}`, async side => {
      const [name, empty] = await twoTopics(side)
      for (const timestamp of [-1, -2, -3, -4, -5, -6, -7, -100, 0, SOME_TIME]) {
        await list(side, version, name, timestamp)
        await list(side, version, empty, timestamp)
      }
      for (const time of [1, 5, 6, 10, 11, 55, 60, 92, 95, 100, 101])
        await list(side, version, name, SOME_TIME + time)
      if (version >= 2)
        for (const timestamp of [-1, -2, -3, SOME_TIME])
          await list(side, version, name, timestamp, { isolationLevel: 1 })
      if (version >= 4)
        for (const currentLeaderEpoch of [0, 1, 5, -2])
          await list(side, version, name, -1, { currentLeaderEpoch })
      for (const replicaId of [-2, -3, 1, 5]) await list(side, version, name, -1, { replicaId })
      for (const partitionIndex of [1, 4, -1])
        await list(side, version, name, -1, { partitionIndex })
      for (const missing of [side.name('missing'), 'a b', ''])
        await list(side, version, missing, -1)
      const ask = (...topics: readonly (readonly [string, readonly number[]])[]) =>
        side.ask(Apis.ListOffsets, version, {
          replicaId: -1,
          isolationLevel: 0,
          topics: topics.map(([topic, times]) => ({
            name: topic,
            partitions: times.map((timestamp, i) => ({ partitionIndex: i, timestamp })),
          })),
        })
      await ask()
      await ask([name, [-1, -1]])
      await ask([empty, [-1]], [name, [-2]])
      await ask([name, []])
      await side.ask(Apis.ListOffsets, version, {
        replicaId: -1,
        isolationLevel: 0,
        topics: [
          { name, partitions: [-1, -2].map(timestamp => ({ partitionIndex: 0, timestamp })) },
        ],
      })
    }),
  ),

  testCase('isolation levels that are unknown', async side => {
    const [name] = await twoTopics(side)
    for (const version of versionsOf(Apis.ListOffsets).filter(v => v >= 2))
      await list(side, version, name, -1, { isolationLevel: 2 })
  }),

  ...versionsOf(Apis.OffsetForLeaderEpoch).map(version =>
    testCase(`the end of an epoch, OffsetForLeaderEpoch v${version}`, async side => {
      const [name, empty] = await twoTopics(side)
      const ask = (topic: string, leaderEpoch: number, currentLeaderEpoch = -1, partition = 0) =>
        side.ask(Apis.OffsetForLeaderEpoch, version, {
          topics: [{ topic, partitions: [{ partition, currentLeaderEpoch, leaderEpoch }] }],
        })
      for (const epoch of [0, 1, 5, -1, -2]) {
        await ask(name, epoch)
        await ask(empty, epoch)
      }
      for (const current of [0, 1, -2]) await ask(name, 0, current)
      for (const partition of [3, -1]) await ask(name, 0, -1, partition)
      for (const missing of [side.name('missing'), 'a b', '']) await ask(missing, 0)
      for (const replicaId of [-1, 1, 5])
        if (version >= 3)
          await side.ask(Apis.OffsetForLeaderEpoch, version, {
            replicaId,
            topics: [
              {
                topic: name,
                partitions: [{ partition: 0, currentLeaderEpoch: -1, leaderEpoch: 0 }],
              },
            ],
          })
      await side.ask(Apis.OffsetForLeaderEpoch, version, { topics: [] })
    }),
  ),

  ...versionsOf(Apis.DeleteRecords).map(version =>
    testCase(`records are deleted, DeleteRecords v${version}`, async side => {
      const [name, empty] = await twoTopics(side)
      const remove = (topic: string, offset: number, partitionIndex = 0, timeoutMs = 5000) =>
        side.ask(Apis.DeleteRecords, version, {
          topics: [{ name: topic, partitions: [{ partitionIndex, offset }] }],
          timeoutMs,
        })
      const [compact, both] = [side.name('compact'), side.name('both')]
      await side.createTopic(compact, { configs: { 'cleanup.policy': 'compact' } })
      await side.createTopic(both, { configs: { 'cleanup.policy': 'compact,delete' } })
      for (const offset of [1, 0, 100, -2, 2]) await remove(name, offset)
      for (const timestamp of [-1, -2, -3, SOME_TIME, SOME_TIME + 1])
        await list(side, 7, name, timestamp)
      for (const fetchOffset of [0, 1, 2, 3])
        await side.ask(Apis.Fetch, 12, {
          maxWaitMs: 0,
          minBytes: 0,
          topics: [
            { topic: name, partitions: [{ partition: 0, fetchOffset, partitionMaxBytes: 1e6 }] },
          ],
        })
      await remove(name, 4)
      await remove(name, 4, 0, 0)
      for (const partition of [5, -1]) await remove(name, 1, partition)
      for (const topic of [side.name('missing'), 'a b', '', compact, both, empty])
        await remove(topic, 0)
      await remove('__cluster_metadata', 0)
      await side.ask(Apis.DeleteRecords, version, { topics: [], timeoutMs: 5000 })
      await side.ask(Apis.DeleteRecords, version, {
        topics: [
          {
            name,
            partitions: [
              { partitionIndex: 0, offset: 5 },
              { partitionIndex: 8, offset: 1 },
            ],
          },
        ],
        timeoutMs: 5000,
      })
      await remove(name, -1)
      for (const timestamp of [-1, -2, -3, -4, SOME_TIME]) await list(side, 11, name, timestamp)
      await side.ask(Apis.OffsetForLeaderEpoch, 4, {
        topics: [
          { topic: name, partitions: [{ partition: 0, currentLeaderEpoch: -1, leaderEpoch: 0 }] },
        ],
      })
    }),
  ),
]
