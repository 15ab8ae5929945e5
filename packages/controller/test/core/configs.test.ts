import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AlterConfigsRequest, IncrementalAlterConfigsRequest } from '@moldau/protocol'
import { alterConfigs, incrementalAlterConfigs } from '../../src/core/configs.ts'
import { broker, feature, TestCluster } from './support.ts'

const SET = 0
const DELETE = 1
const APPEND = 2
const SUBTRACT = 3
const TOPIC = 2
const BROKER = 4

type Operation = [name: string, operation: number, value: string | null]

function cluster(): TestCluster {
  const topicId = 'cQdB1vvTQ-OpvuTZAgYI3A'
  return new TestCluster(broker(1), {
    type: 'TopicRecord',
    version: 0,
    value: { name: 'ask', topicId },
  })
}

function alter(on: TestCluster, type: number, name: string, ...operations: Operation[]): string {
  const configs = operations.map(([key, configOperation, value]) => ({
    name: key,
    configOperation,
    value,
  }))
  const resources = [{ resourceType: type, resourceName: name, configs }]
  const request = { resources, validateOnly: false } as unknown as IncrementalAlterConfigsRequest
  const response = on.decide(context => incrementalAlterConfigs(request, context))
  const [result] = response.responses
  return `${result?.errorCode} ${result?.errorMessage}`
}

test('sets, changes and deletes', () => {
  const on = cluster()
  assert.equal(alter(on, TOPIC, 'ask', ['retention.ms', SET, '5']), '0 null')
  assert.equal(on.image.configs.of('topic', 'ask').get('retention.ms'), '5')
  assert.equal(alter(on, TOPIC, 'ask', ['retention.ms', DELETE, null]), '0 null')
  assert.equal(on.image.configs.of('topic', 'ask').size, 0)
})

test('a value that is the same writes nothing', () => {
  const on = cluster()
  alter(on, TOPIC, 'ask', ['retention.ms', SET, '5'])
  const before = on.nextOffset
  alter(on, TOPIC, 'ask', ['retention.ms', SET, '5'])
  assert.equal(on.nextOffset, before)
})

test('appends to and subtracts from a list, beginning with its default', () => {
  const on = cluster()
  alter(on, TOPIC, 'ask', ['cleanup.policy', APPEND, 'compact'])
  assert.equal(on.image.configs.of('topic', 'ask').get('cleanup.policy'), 'delete,compact')
  alter(on, TOPIC, 'ask', ['cleanup.policy', APPEND, 'compact'])
  assert.equal(on.image.configs.of('topic', 'ask').get('cleanup.policy'), 'delete,compact')
  alter(on, TOPIC, 'ask', ['cleanup.policy', SUBTRACT, 'delete'])
  assert.equal(on.image.configs.of('topic', 'ask').get('cleanup.policy'), 'compact')
})

// Codes and texts as Apache Kafka 4.3.1 answered them.
const refusals: [string, number, string, Operation[], string][] = [
  [
    'an unknown topic',
    TOPIC,
    'nope',
    [['retention.ms', SET, '1']],
    "3 The topic 'nope' does not exist.",
  ],
  ['an unknown key', TOPIC, 'ask', [['foo', SET, 'bar']], '40 Unknown topic config name: foo'],
  [
    'a value that is no number',
    TOPIC,
    'ask',
    [['retention.ms', SET, 'abc']],
    '40 Invalid value abc for configuration retention.ms: Not a number of type LONG',
  ],
  [
    'APPEND to a number',
    TOPIC,
    'ask',
    [['retention.ms', APPEND, '1']],
    "40 Can't APPEND to key retention.ms because its type is not LIST.",
  ],
  [
    'SUBTRACT from a number',
    TOPIC,
    'ask',
    [['retention.ms', SUBTRACT, '1']],
    "40 Can't SUBTRACT to key retention.ms because its type is not LIST.",
  ],
  [
    'a key twice',
    TOPIC,
    'ask',
    [
      ['retention.ms', SET, '1'],
      ['retention.ms', DELETE, null],
    ],
    '42 Error due to duplicate config keys',
  ],
  [
    'null',
    TOPIC,
    'ask',
    [['retention.ms', SET, null]],
    '42 Null value not supported for : retention.ms',
  ],
  [
    'a topic name that cannot be',
    TOPIC,
    'a/b',
    [['retention.ms', SET, '1']],
    "17 Topic name is invalid: 'a/b' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'",
  ],
  [
    'no topic name',
    TOPIC,
    '',
    [['retention.ms', SET, '1']],
    '42 Default topic resources are not allowed.',
  ],
  [
    'no group name',
    32,
    '',
    [['retention.ms', SET, '1']],
    '42 Default group resources are not allowed.',
  ],
  [
    'no client metrics name',
    16,
    '',
    [['retention.ms', SET, '1']],
    "42 Subscription name can't be empty",
  ],
  ['an unknown operation', TOPIC, 'ask', [['retention.ms', 7, '1']], '-1 null'],
  ['an unknown resource type', 0, 'x', [['a', SET, 'b']], '42 Unknown resource type 0'],
  [
    'a broker that is not registered',
    BROKER,
    '77',
    [['retention.ms', SET, '1']],
    '102 No node with id 77 found.',
  ],
]

for (const [what, type, name, operations, answer] of refusals) {
  test(`refuses ${what}, with Kafka's text`, () => {
    assert.equal(alter(cluster(), type, name, ...operations), answer)
  })
}

test('under ELR the minimum of in-sync replicas is one value for all brokers', () => {
  const on = new TestCluster(broker(1), feature('eligible.leader.replicas.version', 1))
  for (const operation of [SET, DELETE])
    assert.equal(
      alter(on, BROKER, '1', ['min.insync.replicas', operation, operation === SET ? '1' : null]),
      '40 Broker-level min.insync.replicas cannot be altered while ELR is enabled.',
    )
  alter(on, BROKER, '', ['min.insync.replicas', SET, '1'])
  assert.equal(
    alter(on, BROKER, '', ['min.insync.replicas', DELETE, null]),
    '40 Cluster-level min.insync.replicas cannot be removed while ELR is enabled.',
  )
})

test('the legacy request resets every key that it does not mention', () => {
  const on = cluster()
  alter(on, TOPIC, 'ask', ['retention.ms', SET, '5'], ['cleanup.policy', SET, 'compact'])
  const configs = [{ name: 'retention.ms', value: '6' }]
  const resources = [{ resourceType: TOPIC, resourceName: 'ask', configs }]
  on.decide(context =>
    alterConfigs({ resources, validateOnly: false } as unknown as AlterConfigsRequest, context),
  )
  assert.deepEqual([...on.image.configs.of('topic', 'ask')], [['retention.ms', '6']])
})

test('validateOnly writes nothing', () => {
  const configs = [{ name: 'retention.ms', configOperation: SET, value: '6' }]
  const resources = [{ resourceType: TOPIC, resourceName: 'ask', configs }]
  const request = { resources, validateOnly: true } as unknown as IncrementalAlterConfigsRequest
  assert.deepEqual(incrementalAlterConfigs(request, cluster().context).records, [])
})

test('a resource that is given twice is refused', () => {
  const resource = { resourceType: TOPIC, resourceName: 'ask', configs: [] }
  const request = {
    resources: [resource, resource],
    validateOnly: false,
  } as unknown as IncrementalAlterConfigsRequest
  assert.deepEqual(
    incrementalAlterConfigs(request, cluster().context).response.responses.map(
      result => result.errorMessage,
    ),
    ['Each resource must appear at most once.', 'Each resource must appear at most once.'],
  )
})
