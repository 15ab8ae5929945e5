/** CreatePartitions and DeleteTopics. */
import { Apis } from '@moldau/protocol'
import { testCase } from '../case.ts'
import { UNKNOWN_ID, versionsOf, ZERO_ID } from '../requests.ts'

interface Grown {
  readonly name: string
  readonly count: number
  readonly assignments: readonly { readonly brokerIds: readonly number[] }[] | null
}

const grown = (name: string, count: number, ...brokers: readonly (readonly number[])[]): Grown => ({
  name,
  count,
  assignments: brokers.length === 0 ? null : brokers.map(brokerIds => ({ brokerIds })),
})

export const cases = [
  ...versionsOf(Apis.CreatePartitions).map(version =>
    testCase(`partitions are added, CreatePartitions v${version}`, async side => {
      const [name, missing] = [side.name('t'), side.name('missing')]
      await side.createTopic(name, { partitions: 2 })
      const add = (
        topics: readonly Grown[],
        options: { validateOnly?: boolean; timeoutMs?: number } = {},
      ) =>
        side.ask(Apis.CreatePartitions, version, {
          topics,
          timeoutMs: 10_000,
          validateOnly: false,
          ...options,
        })
      const count = (wanted: number) =>
        side.until(
          Apis.Metadata,
          9,
          { topics: [{ name }], allowAutoTopicCreation: false },
          answer => answer.topics[0]?.partitions.length === wanted,
        )
      await add([grown(name, 4)], { validateOnly: true })
      await add([grown(name, 4)])
      await count(4)
      await add([grown(name, 5, [1])])
      await count(5)
      await add([grown(name, 20_000)], { validateOnly: true })
      for (const wrong of [5, 3, 0, -1]) {
        await add([grown(name, wrong)])
        await add([grown(name, wrong)], { validateOnly: true })
      }
      for (const brokers of [[[1]], [[1], [1]], [[1, 2]], [[7]], [[1, 1]], [[]], [[-1]]])
        await add([grown(name, 7, ...brokers)], { validateOnly: true })
      await add([grown(name, 6, [1], [1])])
      await add([grown(missing, 3)])
      await add([grown('a b', 3)])
      await add([grown('', 3)])
      await add([grown(name, 6), grown(name, 7)])
      await add([grown(missing, 6), grown(name, 6), grown(name, 7)])
      await add([])
      await add([grown(missing, 6), grown(name, 6)])
      await count(6)
      for (const timeoutMs of [0, -1])
        for (const topics of [[grown(name, 8)], [grown(name, 3)], [grown(missing, 8)], []]) {
          await add(topics, { timeoutMs })
          await add(topics, { timeoutMs, validateOnly: true })
        }
      await add([grown(name, 8), grown(name, 8), grown(missing, 8)], { timeoutMs: 0 })
      await side.ask(Apis.Metadata, 12, { topics: [{ name }], allowAutoTopicCreation: false })
    }),
  ),

  ...versionsOf(Apis.DeleteTopics).map(version =>
    testCase(`topics are deleted, DeleteTopics v${version}`, async side => {
      const name = (text: string) => side.name(text)
      for (const text of ['a', 'b', 'c', 'd']) await side.createTopic(name(text))
      const remove = (names: readonly string[], timeoutMs = 10_000) =>
        version < 6
          ? side.ask(Apis.DeleteTopics, version, { topicNames: names, timeoutMs })
          : side.ask(Apis.DeleteTopics, version, {
              topics: names.map(one => ({ name: one, topicId: ZERO_ID })),
              timeoutMs,
            })
      await remove([name('missing')])
      await remove(['a b'])
      await remove([''])
      await remove(['..'])
      await remove([])
      await remove(['__consumer_offsets'])
      await remove([name('a')])
      await remove([name('a')])
      await remove([name('missing'), name('b')])
      await remove([name('b'), name('missing')])
      await remove([name('c'), name('c')])
      for (const timeoutMs of [0, -1])
        for (const names of [[name('d')], [name('missing')], [name('d'), name('d')], ['a b'], []])
          await remove(names, timeoutMs)
      await remove([name('d')])
      await remove([name('c')])
      const topics = ['a', 'b', 'c', 'd'].map(text => ({ name: name(text) }))
      await side.until(Apis.Metadata, 9, { topics, allowAutoTopicCreation: false }, answer =>
        answer.topics.every(topic => topic.errorCode === 3),
      )
      await side.ask(Apis.Metadata, 9, { topics, allowAutoTopicCreation: false })
    }),
  ),

  testCase('topics are deleted by id, DeleteTopics v6', async side => {
    const [a, b] = [side.name('a'), side.name('b')]
    const topicId = await side.createTopic(a)
    const otherId = await side.createTopic(b)
    const remove = (
      topics: readonly { readonly name: string | null; readonly topicId: string }[],
    ) => side.attempt(Apis.DeleteTopics, 6, { topics, timeoutMs: 10_000 })
    await remove([{ name: null, topicId: UNKNOWN_ID }])
    await remove([{ name: null, topicId: ZERO_ID }])
    await remove([{ name: a, topicId }])
    await remove([
      { name: a, topicId: ZERO_ID },
      { name: null, topicId },
    ])
    await remove([
      { name: null, topicId },
      { name: null, topicId },
    ])
    await remove([{ name: null, topicId }])
    await remove([{ name: null, topicId }])
    await remove([
      { name: null, topicId: UNKNOWN_ID },
      { name: b, topicId: ZERO_ID },
    ])
    await remove([{ name: null, topicId: otherId }])
  }),
]
