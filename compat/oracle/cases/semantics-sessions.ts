/** SEMANTICS 2d.48 to 2d.50: sessions of fetches. */
import { Apis, type FetchResponse } from '@moldau/protocol'
import { testCase, type Case, type Side } from '../case.ts'
import { batchOf } from '../semantics/batches.ts'
import type { NotShown } from '../semantics/not-shown.ts'
import { createTopic, fetchInput, produce, type Topic } from '../semantics/steps.ts'

interface SessionStep {
  readonly version?: number
  readonly sessionId: number
  readonly epoch: number
  /** Partitions to add or change, with their offsets. */
  readonly wanted?: readonly (readonly [partition: number, offset: number])[]
  readonly forgotten?: readonly number[]
  readonly maxWaitMs?: number
  readonly partitionMaxBytes?: number
}

/** One fetch in a session. */
async function step(side: Side, topic: Topic, one: SessionStep): Promise<FetchResponse> {
  const { version = 12, wanted = [], forgotten = [], partitionMaxBytes = 10_000 } = one
  const partitions = wanted.map(([partition, fetchOffset]) => ({
    partition,
    fetchOffset,
    partitionMaxBytes,
  }))
  const names = { topic: topic.name, topicId: topic.id }
  return side.ask(Apis.Fetch, version, {
    ...fetchInput(topic, 0),
    maxWaitMs: one.maxWaitMs ?? 0,
    sessionId: one.sessionId,
    sessionEpoch: one.epoch,
    topics: partitions.length === 0 ? [] : [{ ...names, partitions }],
    forgottenTopicsData: forgotten.length === 0 ? [] : [{ ...names, partitions: [...forgotten] }],
  })
}

export const cases: readonly Case[] = [
  testCase(
    '2d.48 a session begins with epoch 0, and tells only what changes from then on',
    async side => {
      for (const version of [7, 12, 16]) {
        const topic = await createTopic(side, `changes-${version}`, {}, 2)
        await produce(side, topic, batchOf(['a']))
        const wanted = [
          [0, 0],
          [1, 0],
        ] as const
        const { sessionId } = await step(side, topic, { version, sessionId: 0, epoch: 0, wanted })
        // The records are told again until the offset moves on.
        await step(side, topic, { version, sessionId, epoch: 1 })
        await step(side, topic, { version, sessionId, epoch: 2, wanted: [[0, 1]] })
        await step(side, topic, { version, sessionId, epoch: 3 })
        await produce(side, topic, batchOf(['b']), { partition: 1 })
        await step(side, topic, { version, sessionId, epoch: 4 })
        await step(side, topic, { version, sessionId, epoch: 5, forgotten: [1] })
        await step(side, topic, { version, sessionId, epoch: 6, wanted: [[1, 1]] })
        await step(side, topic, { version, sessionId, epoch: 7 })
      }
    },
  ),

  testCase('2d.48 a wrong epoch and an unknown session', async side => {
    const topic = await createTopic(side, 'wrong')
    const { sessionId } = await step(side, topic, { sessionId: 0, epoch: 0, wanted: [[0, 0]] })
    for (const epoch of [2, 5, 1, 1, 2]) await step(side, topic, { sessionId, epoch })
    for (const version of [7, 12, 16])
      for (const epoch of [1, 2]) await step(side, topic, { version, sessionId: 123, epoch })
    for (const epoch of [1, 2, -2]) await step(side, topic, { sessionId: 0, epoch })
    await step(side, topic, { sessionId, epoch: -2 })
  }),

  testCase('2d.48 a session ends with epoch -1, or where a new one begins', async side => {
    const topic = await createTopic(side, 'ends')
    await produce(side, topic, batchOf(['a']))
    const first = await step(side, topic, { sessionId: 0, epoch: 0, wanted: [[0, 0]] })
    await step(side, topic, { sessionId: first.sessionId, epoch: -1, wanted: [[0, 0]] })
    await step(side, topic, { sessionId: first.sessionId, epoch: 1 })
    const second = await step(side, topic, { sessionId: 0, epoch: 0, wanted: [[0, 1]] })
    const third = await step(side, topic, {
      sessionId: second.sessionId,
      epoch: 0,
      wanted: [[0, 1]],
    })
    side.observe('another session', third.sessionId !== second.sessionId)
    await step(side, topic, { sessionId: second.sessionId, epoch: 1 })
    await step(side, topic, { sessionId: third.sessionId, epoch: 1 })
    // Without a session, and without one again.
    await step(side, topic, { sessionId: 0, epoch: -1, wanted: [[0, 0]] })
    await step(side, topic, { sessionId: 99, epoch: -1, wanted: [[0, 0]] })
  }),

  testCase('2d.48 a session that forgets all is gone', async side => {
    const topic = await createTopic(side, 'forgets', {}, 2)
    const wanted = [
      [0, 0],
      [1, 0],
    ] as const
    const { sessionId } = await step(side, topic, { sessionId: 0, epoch: 0, wanted })
    await step(side, topic, { sessionId, epoch: 1, forgotten: [0, 5] })
    await step(side, topic, { sessionId, epoch: 2, forgotten: [1] })
    await step(side, topic, { sessionId, epoch: 3 })
    await step(side, topic, { sessionId: 0, epoch: 0 })
  }),

  testCase('2d.49 what makes a partition part of the next answer', async side => {
    const topic = await createTopic(side, 'told', {}, 3)
    for (const partition of [0, 1, 2])
      await produce(side, topic, batchOf(['a', 'b']), { partition })
    const wanted = [
      [0, 2],
      [1, 2],
      [2, 2],
    ] as const
    const { sessionId } = await step(side, topic, { sessionId: 0, epoch: 0, wanted })
    await step(side, topic, { sessionId, epoch: 1 })
    // A log start that moves.
    await side.ask(Apis.DeleteRecords, 2, {
      topics: [{ name: topic.name, partitions: [{ partitionIndex: 1, offset: 1 }] }],
      timeoutMs: 10_000,
    })
    await step(side, topic, { sessionId, epoch: 2 })
    await step(side, topic, { sessionId, epoch: 3 })
    // An error, told as long as it lasts.
    await step(side, topic, { sessionId, epoch: 4, wanted: [[2, 99]] })
    await step(side, topic, { sessionId, epoch: 5 })
    await step(side, topic, { sessionId, epoch: 6, wanted: [[2, 2]] })
    await step(side, topic, { sessionId, epoch: 7 })
    // A partition that there is not, and one that is asked for again as it was.
    await step(side, topic, {
      sessionId,
      epoch: 8,
      wanted: [
        [7, 0],
        [0, 2],
      ],
    })
    await step(side, topic, { sessionId, epoch: 9 })
    await step(side, topic, { sessionId, epoch: 10, wanted: [[0, 0]], partitionMaxBytes: 0 })
  }),

  testCase('2d.49 a change of the session is no reason to wait less', async side => {
    const topic = await createTopic(side, 'waits', {}, 2)
    const { sessionId } = await step(side, topic, { sessionId: 0, epoch: 0, wanted: [[0, 0]] })
    const paces: string[] = []
    for (const [index, wanted] of [[], [[1, 0]], [[0, 0]]].entries()) {
      const start = performance.now()
      await side.ask(Apis.Fetch, 12, {
        ...fetchInput(topic, 0),
        maxWaitMs: 800,
        minBytes: 1,
        sessionId,
        sessionEpoch: index + 1,
        topics: wanted.map(([partition = 0]) => ({
          topic: topic.name,
          partitions: [{ partition, fetchOffset: 0, partitionMaxBytes: 1000 }],
        })),
      })
      paces.push(performance.now() - start > 600 ? 'late' : 'at once')
    }
    side.observe('nothing new, a partition more, the same again', paces)
  }),

  testCase('2d.50 a session of names cannot go on with ids, nor the other way', async side => {
    const topic = await createTopic(side, 'kinds')
    const named = await step(side, topic, { version: 12, sessionId: 0, epoch: 0, wanted: [[0, 0]] })
    await step(side, topic, { version: 13, sessionId: named.sessionId, epoch: 1 })
    await step(side, topic, { version: 12, sessionId: named.sessionId, epoch: 1 })
    await step(side, topic, { version: 7, sessionId: named.sessionId, epoch: 2 })
    const ids = await step(side, topic, { version: 16, sessionId: 0, epoch: 0, wanted: [[0, 0]] })
    await step(side, topic, { version: 12, sessionId: ids.sessionId, epoch: 1 })
    await step(side, topic, { version: 13, sessionId: ids.sessionId, epoch: 1 })
  }),
]

/** What is not shown of sessions. */
export const notShown: readonly NotShown[] = [
  {
    item: '2d.48 the epoch after 2147483647; 2d.49 which of 1,000 sessions gives way',
    reason: 'takes two thousand million requests, or two minutes; packages/broker tests both',
  },
]
