/** SEMANTICS 2d.51, 2d.52, 2d.55, 2d.56: leader epochs, and offsets by name and by time. */
import { Apis } from '@moldau/protocol'
import { testCase, type Case, type Side } from '../case.ts'
import { batchOf, batchOfRecords, TIME } from '../semantics/batches.ts'
import { createTopic, fetch, produce, type Topic } from '../semantics/steps.ts'

/** Asks for offsets at these times of one partition, each in a request of its own. */
async function offsetsAt(side: Side, version: number, topic: Topic, ...times: readonly number[]) {
  for (const timestamp of times)
    await side.ask(Apis.ListOffsets, version, {
      replicaId: -1,
      topics: [{ name: topic.name, partitions: [{ partitionIndex: 0, timestamp }] }],
      timeoutMs: 1000,
    })
}

/** Asks where these epochs end. */
async function epochEnds(side: Side, version: number, topic: Topic, ...epochs: readonly number[]) {
  for (const leaderEpoch of epochs)
    await side.ask(Apis.OffsetForLeaderEpoch, version, {
      topics: [{ topic: topic.name, partitions: [{ partition: 0, leaderEpoch }] }],
    })
}

/** A batch of records with these times. */
function timed(...times: readonly number[]): Buffer {
  return batchOfRecords(
    times.map(time => ({
      timestamp: time === -1 ? -1 : TIME + time,
      key: null,
      value: Buffer.from(`${time}`),
    })),
  )
}

export const cases: readonly Case[] = [
  testCase('2d.51 the leader epoch that a client knows must be the current one', async side => {
    const topic = await createTopic(side, 'epochs')
    await produce(side, topic, batchOf(['a']))
    for (const currentLeaderEpoch of [-1, 0, 1, 7, -2, -7]) {
      for (const version of [9, 12, 16])
        await fetch(side, topic, 0, { version, currentLeaderEpoch })
      for (const version of [4, 7])
        await side.ask(Apis.ListOffsets, version, {
          replicaId: -1,
          topics: [
            {
              name: topic.name,
              partitions: [{ partitionIndex: 0, currentLeaderEpoch, timestamp: -1 }],
            },
          ],
        })
      await side.ask(Apis.OffsetForLeaderEpoch, 4, {
        topics: [
          { topic: topic.name, partitions: [{ partition: 0, currentLeaderEpoch, leaderEpoch: 0 }] },
        ],
      })
    }
  }),

  testCase('2d.51 the epoch of the last fetched record shows where logs part', async side => {
    const topic = await createTopic(side, 'part')
    await produce(side, topic, batchOf(['a', 'b']))
    for (const lastFetchedEpoch of [-1, 0, 1, 7])
      for (const offset of [0, 1, 2, 3]) await fetch(side, topic, offset, { lastFetchedEpoch })
  }),

  testCase(
    '2d.52 the end of the largest epoch that is not larger, across a restart',
    async side => {
      const topic = await createTopic(side, 'ends')
      await epochEnds(side, 4, topic, 0)
      await produce(side, topic, batchOf(['a', 'b']))
      for (const version of [2, 3, 4]) await epochEnds(side, version, topic, -1, 0, 1, 7)
      await side.ask(Apis.OffsetForLeaderEpoch, 4, {
        topics: [
          { topic: topic.name, partitions: [{ partition: 5, leaderEpoch: 0 }] },
          { topic: side.name('missing'), partitions: [{ partition: 0, leaderEpoch: 0 }] },
        ],
      })
      await side.restart()
      await side.until(
        Apis.ListOffsets,
        5,
        {
          replicaId: -1,
          isolationLevel: 0,
          topics: [{ name: topic.name, partitions: [{ partitionIndex: 0, timestamp: -1 }] }],
        },
        ({ topics }) => topics[0]?.partitions[0]?.errorCode === 0,
      )
      const { topics } = await side.quiet(Apis.Metadata, 12, {
        topics: [{ topicId: topic.id, name: null }],
      })
      const epoch = topics[0]?.partitions[0]?.leaderEpoch ?? -1
      side.observe('the restart began a new epoch', epoch > 0)
      // Nothing is written in the new epoch yet.
      await side
        .quiet(Apis.OffsetForLeaderEpoch, 4, {
          topics: [{ topic: topic.name, partitions: [{ partition: 0, leaderEpoch: epoch }] }],
        })
        .then(answer =>
          side.observe('end of the new epoch', answer.topics[0]?.partitions[0]?.endOffset),
        )
      await epochEnds(side, 4, topic, 0)
      await fetch(side, topic, 0)
      for (const version of [12, 15, 16])
        await fetch(side, topic, 0, { version, currentLeaderEpoch: 0 })
    },
  ),

  testCase('2d.55 offsets by name, and the version from which each name is known', async side => {
    const topic = await createTopic(side, 'names')
    for (const version of [1, 7, 8, 9, 11]) await offsetsAt(side, version, topic, -1, -2, -3)
    await produce(side, topic, timed(0, 5, 3))
    await produce(side, topic, timed(2))
    for (let version = 1; version <= 11; version++)
      await offsetsAt(side, version, topic, -1, -2, -3, -4, -5, -6, -7, -100)
    await side.ask(Apis.DeleteRecords, 2, {
      topics: [{ name: topic.name, partitions: [{ partitionIndex: 0, offset: 2 }] }],
      timeoutMs: 10_000,
    })
    for (const version of [1, 4, 8, 11]) await offsetsAt(side, version, topic, -1, -2, -3, -4, 0)
  }),

  testCase('2d.55 partitions that are not there, or are named twice', async side => {
    const topic = await createTopic(side, 'twice')
    for (const version of [1, 4, 7, 11])
      await side.ask(Apis.ListOffsets, version, {
        replicaId: -1,
        topics: [
          {
            name: topic.name,
            partitions: [0, 0, 5, -1].map(partitionIndex => ({ partitionIndex, timestamp: -1 })),
          },
          { name: side.name('missing'), partitions: [{ partitionIndex: 0, timestamp: -1 }] },
        ],
      })
  }),

  testCase('2d.56 the first record that is not earlier, in the order of offsets', async side => {
    const topic = await createTopic(side, 'times')
    // Times that go up and down, within batches and between them.
    for (const times of [[10, 30, 20], [5], [-1], [40, 15], [40], [25, 50]])
      await produce(side, topic, timed(...times))
    const times = [0, 5, 10, 11, 20, 21, 30, 31, 40, 41, 50, 51].map(time => TIME + time)
    for (const version of [1, 7]) await offsetsAt(side, version, topic, ...times, 0, 1, 2 ** 63)
    await offsetsAt(side, 7, topic, -3)
  }),

  testCase('2d.56 records inside compressed batches are found too', async side => {
    const topic = await createTopic(side, 'packed')
    for (const compression of ['gzip', 'lz4'] as const)
      await produce(side, topic, batchOf(['a', 'b', 'c', 'd'], { compression }))
    await offsetsAt(side, 7, topic, TIME, TIME + 1, TIME + 2, TIME + 3, TIME + 4, -3)
  }),

  testCase('2d.56 without any timestamp there is nothing to find', async side => {
    const topic = await createTopic(side, 'untimed')
    await produce(side, topic, timed(-1))
    await offsetsAt(side, 7, topic, 0, TIME, -3)
  }),
]
