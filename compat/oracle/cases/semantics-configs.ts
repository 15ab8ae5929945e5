/** SEMANTICS 2b.21 to 2b.24: configs of topics and brokers, and more partitions. */
import { Apis } from '@moldau/protocol'
import { testCase, type Case, type Side } from '../case.ts'
import type { NotShown } from '../semantics/not-shown.ts'
import { createTopic, type Topic } from '../semantics/steps.ts'

const TOPIC = 2
const BROKER = 4
const [SET, DELETE, APPEND, SUBTRACT] = [0, 1, 2, 3]

type Change = readonly [name: string, operation: number, value: string | null]

/** Changes configs of one resource and compares the answer. */
async function alter(side: Side, type: number, name: string, ...changes: readonly Change[]) {
  await side.ask(Apis.IncrementalAlterConfigs, 1, {
    resources: [
      {
        resourceType: type,
        resourceName: name,
        configs: changes.map(([config, configOperation, value]) => ({
          name: config,
          configOperation,
          value,
        })),
      },
    ],
    validateOnly: false,
  })
}

/** Describes some configs of a topic, with where they come from, once a change has arrived. */
async function describe(side: Side, topic: Topic, ...names: readonly string[]) {
  // The change is applied a moment after its answer.
  await new Promise(resolve => setTimeout(resolve, 300))
  await side.ask(Apis.DescribeConfigs, 4, {
    resources: [{ resourceType: TOPIC, resourceName: topic.name, configurationKeys: names }],
    includeSynonyms: true,
  })
}

export const cases: readonly Case[] = [
  testCase('2b.21 only lists can be appended to and subtracted from', async side => {
    const topic = await createTopic(side, 'lists', { 'cleanup.policy': 'delete' })
    const policy = 'cleanup.policy'
    await alter(side, TOPIC, topic.name, [policy, APPEND, 'compact'])
    await describe(side, topic, policy)
    await alter(side, TOPIC, topic.name, [policy, APPEND, 'compact'])
    await alter(side, TOPIC, topic.name, [policy, SUBTRACT, 'delete'])
    await describe(side, topic, policy)
    await alter(side, TOPIC, topic.name, [policy, SUBTRACT, 'delete'])
    await alter(side, TOPIC, topic.name, [policy, APPEND, 'nonsense'])
    await alter(side, TOPIC, topic.name, [policy, SUBTRACT, 'compact'])
    await describe(side, topic, policy)
    for (const operation of [APPEND, SUBTRACT]) {
      await alter(side, TOPIC, topic.name, ['retention.ms', operation, '5'])
      await alter(side, TOPIC, topic.name, ['compression.type', operation, 'gzip'])
      await alter(side, TOPIC, topic.name, [policy, operation, null])
      await alter(side, TOPIC, topic.name, ['no.such.config', operation, 'a'])
    }
    await alter(side, TOPIC, topic.name, [policy, 7, 'a'])
    await alter(side, TOPIC, topic.name, ['retention.ms', SET, null])
    await alter(
      side,
      TOPIC,
      topic.name,
      ['retention.ms', DELETE, null],
      ['retention.bytes', DELETE, '9'],
    )
    await describe(side, topic, 'retention.ms', 'retention.bytes')
  }),

  testCase('2b.21 a config twice in one request is refused', async side => {
    const topic = await createTopic(side, 'twice')
    await alter(side, TOPIC, topic.name, ['retention.ms', SET, '1'], ['retention.ms', DELETE, null])
    await describe(side, topic, 'retention.ms', 'retention.bytes')
  }),

  testCase('2b.21 AlterConfigs sets back what it does not name', async side => {
    const topic = await createTopic(side, 'legacy', {
      'max.message.bytes': '5000',
      'segment.bytes': '2000000',
    })
    for (const version of [0, 1, 2]) {
      await side.ask(Apis.AlterConfigs, version, {
        resources: [
          {
            resourceType: TOPIC,
            resourceName: topic.name,
            configs: [{ name: 'max.message.bytes', value: String(6000 + version) }],
          },
        ],
        validateOnly: false,
      })
      await describe(side, topic, 'max.message.bytes', 'segment.bytes', 'retention.ms')
    }
  }),

  testCase('2b.22 what is described is enough to read, change and write back', async side => {
    const topic = await createTopic(side, 'written-back', { 'max.message.bytes': '5000' })
    const { results } = await side.quiet(Apis.DescribeConfigs, 4, {
      resources: [{ resourceType: TOPIC, resourceName: topic.name, configurationKeys: null }],
      includeSynonyms: true,
    })
    const configs = results[0]?.configs ?? []
    side.observe(
      'all of them',
      configs.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    )
    await side.ask(Apis.AlterConfigs, 2, {
      resources: [
        {
          resourceType: TOPIC,
          resourceName: topic.name,
          configs: configs
            .filter(({ configSource, readOnly }) => configSource === 1 && !readOnly)
            .map(({ name, value }) => ({ name, value })),
        },
      ],
      validateOnly: false,
    })
    await describe(side, topic, 'max.message.bytes', 'retention.ms', 'segment.bytes')
  }),

  testCase('2b.22 the secrets of a broker are not told', async side => {
    const answer = await side.quiet(Apis.DescribeConfigs, 4, {
      resources: [{ resourceType: BROKER, resourceName: '1', configurationKeys: null }],
      includeSynonyms: true,
    })
    const configs = answer.results[0]?.configs ?? []
    side.observe(
      'sensitive ones',
      configs
        .filter(({ isSensitive }) => isSensitive)
        .map(({ name, value }) => `${name}=${value}`)
        .toSorted(),
    )
    side.observe(
      'read-only ones',
      configs
        .filter(({ name, readOnly }) => readOnly && /^(num|group|offsets|transaction)\./.test(name))
        .map(({ name }) => name)
        .toSorted(),
    )
  }),

  testCase('2b.23 CreatePartitions only grows, and answers for each topic', async side => {
    const topic = await createTopic(side, 'grows', {}, 2)
    const grow = async (version: number, ...counts: readonly (readonly [string, number])[]) => {
      await side.ask(Apis.CreatePartitions, version, {
        topics: counts.map(([name, count]) => ({ name, count, assignments: null })),
        timeoutMs: 20_000,
        validateOnly: false,
      })
    }
    for (const version of [0, 1, 3]) {
      await grow(version, [topic.name, 2], [side.name('missing'), 3])
      await grow(version, [topic.name, 1])
      await grow(version, [topic.name, 0], [side.name('also-missing'), -1])
      await grow(version, [topic.name, 3 + version], [topic.name, 4 + version])
      await grow(version, [topic.name, 3 + version])
    }
    await side.ask(Apis.CreatePartitions, 3, { topics: [], timeoutMs: 1000, validateOnly: false })
    for (const brokerIds of [[9], [1, 1], [], [1]])
      await side.ask(Apis.CreatePartitions, 3, {
        topics: [{ name: topic.name, count: 7, assignments: [{ brokerIds }] }],
        timeoutMs: 20_000,
        validateOnly: false,
      })
    await side.ask(Apis.CreatePartitions, 3, {
      topics: [{ name: topic.name, count: 9, assignments: [{ brokerIds: [1] }] }],
      timeoutMs: 20_000,
      validateOnly: true,
    })
  }),

  testCase(
    '2b.24 while ELR is on, min.insync.replicas is one value for all brokers',
    async side => {
      const topic = await createTopic(side, 'in-sync')
      const key = 'min.insync.replicas'
      await alter(side, BROKER, '1', [key, SET, '2'])
      await alter(side, BROKER, '1', [key, DELETE, null])
      await alter(side, BROKER, '1', [key, SET, '1'])
      await alter(side, BROKER, '', [key, DELETE, null])
      await side.ask(Apis.AlterConfigs, 2, {
        resources: [{ resourceType: BROKER, resourceName: '', configs: [] }],
        validateOnly: false,
      })
      await alter(side, BROKER, '', [key, SET, '2'])
      await describe(side, topic, key)
      await alter(side, BROKER, '', [key, SET, '1'])
      await describe(side, topic, key)
    },
  ),
]

/** Items of 2b about configs that are not shown here. */
export const notShown: readonly NotShown[] = [
  {
    item: '2b.21 one resource twice in an AlterConfigs',
    reason: 'Kafka 4.3.1 never answers; ours says INVALID_REQUEST (packages/broker tests it)',
  },
]
