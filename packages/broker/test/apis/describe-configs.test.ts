import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Apis, ErrorCode } from '@moldau/protocol'
import { describeConfigs } from '../../src/apis/describe-configs.ts'
import { brokerOptions } from '../../src/config/broker-options.ts'
import { ask, makeImage, makeServices, type ClusterPlan } from './support.ts'

const TOPIC = 2
const BROKER = 4
const GROUP = 32

async function describe(
  resourceType: number,
  resourceName: string,
  keys: string[] | null = null,
  configs: ClusterPlan['configs'] = [],
) {
  const image = makeImage({ topics: { t1: [[1]] }, configs })
  const staticProperties = new Map([
    ['log.retention.hours', '100'],
    ['ssl.key.password', 'geheim'],
    ['foo', 'bar'],
    ['node.id', '1'],
  ])
  const resources = [{ resourceType, resourceName, configurationKeys: keys }]
  const response = await ask(
    describeConfigs,
    Apis.DescribeConfigs,
    4,
    { resources, includeSynonyms: true, includeDocumentation: true },
    makeServices(image, { staticProperties }),
  )
  const [result] = response.results
  assert.ok(result)
  return {
    errorCode: result.errorCode,
    errorMessage: result.errorMessage,
    documentation: new Map(result.configs.map(({ name, documentation }) => [name, documentation])),
    configs: new Map(
      result.configs.map(({ documentation: _, ...config }) => [
        config.name,
        {
          value: config.value,
          source: config.configSource,
          isReadOnly: config.readOnly,
          isSensitive: config.isSensitive,
          type: config.configType,
          chain: config.synonyms.map(({ source, name, value }) => `${source}:${name}=${value}`),
        },
      ]),
    ),
  }
}

// The expected values are those that Kafka 4.3.1 gave for the same settings.
test('tells every setting of a broker that Kafka has, and unknown ones without their values', async () => {
  const { configs } = await describe(BROKER, '1')
  for (const [name, { isOwn }] of Object.entries(brokerOptions))
    assert.equal(configs.has(name), !isOwn, name)
  assert.deepEqual(configs.get('foo'), {
    value: null,
    source: 4,
    isReadOnly: true,
    isSensitive: true,
    type: 0,
    chain: ['4:foo=null'],
  })
  assert.deepEqual(configs.get('ssl.key.password'), {
    value: null,
    source: 4,
    isReadOnly: false,
    isSensitive: true,
    type: 9,
    chain: ['4:ssl.key.password=null'],
  })
  assert.deepEqual(configs.get('log.retention.hours'), {
    value: '100',
    source: 4,
    isReadOnly: true,
    isSensitive: false,
    type: 3,
    chain: ['4:log.retention.hours=100', '5:log.retention.hours=168'],
  })
})

test('tells in the documentation of a setting that it has no effect, and why', async () => {
  const { documentation } = await describe(BROKER, '1', ['authorizer.class.name', 'num.partitions'])
  assert.match(documentation.get('authorizer.class.name') ?? '', /No effect: authentication/)
  assert.doesNotMatch(documentation.get('num.partitions') ?? '', /No effect/)
})

test('leaves synonyms out of the chain until the own name is set', async () => {
  const unset = await describe(BROKER, '1', ['log.retention.ms'])
  assert.deepEqual(unset.configs.get('log.retention.ms')?.chain, [])
  assert.equal(unset.configs.get('log.retention.ms')?.value, null)
  const set = await describe(
    BROKER,
    '1',
    ['log.retention.ms'],
    [
      ['broker', '1', { 'log.retention.ms': '-5' }],
      ['broker', '', { 'log.retention.ms': '7777777' }],
    ],
  )
  assert.deepEqual(set.configs.get('log.retention.ms')?.chain, [
    '2:log.retention.ms=-5',
    '3:log.retention.ms=7777777',
    '4:log.retention.hours=100',
    '5:log.retention.hours=168',
  ])
})

test('tells only what is set for the default of all brokers', async () => {
  const { configs } = await describe(BROKER, '', null, [
    ['broker', '', { 'message.max.bytes': '2000000', bar: 'x' }],
  ])
  assert.deepEqual([...configs.keys()].sort(), ['bar', 'message.max.bytes'])
  assert.equal(configs.get('message.max.bytes')?.source, 3)
})

test('takes a topic from its own settings, then from the broker', async () => {
  const { configs } = await describe(TOPIC, 't1', null, [
    ['topic', 't1', { 'max.message.bytes': '2500000', 'cleanup.policy': 'compact, delete' }],
    ['broker', '1', { 'message.max.bytes': '3000000' }],
  ])
  assert.deepEqual(configs.get('max.message.bytes'), {
    value: '2500000',
    source: 1,
    isReadOnly: false,
    isSensitive: false,
    type: 3,
    chain: [
      '1:max.message.bytes=2500000',
      '2:message.max.bytes=3000000',
      '5:message.max.bytes=1048588',
    ],
  })
  assert.equal(configs.get('cleanup.policy')?.value, 'compact,delete')
  assert.equal(configs.get('retention.ms')?.value, '360000000')
  assert.equal(configs.get('retention.ms')?.source, 5)
  assert.deepEqual(configs.get('retention.ms')?.chain, [])
  assert.equal(configs.get('flush.ms')?.value, '9223372036854775807')
  assert.deepEqual(configs.get('remote.storage.enable')?.chain, [])
})

test('gives a group the defaults of the broker', async () => {
  const { configs } = await describe(GROUP, 'g')
  assert.equal(configs.size, 17)
  assert.deepEqual(configs.get('consumer.session.timeout.ms')?.chain, [
    '5:group.consumer.session.timeout.ms=45000',
  ])
})

test('tells all for no keys and for an empty list, and only those named otherwise', async () => {
  assert.ok((await describe(TOPIC, 't1', [])).configs.size >= 33)
  assert.deepEqual(
    [...(await describe(TOPIC, 't1', ['retention.ms', 'bogus'])).configs.keys()],
    ['retention.ms'],
  )
})

test('tells a setting that Kafka does not have where it is set, and when it is asked for', async () => {
  assert.equal((await describe(TOPIC, 't1')).configs.has('flush.policy'), false)
  const asked = await describe(TOPIC, 't1', ['flush.policy'])
  assert.equal(asked.configs.get('flush.policy')?.value, 'commit')
  const set = await describe(TOPIC, 't1', null, [
    ['topic', 't1', { 'record.validation': 'header' }],
    ['broker', '', { 'log.flush.policy': 'os' }],
  ])
  assert.equal(set.configs.get('record.validation')?.source, 1)
  assert.equal(set.configs.get('flush.policy')?.value, 'os')
  assert.equal(set.configs.get('flush.policy')?.source, 3)
})

test('refuses resources that are not here in the words of Kafka', async () => {
  const refusal = async (type: number, name: string) => {
    const { errorCode, errorMessage } = await describe(type, name)
    return [errorCode, errorMessage]
  }
  assert.deepEqual(await refusal(TOPIC, 'nope'), [ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, ''])
  assert.deepEqual(await refusal(TOPIC, ''), [
    ErrorCode.INVALID_TOPIC_EXCEPTION,
    'Topic name is invalid: the empty string is not allowed',
  ])
  assert.deepEqual(await refusal(BROKER, '9'), [
    ErrorCode.INVALID_REQUEST,
    'Unexpected broker id, expected 1 or empty string, but received 9',
  ])
  assert.deepEqual(await refusal(BROKER, 'x'), [
    ErrorCode.INVALID_REQUEST,
    'Broker id must be an integer, but it is: x',
  ])
  assert.deepEqual(await refusal(GROUP, ''), [
    ErrorCode.INVALID_REQUEST,
    'Group name must not be empty',
  ])
  assert.equal((await refusal(99, ''))[0], ErrorCode.INVALID_REQUEST)
})
