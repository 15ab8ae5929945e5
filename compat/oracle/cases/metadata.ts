/** Metadata: topics by name and by id, all of them, missing ones, creation by asking, authorized operations. */
import { Apis } from '@moldau/protocol'
import { testCase } from '../case.ts'
import { UNKNOWN_ID, versionsOf } from '../requests.ts'

const badNames = ['bad name', '', 'x'.repeat(250), '..', '.', 'ä', '__consumer_offsets2', 'a/b']

export const cases = [
  testCase('named topics, in the order asked, each once', async side => {
    const [a, b] = [side.name('a'), side.name('b')]
    await side.createTopic(a, { partitions: 3 })
    await side.createTopic(b)
    for (const version of versionsOf(Apis.Metadata)) {
      const allowAutoTopicCreation = version < 4
      for (const names of [[a], [b], [a, b], [b, a], [a, b, a]])
        await side.ask(Apis.Metadata, version, {
          topics: names.map(name => ({ name })),
          allowAutoTopicCreation,
        })
    }
  }),

  testCase('all topics, and none', async side => {
    for (const version of versionsOf(Apis.Metadata)) {
      const allowAutoTopicCreation = version < 4
      await side.ask(Apis.Metadata, version, { topics: [], allowAutoTopicCreation })
      if (version > 0) await side.ask(Apis.Metadata, version, { topics: null })
    }
  }),

  testCase('authorized operations where they are asked for', async side => {
    const name = side.name('a')
    await side.createTopic(name)
    for (const version of versionsOf(Apis.Metadata).filter(v => v >= 8))
      for (const [topics, cluster] of [
        [true, false],
        [false, true],
        [true, true],
      ] as const)
        await side.ask(Apis.Metadata, version, {
          topics: [{ name }],
          allowAutoTopicCreation: false,
          includeTopicAuthorizedOperations: topics,
          ...(version <= 10 && { includeClusterAuthorizedOperations: cluster }),
        })
  }),

  testCase('missing topics and names that cannot be, without creation', async side => {
    for (const version of versionsOf(Apis.Metadata).filter(v => v >= 4))
      for (const name of [side.name('missing'), ...badNames])
        await side.ask(Apis.Metadata, version, {
          topics: [{ name }],
          allowAutoTopicCreation: false,
        })
  }),

  testCase('names that cannot be, with creation', async side => {
    for (const version of versionsOf(Apis.Metadata))
      for (const name of ['bad name', '..', 'x'.repeat(250)])
        await side.ask(Apis.Metadata, version, { topics: [{ name }] })
  }),

  testCase('a missing topic is made by asking for it', async side => {
    for (const version of versionsOf(Apis.Metadata)) {
      const topics = [{ name: side.name(`auto${version}`) }]
      await side.ask(Apis.Metadata, version, { topics })
      await side.until(
        Apis.Metadata,
        9,
        { topics, allowAutoTopicCreation: false },
        answer => answer.topics[0]?.partitions[0]?.leaderId === 1,
      )
      await side.ask(Apis.Metadata, version, { topics })
    }
  }),

  testCase('topics by id', async side => {
    const [a, b] = [side.name('a'), side.name('b')]
    const topicId = await side.createTopic(a)
    await side.createTopic(b, { partitions: 2 })
    for (const version of versionsOf(Apis.Metadata).filter(v => v >= 10))
      for (const topics of [
        [{ topicId, name: null }],
        [{ topicId, name: a }],
        [{ topicId, name: b }, { name: b }],
        [{ topicId: UNKNOWN_ID, name: null }],
        [
          { topicId, name: null },
          { topicId: UNKNOWN_ID, name: null },
        ],
        [
          { topicId, name: null },
          { topicId, name: null },
        ],
      ])
        await side.attempt(Apis.Metadata, version, { topics, allowAutoTopicCreation: false })
  }),

  testCase('neither name nor id', async side => {
    for (const version of versionsOf(Apis.Metadata).filter(v => v >= 10))
      await side.attempt(Apis.Metadata, version, { topics: [{ name: null }] })
  }),

  testCase('names that collide are not made by asking', async side => {
    const name = side.name('a_b')
    await side.createTopic(name)
    for (const version of [1, 4, 9, 13])
      await side.ask(Apis.Metadata, version, { topics: [{ name: name.replace('_', '.') }] })
  }),

  testCase('internal topics that are not there', async side => {
    for (const version of versionsOf(Apis.Metadata).filter(v => v >= 4))
      for (const name of ['__consumer_offsets', '__transaction_state', '__share_group_state'])
        await side.ask(Apis.Metadata, version, {
          topics: [{ name }],
          allowAutoTopicCreation: false,
        })
  }),

  testCase('a topic that was deleted', async side => {
    const name = side.name('gone')
    const topicId = await side.createTopic(name)
    await side.quiet(Apis.DeleteTopics, 5, { topicNames: [name], timeoutMs: 5000 })
    const topics = [{ name }]
    await side.until(
      Apis.Metadata,
      9,
      { topics, allowAutoTopicCreation: false },
      answer => answer.topics[0]?.errorCode === 3,
    )
    await side.ask(Apis.Metadata, 9, { topics, allowAutoTopicCreation: false })
    await side.ask(Apis.Metadata, 12, { topics: [{ topicId, name: null }] })
    await side.createTopic(name, { partitions: 2 })
    await side.ask(Apis.Metadata, 12, { topics })
    await side.ask(Apis.Metadata, 12, { topics: [{ topicId, name: null }] })
  }),
]
