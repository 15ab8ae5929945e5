import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultsOf } from '@moldau/base'
import { applyOperations, checkBrokerConfigs } from '../../src/config/broker-changes.ts'
import { brokerOptions } from '../../src/config/broker-options.ts'

const values = defaultsOf(brokerOptions)

function refusal(configs: Record<string, string>, isDefault = false): string | undefined {
  try {
    checkBrokerConfigs(new Map(Object.entries(configs)), isDefault, values)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

// The texts are those of Kafka 4.3.1, as it answered.
test('refuses what cannot change while running', () => {
  assert.equal(
    refusal({ 'message.max.bytes': '5', 'node.id': '6', 'broker.rack': '6' }),
    'Cannot update these configs dynamically: [node.id, broker.rack]',
  )
  assert.equal(
    refusal({ 'log.retention.hours': '5' }, true),
    'Cannot update these configs dynamically: [log.retention.hours]',
  )
})

test('lets settings pass that it does not know', () => {
  assert.equal(refusal({ foo: 'bar', toString: 'bar', constructor: '1' }), undefined)
  assert.equal(refusal({ 'leader.replication.throttled.rate': '55' }), undefined)
})

test('refuses values of the wrong type or out of range', () => {
  assert.equal(
    refusal({ 'message.max.bytes': 'abc' }),
    'Invalid value abc for configuration message.max.bytes: Not a number of type INT',
  )
  assert.equal(
    refusal({ 'message.max.bytes': '-5' }),
    'Invalid value -5 for configuration message.max.bytes: Value must be at least 0',
  )
  assert.equal(
    refusal({ 'compression.type': 'bogus' }),
    'Invalid value bogus for configuration compression.type: String must be one of: uncompressed, zstd, lz4, snappy, gzip, producer',
  )
  assert.equal(
    refusal({ 'leader.replication.throttled.rate': 'abc' }),
    'Invalid value abc for configuration leader.replication.throttled.rate: Not a number of type LONG',
  )
  assert.equal(
    refusal({ 'log.retention.ms': '0' }),
    'requirement failed: log.retention.ms must be unlimited (-1) or, greater than or equal to 1',
  )
})

test('refuses key material outside of a listener, and settings of one broker for all', () => {
  assert.equal(
    refusal({ 'ssl.keystore.location': '/x' }),
    'These security configs can be dynamically updated only per-listener using the listener prefix: [ssl.keystore.location]',
  )
  assert.equal(refusal({ 'listener.name.plaintext.ssl.keystore.location': '/x' }), undefined)
  assert.equal(
    refusal({ 'sasl.jaas.config': 'x' }, true),
    'Cannot update these configs at default cluster level, broker id must be specified: [sasl.jaas.config]',
  )
})

test('refuses to change the number of threads too much at once', () => {
  assert.equal(
    refusal({ 'num.io.threads': '100' }),
    'Invalid value org.apache.kafka.common.config.ConfigException: Dynamic thread count update validation failed for num.io.threads=100, value should not be greater than double the current value 8 for configuration Invalid dynamic configuration',
  )
  assert.equal(refusal({ 'num.io.threads': '16' }), undefined)
})

test('sets, deletes, appends and subtracts', () => {
  const before = new Map([
    ['log.cleanup.policy', 'delete'],
    ['message.max.bytes', '5'],
  ])
  const after = applyOperations(before, [
    { name: 'log.cleanup.policy', configOperation: 2, value: 'compact,delete' },
    { name: 'message.max.bytes', configOperation: 1, value: null },
    { name: 'num.io.threads', configOperation: 0, value: '9' },
  ])
  assert.deepEqual(Object.fromEntries(after), {
    'log.cleanup.policy': 'delete,compact',
    'num.io.threads': '9',
  })
  const less = applyOperations(after, [
    { name: 'log.cleanup.policy', configOperation: 3, value: 'delete' },
  ])
  assert.equal(less.get('log.cleanup.policy'), 'compact')
})

test('appends only to lists', () => {
  assert.throws(
    () =>
      applyOperations(new Map(), [{ name: 'message.max.bytes', configOperation: 2, value: '5' }]),
    { message: 'Config value append is not allowed for config key: message.max.bytes' },
  )
  assert.throws(
    () =>
      applyOperations(new Map(), [{ name: 'message.max.bytes', configOperation: 9, value: '5' }]),
    { message: 'Unknown operations type 9' },
  )
})
