/** DescribeConfigs, IncrementalAlterConfigs, AlterConfigs and ListConfigResources, for every kind of resource. */
import { Apis } from '@moldau/protocol'
import { type Side, testCase } from '../case.ts'
import { versionsOf } from '../requests.ts'

const TOPIC = 2
const BROKER = 4
const LOGGER = 8
const METRICS = 16
const GROUP = 32
const [SET, DELETE, APPEND, SUBTRACT] = [0, 1, 2, 3]

type Resource = readonly [type: number, name: string, keys?: readonly string[] | null]

interface DescribeOptions {
  readonly includeSynonyms?: boolean
  readonly includeDocumentation?: boolean
}

function describe(
  side: Side,
  version: number,
  resources: readonly Resource[],
  options: DescribeOptions = {},
) {
  return side.ask(Apis.DescribeConfigs, version, {
    resources: resources.map(([resourceType, resourceName, configurationKeys = null]) => ({
      resourceType,
      resourceName,
      configurationKeys: configurationKeys === null ? null : [...configurationKeys],
    })),
    ...options,
  })
}

type Change = readonly [name: string, operation: number, value: string | null]

function alter(
  side: Side,
  version: number,
  [resourceType, resourceName]: Resource,
  changes: readonly Change[],
  validateOnly = false,
) {
  return side.ask(Apis.IncrementalAlterConfigs, version, {
    resources: [
      {
        resourceType,
        resourceName,
        configs: changes.map(([name, configOperation, value]) => ({
          name,
          configOperation,
          value,
        })),
      },
    ],
    validateOnly,
  })
}

/** Waits until a key has a value, as the broker describes it. */
async function shows(
  side: Side,
  [resourceType, resourceName]: Resource,
  key: string,
  value: string | null,
) {
  await side.until(
    Apis.DescribeConfigs,
    4,
    { resources: [{ resourceType, resourceName, configurationKeys: null }] },
    ({ results }) =>
      (results[0]?.configs.find(({ name }) => name === key)?.value ?? null) === value,
  )
}

const brokerKeys = [
  'log.retention.ms',
  'log.retention.hours',
  'num.network.threads',
  'min.insync.replicas',
  'log.cleaner.threads',
  'ssl.keystore.password',
  'listeners',
  'advertised.listeners',
  'node.id',
  'process.roles',
  'compression.type',
  'message.max.bytes',
]

/** Changes of a topic that fail, or that change nothing to be seen. */
const refusedOfTopic: readonly (readonly Change[])[] = [
  [['cleanup.policy', SUBTRACT, 'zzz']],
  [['retention.ms', APPEND, '5']],
  [['retention.ms', SUBTRACT, '5']],
  [['retention.ms', 9, '5']],
  [
    ['retention.ms', SET, '1'],
    ['retention.ms', SET, '2'],
  ],
  [
    ['retention.ms', SET, '1'],
    ['retention.ms', DELETE, null],
  ],
  [['retention.ms', SET, null]],
  [['cleanup.policy', APPEND, null]],
  [['zzz', SET, '1']],
  [['zzz', DELETE, null]],
  [['retention.ms', SET, 'abc']],
  [['retention.ms', SET, '']],
  [
    ['retention.ms', SET, '77'],
    ['segment.bytes', SET, 'x'],
  ],
  [],
  [['cleanup.policy', SET, '']],
  [['leader.replication.throttled.replicas', SET, 'a:b:c']],
  [['remote.storage.enable', SET, 'true']],
  [['min.compaction.lag.ms', SET, '9223372036854775807']],
  [['segment.bytes', SET, '-1']],
]

const changesOfBroker: readonly (readonly [string, readonly Change[]])[] = [
  ['1', [['node.id', SET, '2']]],
  ['1', [['zzz', SET, '2']]],
  ['', [['listeners', SET, 'PLAINTEXT://:1']]],
  ['5', [['log.retention.ms', SET, '5']]],
  ['x', [['log.retention.ms', SET, '5']]],
  ['1', [['log.retention.ms', SET, 'x']]],
  ['', [['message.max.bytes', SET, '-4']]],
  ['1', [['log.retention.ms', DELETE, null]]],
  ['', [['log.retention.ms', DELETE, null]]],
  ['1', [['log.cleaner.threads', APPEND, '2']]],
  ['', []],
]

const matches = [
  'foo',
  'foo=bar',
  'client_id=[',
  'client_id=a',
  'client_id=a=b',
  'client_id',
  ' client_id = a ',
  'client_id=a,client_software_name=b',
  '',
  'client_instance_id=x',
  'client_software_version=1',
  'client_source_address=1',
  'client_source_port=1',
  'client_id=',
]

export const cases = [
  ...versionsOf(Apis.DescribeConfigs).map(version =>
    testCase(`settings are told, DescribeConfigs v${version}`, async side => {
      const name = side.name('t')
      await side.createTopic(name, {
        configs: { 'retention.ms': '123456', 'cleanup.policy': 'compact,delete' },
      })
      const topic: Resource = [TOPIC, name]
      await describe(side, version, [topic])
      await describe(side, version, [topic], { includeSynonyms: true })
      if (version >= 3) await describe(side, version, [topic], { includeDocumentation: true })
      await describe(side, version, [[TOPIC, name, ['retention.ms', 'nonsense', 'segment.bytes']]])
      await describe(side, version, [[TOPIC, name, []]])
      for (const other of [side.name('missing'), 'a b', ''])
        await describe(side, version, [[TOPIC, other]])
      for (const broker of ['', '7', 'abc']) await describe(side, version, [[BROKER, broker]])
      await describe(side, version, [[BROKER, '1', brokerKeys]])
      await describe(side, version, [[BROKER, '1', brokerKeys]], { includeSynonyms: true })
      for (const [type, resource] of [
        [0, 'x'],
        [99, 'x'],
        [-1, 'x'],
        [GROUP, 'g1'],
        [GROUP, ''],
        [METRICS, 'm1'],
        [METRICS, ''],
      ] as const)
        await describe(side, version, [[type, resource]])
      await describe(side, version, [])
      await describe(side, version, [
        [TOPIC, name, ['retention.ms']],
        [TOPIC, name, ['segment.ms']],
      ])
      await describe(side, version, [topic, [TOPIC, side.name('missing')]])
    }),
  ),

  testCase('all settings of a broker', async side => {
    await describe(side, 4, [[BROKER, '1']])
    await describe(side, 4, [[BROKER, '1']], { includeSynonyms: true })
  }),

  ...versionsOf(Apis.IncrementalAlterConfigs).flatMap(version => [
    testCase(`settings of a topic, IncrementalAlterConfigs v${version}`, async side => {
      const name = side.name('t')
      await side.createTopic(name)
      const topic: Resource = [TOPIC, name]
      const set = async (change: Change, value: string | null) => {
        await alter(side, version, topic, [change])
        await shows(side, topic, change[0], value)
        await describe(side, 4, [topic], { includeSynonyms: true })
      }
      await set(['retention.ms', SET, '5000'], '5000')
      await alter(side, version, topic, [['retention.ms', SET, '6000']], true)
      await set(['retention.ms', DELETE, null], '604800000')
      await set(['cleanup.policy', APPEND, 'compact'], 'delete,compact')
      await set(['cleanup.policy', APPEND, 'compact'], 'delete,compact')
      await set(['cleanup.policy', SUBTRACT, 'delete'], 'compact')
      await set(['leader.replication.throttled.replicas', SET, '0:1,1:1'], '0:1,1:1')
      await set(['min.insync.replicas', SET, '1'], '1')
      for (const changes of refusedOfTopic)
        for (const validateOnly of [true, false])
          await alter(side, version, topic, changes, validateOnly)
      await describe(side, 4, [topic])
      for (const other of [side.name('missing'), 'a b', '', '__consumer_offsets'])
        await alter(side, version, [TOPIC, other], [['retention.ms', SET, '5']])
      await side.ask(Apis.IncrementalAlterConfigs, version, {
        resources: ['retention.ms', 'segment.ms'].map(key => ({
          resourceType: TOPIC,
          resourceName: name,
          configs: [{ name: key, configOperation: SET, value: '1' }],
        })),
        validateOnly: false,
      })
      await side.ask(Apis.IncrementalAlterConfigs, version, { resources: [], validateOnly: false })
    }),

    testCase(`settings of brokers, IncrementalAlterConfigs v${version}`, async side => {
      const name = side.name('t')
      await side.createTopic(name)
      const own: Resource = [BROKER, '1']
      const all: Resource = [BROKER, '']
      await alter(side, version, own, [['log.cleaner.threads', SET, '2']])
      await shows(side, own, 'log.cleaner.threads', '2')
      await describe(side, 4, [[BROKER, '1', ['log.cleaner.threads']]], { includeSynonyms: true })
      await alter(side, version, own, [['log.cleaner.threads', DELETE, null]])
      await shows(side, own, 'log.cleaner.threads', '1')
      await alter(side, version, all, [['log.retention.ms', SET, '99999999']])
      await shows(side, all, 'log.retention.ms', '99999999')
      await describe(side, 4, [all, [TOPIC, name, ['retention.ms']]], { includeSynonyms: true })
      await alter(side, version, own, [['log.retention.ms', SET, '88888888']])
      await shows(side, own, 'log.retention.ms', '88888888')
      await describe(side, 4, [[TOPIC, name, ['retention.ms']]], { includeSynonyms: true })
      await alter(side, version, own, [['log.retention.ms', DELETE, null]])
      await alter(side, version, all, [['log.retention.ms', DELETE, null]])
      await shows(side, own, 'log.retention.ms', null)
      for (const [resource, changes] of changesOfBroker)
        for (const validateOnly of [true, false])
          await alter(side, version, [BROKER, resource], changes, validateOnly)
    }),

    testCase(
      `settings of groups and of client metrics, IncrementalAlterConfigs v${version}`,
      async side => {
        const group: Resource = [GROUP, side.name('g')]
        await alter(side, version, group, [['consumer.session.timeout.ms', SET, '46000']])
        await shows(side, group, 'consumer.session.timeout.ms', '46000')
        await describe(side, 4, [group], { includeSynonyms: true })
        for (const change of [
          ['zzz', SET, '1'],
          ['consumer.session.timeout.ms', SET, '1'],
          ['consumer.session.timeout.ms', SET, 'x'],
          ['consumer.heartbeat.interval.ms', SET, '100000'],
        ] satisfies Change[])
          await alter(side, version, group, [change])
        await alter(side, version, [GROUP, ''], [['consumer.session.timeout.ms', SET, '46000']])
        await alter(side, version, group, [['consumer.session.timeout.ms', DELETE, null]])
        const metrics: Resource = [METRICS, side.name('m')]
        await alter(side, version, metrics, [
          ['interval.ms', SET, '60000'],
          ['metrics', SET, 'a,b'],
        ])
        await shows(side, metrics, 'interval.ms', '60000')
        await describe(side, 4, [metrics], { includeSynonyms: true })
        await alter(side, version, metrics, [['zzz', SET, '60000']])
        for (const interval of ['10', 'x', '3600001', '100'])
          await alter(side, version, metrics, [['interval.ms', SET, interval]], true)
        for (const match of matches)
          await alter(side, version, metrics, [['match', SET, match]], true)
        for (const listVersion of versionsOf(Apis.ListConfigResources)) {
          await side.ask(Apis.ListConfigResources, listVersion, {})
          if (listVersion > 0)
            for (const resourceTypes of [
              [TOPIC],
              [BROKER],
              [LOGGER],
              [METRICS],
              [GROUP],
              [METRICS, GROUP],
              [0],
              [99],
              [-1],
            ])
              await side.ask(Apis.ListConfigResources, listVersion, { resourceTypes })
        }
        await alter(side, version, metrics, [
          ['interval.ms', DELETE, null],
          ['metrics', DELETE, null],
        ])
        await side.ask(Apis.ListConfigResources, 1, { resourceTypes: [METRICS] })
        for (const type of [0, 99, -1]) await alter(side, version, [type, 'x'], [['a', SET, 'b']])
      },
    ),
  ]),

  ...versionsOf(Apis.AlterConfigs).map(version =>
    testCase(`all settings at once, AlterConfigs v${version}`, async side => {
      const name = side.name('t')
      await side.createTopic(name, { configs: { 'segment.ms': '999999' } })
      const set = (
        resourceType: number,
        resourceName: string,
        configs: readonly (readonly [string, string | null])[],
        validateOnly = false,
      ) =>
        side.ask(Apis.AlterConfigs, version, {
          resources: [
            {
              resourceType,
              resourceName,
              configs: configs.map(([key, value]) => ({ name: key, value })),
            },
          ],
          validateOnly,
        })
      await set(TOPIC, name, [['retention.ms', '5000']], true)
      await set(TOPIC, name, [['retention.ms', '5000']])
      await shows(side, [TOPIC, name], 'retention.ms', '5000')
      await describe(side, 4, [[TOPIC, name]])
      for (const configs of [
        [['retention.ms', null]],
        [
          ['retention.ms', '1'],
          ['retention.ms', '2'],
        ],
        [['retention.ms', 'x']],
        [['zz', 'x']],
      ] as const)
        await set(TOPIC, name, configs)
      await set(TOPIC, name, [])
      await shows(side, [TOPIC, name], 'retention.ms', '604800000')
      await describe(side, 4, [[TOPIC, name]])
      for (const other of [side.name('missing'), 'a b', ''])
        await set(TOPIC, other, [['retention.ms', '1']])
      for (const [type, resource] of [
        [0, 'x'],
        [99, 'x'],
        [BROKER, '7'],
        [BROKER, 'x'],
      ] as const)
        await set(type, resource, [])
      await set(BROKER, '1', [['zzz', '1']])
    }),
  ),
]
