/** CreateTopics: what is made and what is refused, with the text of the refusal. */
import { Apis } from '@moldau/protocol'
import { type Side, testCase } from '../case.ts'
import { newTopic, versionsOf } from '../requests.ts'

type Topic = ReturnType<typeof newTopic>

function create(
  side: Side,
  version: number,
  topics: readonly Topic[],
  options: { validateOnly?: boolean; timeoutMs?: number } = {},
) {
  return side.ask(Apis.CreateTopics, version, { topics, timeoutMs: 10_000, ...options })
}

const config = (name: string, value: string | null) => ({ configs: [{ name, value }] })
const assigned = (...brokers: readonly (readonly number[])[]) => ({
  numPartitions: -1,
  replicationFactor: -1,
  assignments: brokers.map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds })),
})

const badShapes = {
  'zero partitions': { numPartitions: 0 },
  'negative partitions': { numPartitions: -2 },
  'very many partitions': { numPartitions: 20_000 },
  'no replicas': { replicationFactor: 0 },
  'two replicas': { replicationFactor: 2 },
  'negative replicas': { replicationFactor: -2 },
  'a thousand replicas': { replicationFactor: 1000 },
  'assignment and partitions': { ...assigned([1]), numPartitions: 2 },
  'assignment and replicas': { ...assigned([1]), replicationFactor: 1 },
  'assignment with a gap': {
    ...assigned([1]),
    assignments: [{ partitionIndex: 1, brokerIds: [1] }],
  },
  'assignment to a broker twice': assigned([1, 1]),
  'assignment to an unknown broker': assigned([9]),
  'assignment to a negative broker': assigned([-1]),
  'assignment to no broker': assigned([]),
  'assignment of a partition twice': {
    ...assigned([1]),
    assignments: [
      { partitionIndex: 0, brokerIds: [1] },
      { partitionIndex: 0, brokerIds: [1] },
    ],
  },
  'uneven assignments': assigned([1], [1, 2]),
}

const configs: readonly (readonly [name: string, value: string | null])[] = [
  ['nope', '1'],
  ['', 'x'],
  ['retention.ms', 'abc'],
  ['retention.ms', '-2'],
  ['retention.ms', null],
  ['retention.ms', ' 7 '],
  ['retention.ms', '1.5'],
  ['retention.bytes', '99999999999999999999'],
  ['cleanup.policy', 'wrong'],
  ['cleanup.policy', ''],
  ['cleanup.policy', 'compact,compact'],
  ['cleanup.policy', ' compact , delete '],
  ['compression.type', 'brotli'],
  ['compression.type', 'ZSTD'],
  ['compression.gzip.level', '10'],
  ['compression.gzip.level', '0'],
  ['compression.lz4.level', '0'],
  ['compression.zstd.level', '100'],
  ['message.timestamp.type', 'Foo'],
  ['message.format.version', '2.0'],
  ['message.timestamp.before.max.ms', '-1'],
  ['min.cleanable.dirty.ratio', '1.5'],
  ['min.cleanable.dirty.ratio', 'x'],
  ['preallocate', 'maybe'],
  ['preallocate', 'TRUE'],
  ['segment.bytes', '99999999999'],
  ['segment.bytes', '1'],
  ['segment.ms', '0'],
  ['segment.index.bytes', '3'],
  ['segment.jitter.ms', '-1'],
  ['index.interval.bytes', '-1'],
  ['min.insync.replicas', '0'],
  ['max.message.bytes', '-1'],
  ['file.delete.delay.ms', '-1'],
  ['flush.messages', '0'],
  ['flush.ms', '-1'],
  ['unclean.leader.election.enable', 'x'],
  ['max.compaction.lag.ms', '0'],
  ['delete.retention.ms', '-1'],
  ['remote.storage.enable', 'true'],
  ['remote.log.copy.disable', 'true'],
  ['local.retention.ms', '-3'],
  ['local.retention.bytes', '-3'],
  ['leader.replication.throttled.replicas', 'x'],
  ['leader.replication.throttled.replicas', '*'],
  ['follower.replication.throttled.replicas', '0:1,1:1'],
]

const names = [
  '',
  '.',
  '..',
  'x'.repeat(249),
  'x'.repeat(250),
  'a b',
  'ä',
  'a/b',
  '__consumer_offsets',
  '__cluster_metadata',
  '-a',
  'a..b',
]

export const cases = [
  testCase('topics are made', async side => {
    for (const version of versionsOf(Apis.CreateTopics)) {
      const name = (text: string) => side.name(`v${version}-${text}`)
      await create(side, version, [newTopic(name('three'), { numPartitions: 3 })])
      await create(side, version, [
        newTopic(name('configs'), {
          configs: [
            { name: 'retention.ms', value: '1000' },
            { name: 'cleanup.policy', value: 'compact,delete' },
          ],
        }),
      ])
      await create(side, version, [
        newTopic(name('defaults'), { numPartitions: -1, replicationFactor: -1 }),
      ])
      await create(side, version, [newTopic(name('assigned'), assigned([1], [1]))])
      await create(side, version, [newTopic(name('one')), newTopic(name('two'))])
      await create(side, version, [])
    }
  }),

  testCase('nothing is made to validate', async side => {
    for (const version of versionsOf(Apis.CreateTopics)) {
      const name = side.name(`v${version}`)
      await create(side, version, [newTopic(name)], { validateOnly: true })
      await create(side, version, [newTopic(name, assigned([1]))], { validateOnly: true })
      await create(side, version, [newTopic(name)])
      await create(side, version, [newTopic(name)], { validateOnly: true })
    }
  }),

  testCase('topics that exist, among others', async side => {
    for (const version of versionsOf(Apis.CreateTopics)) {
      const name = (text: string) => side.name(`v${version}-${text}`)
      await side.createTopic(name('a'))
      await create(side, version, [newTopic(name('a'))])
      await create(side, version, [newTopic(name('b')), newTopic(name('a'))])
      await create(side, version, [newTopic(name('twice')), newTopic(name('twice'))])
      await create(side, version, [
        newTopic(name('twice')),
        newTopic(name('c')),
        newTopic(name('twice')),
      ])
    }
  }),

  testCase('names that cannot be or collide', async side => {
    await side.createTopic(side.name('a_b.c'))
    for (const version of versionsOf(Apis.CreateTopics))
      for (const name of [...names, side.name('a.b.c'), side.name('a_b_c')])
        await create(side, version, [newTopic(name)], { validateOnly: true })
    await create(side, 7, [newTopic(side.name('d_e')), newTopic(side.name('d.e'))])
  }),

  ...Object.entries(badShapes).map(([label, shape]) =>
    testCase(`refused: ${label}`, async side => {
      for (const version of versionsOf(Apis.CreateTopics))
        for (const validateOnly of [true, false])
          await create(side, version, [newTopic(side.name('bad'), shape)], { validateOnly })
    }),
  ),

  testCase('settings of a topic that may be wrong', async side => {
    for (const version of [2, 4, 5, 7])
      for (const [name, value] of configs)
        await create(side, version, [newTopic(side.name('t'), config(name, value))], {
          validateOnly: true,
        })
  }),

  testCase('settings that belong together', async side => {
    for (const version of versionsOf(Apis.CreateTopics)) {
      const several = (...rows: readonly (readonly [string, string])[]) => ({
        configs: rows.map(([name, value]) => ({ name, value })),
      })
      for (const shape of [
        several(['retention.ms', '5'], ['retention.ms', '6']),
        several(['min.compaction.lag.ms', '10'], ['max.compaction.lag.ms', '5']),
        several(['local.retention.ms', '10'], ['retention.ms', '5']),
        several(['retention.ms', '5'], ['nope', '6']),
      ])
        await create(side, version, [newTopic(side.name('t'), shape)], { validateOnly: true })
    }
  }),

  testCase('a timeout of zero', async side => {
    for (const version of versionsOf(Apis.CreateTopics))
      for (const timeoutMs of [0, -1])
        for (const validateOnly of [false, true])
          for (const names of [
            [side.name(`v${version}`)],
            ['a b'],
            [side.name('twice'), side.name('twice'), side.name('once')],
            [],
          ])
            await create(
              side,
              version,
              names.map(name => newTopic(name)),
              { timeoutMs, validateOnly },
            )
  }),
]
