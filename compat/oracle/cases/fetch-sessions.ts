/** Incremental fetch sessions (KIP-227): what is answered in them, when they end, topics that come and go in them. */
import { Apis } from '@moldau/protocol'
import { type Side, testCase } from '../case.ts'
import { batchOf, UNKNOWN_ID, versionsOf } from '../requests.ts'

interface Topic {
  readonly name: string
  readonly topicId: string
}

async function makeTopic(side: Side, text: string, partitions = 1): Promise<Topic> {
  const name = side.name(text)
  return { name, topicId: await side.createTopic(name, { partitions }) }
}

async function write(side: Side, { name }: Topic, index: number, ...values: readonly string[]) {
  await side.quiet(Apis.Produce, 9, {
    acks: -1,
    timeoutMs: 5000,
    topicData: [{ name, partitionData: [{ index, records: batchOf({}, ...values) }] }],
  })
}

/** Asks in a session. */
class Session {
  readonly #side: Side
  readonly #version: number
  id = 0

  constructor(side: Side, version: number) {
    this.#side = side
    this.#version = version
  }

  /** Partitions as `[topic, partition, offset]`. */
  async fetch(
    sessionEpoch: number,
    partitions: readonly (readonly [Topic, number, number])[] = [],
    forgotten: readonly (readonly [Topic, number])[] = [],
    sessionId = this.id,
  ) {
    const version = this.#version
    const name = ({ name: topic, topicId }: Topic) => (version >= 13 ? { topicId } : { topic })
    return this.#side.ask(Apis.Fetch, version, {
      maxWaitMs: 20,
      minBytes: 1,
      maxBytes: 5e7,
      sessionId,
      sessionEpoch,
      topics: partitions.map(([topic, partition, fetchOffset]) => ({
        ...name(topic),
        partitions: [{ partition, fetchOffset, partitionMaxBytes: 1e6 }],
      })),
      forgottenTopicsData: forgotten.map(([topic, partition]) => ({
        ...name(topic),
        partitions: [partition],
      })),
    })
  }
}

export const cases = versionsOf(Apis.Fetch)
  .filter(version => version >= 7)
  .flatMap(version => [
    testCase(`a session, Fetch v${version}`, async side => {
      const topic = await makeTopic(side, 't', 2)
      const missing = { name: side.name('missing'), topicId: UNKNOWN_ID }
      await write(side, topic, 0, 'a', 'b', 'c')
      await write(side, topic, 1, 'd')
      const session = new Session(side, version)
      session.id = (await session.fetch(0, [[topic, 0, 0]])).sessionId
      await session.fetch(1)
      await session.fetch(2, [[topic, 0, 3]])
      await session.fetch(3)
      await write(side, topic, 0, 'new')
      await session.fetch(4)
      await session.fetch(5, [[topic, 1, 0]])
      await session.fetch(6, [], [[topic, 0]])
      await session.fetch(7, [], [[topic, 9]])
      await session.fetch(3)
      await session.fetch(8, [[missing, 0, 0]])
      await session.fetch(9)
      await session.fetch(10, [], [[missing, 0]])
      await session.fetch(11, [[topic, 1, 99]])
      await session.fetch(12)
      await session.fetch(13, [[topic, 1, 1]])
      await session.fetch(14, [[topic, 7, 0]])
      await session.fetch(15)
    }),

    testCase(`sessions that are unknown or end, Fetch v${version}`, async side => {
      const topic = await makeTopic(side, 't')
      await write(side, topic, 0, 'a')
      const session = new Session(side, version)
      await session.fetch(3, [[topic, 0, 0]], [], 12_345)
      await session.fetch(-1, [[topic, 0, 0]], [], 12_345)
      await session.fetch(0, [[topic, 0, 0]], [], 12_345)
      await session.fetch(5, [[topic, 0, 0]], [], 0)
      await session.fetch(-1, [[topic, 0, 0]], [], 0)
      await session.fetch(0, [], [], 0)
      session.id = (await session.fetch(0, [[topic, 0, 0]])).sessionId
      await session.fetch(0, [[topic, 0, 0]])
      await session.fetch(1)
      session.id = 0
      session.id = (await session.fetch(0, [[topic, 0, 0]])).sessionId
      await session.fetch(-1)
      await session.fetch(1)
    }),

    testCase(`a topic that is deleted in a session, Fetch v${version}`, async side => {
      const topic = await makeTopic(side, 't')
      await write(side, topic, 0, 'a')
      const session = new Session(side, version)
      session.id = (await session.fetch(0, [[topic, 0, 0]])).sessionId
      await side.quiet(Apis.DeleteTopics, 5, { topicNames: [topic.name], timeoutMs: 5000 })
      await side.until(
        Apis.Fetch,
        12,
        {
          maxWaitMs: 0,
          minBytes: 0,
          topics: [
            {
              topic: topic.name,
              partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1 }],
            },
          ],
        },
        answer => answer.responses[0]?.partitions[0]?.errorCode === 3,
      )
      await session.fetch(1)
      const again = await makeTopic(side, 't')
      await write(side, again, 0, 'b')
      await session.fetch(2)
      await session.fetch(3, [[again, 0, 0]])
      await session.fetch(4)
    }),
  ])
  .concat([
    testCase('a session goes on in another version', async side => {
      const topic = await makeTopic(side, 't')
      await write(side, topic, 0, 'a')
      for (const [from, to] of [
        [7, 12],
        [12, 7],
        [12, 13],
        [13, 12],
        [13, 17],
        [18, 13],
      ] as const) {
        const first = new Session(side, from)
        const then = new Session(side, to)
        then.id = (await first.fetch(0, [[topic, 0, 0]])).sessionId
        await then.fetch(1)
        await then.fetch(2, [[topic, 0, 1]])
      }
    }),
  ])
