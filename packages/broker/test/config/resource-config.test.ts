import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultsOf } from '@moldau/base'
import { brokerOptions } from '../../src/config/broker-options.ts'
import {
  topicConfig,
  validateClientMetricsConfig,
  validateGroupConfig,
  validateTopicConfig,
} from '../../src/config/resource-config.ts'
import { ConfigSource } from '../../src/config/sources.ts'

const topic = (configs: Record<string, string>) =>
  validateTopicConfig(new Map(Object.entries(configs)))?.message

// The texts are those of Kafka 4.3.1, as it answered.
test('refuses configs of a topic in the words of Kafka', () => {
  assert.equal(topic({ foo: 'bar' }), 'Unknown topic config name: foo')
  assert.equal(
    topic({ 'retention.ms': '-7' }),
    'Invalid value -7 for configuration retention.ms: Value must be at least -1',
  )
  assert.equal(
    topic({ 'cleanup.policy': 'none' }),
    'Invalid value none for configuration cleanup.policy: String must be one of: compact, delete',
  )
  assert.equal(
    topic({ 'compression.gzip.level': '10' }),
    'Invalid value 10 for configuration compression.gzip.level: Value must be between 1 and 9 or equal to -1',
  )
  assert.equal(
    topic({ 'compression.gzip.level': '0' }),
    'Invalid value 0 for configuration compression.gzip.level: Value must be between 1 and 9 or equal to -1',
  )
  assert.equal(
    topic({ 'max.message.bytes': '99999999999' }),
    'Invalid value 99999999999 for configuration max.message.bytes: Not a number of type INT',
  )
  assert.equal(
    topic({ 'leader.replication.throttled.replicas': 'abc' }),
    "Invalid value [abc] for configuration leader.replication.throttled.replicas: leader.replication.throttled.replicas must be the literal '*' or a list of replicas in the following format: [partitionId]:[brokerId],[partitionId]:[brokerId],...",
  )
  assert.equal(
    topic({ 'remote.storage.enable': 'true' }),
    'Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log storage.',
  )
  assert.equal(
    topic({ 'min.compaction.lag.ms': '10', 'max.compaction.lag.ms': '5' }),
    'conflict topic config setting min.compaction.lag.ms (10) > max.compaction.lag.ms (5)',
  )
})

test('accepts what Kafka accepts', () => {
  assert.equal(topic({ 'cleanup.policy': '' }), undefined)
  assert.equal(topic({ 'cleanup.policy': 'compact, delete' }), undefined)
  assert.equal(topic({ 'follower.replication.throttled.replicas': '0:1,1:2' }), undefined)
  assert.equal(topic({ 'follower.replication.throttled.replicas': '*' }), undefined)
  assert.equal(topic({ 'flush.messages': '9223372036854775807' }), undefined)
})

test('keeps the settings of a group within those of the broker', () => {
  const group = (configs: Record<string, string>) =>
    validateGroupConfig(new Map(Object.entries(configs)), defaultsOf(brokerOptions))?.message
  assert.equal(group({ foo: '5' }), 'Unknown group config name: foo')
  assert.equal(
    group({ 'consumer.session.timeout.ms': '5' }),
    'consumer.session.timeout.ms must be greater than or equal to group.consumer.min.session.timeout.ms',
  )
  assert.equal(group({ 'consumer.session.timeout.ms': '50000' }), undefined)
})

test('checks a client metrics subscription', () => {
  const metrics = (configs: Record<string, string>) =>
    validateClientMetricsConfig(new Map(Object.entries(configs)))?.message
  assert.equal(metrics({ foo: '5' }), 'Unknown client metrics configuration: foo')
  assert.equal(
    metrics({ 'interval.ms': '5' }),
    'Invalid value 5 for interval.ms, interval must be between 100 and 3600000 (1 hour)',
  )
  assert.equal(metrics({ 'interval.ms': '500' }), undefined)
  for (const match of ['foo', 'foo=bar', 'client_id=', 'client_id=[', 'client_id=a=b'])
    assert.equal(metrics({ match }), `Illegal client matching pattern: ${match}`)
  assert.equal(metrics({ match: ' client_id = a.* ,client_software_name=b' }), undefined)
})

test('takes a setting of a topic from the topic, then the broker, by the first name that is set', () => {
  const layers = [
    {
      source: ConfigSource.DYNAMIC_BROKER_CONFIG,
      values: new Map([['message.max.bytes', '3000000']]),
    },
    {
      source: ConfigSource.STATIC_BROKER_CONFIG,
      values: new Map([
        ['log.retention.hours', '100'],
        ['message.max.bytes', '7'],
      ]),
    },
  ]
  const config = topicConfig(layers, new Map([['segment.bytes', '2000000']]))
  assert.equal(config['retention.ms'], 360_000_000)
  assert.equal(config['max.message.bytes'], 3_000_000)
  assert.equal(config['segment.bytes'], 2_000_000)
  assert.equal(config['cleanup.policy'][0], 'delete')
})

test('reads any negative retention of the broker as no limit', () => {
  const values = new Map([['log.retention.ms', '-5']])
  const layers = [{ source: ConfigSource.STATIC_BROKER_CONFIG, values }]
  assert.equal(topicConfig(layers, new Map())['retention.ms'], -1)
})
