import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commonOptions, consumerOptions, producerOptions, readOptions } from '../src/config.ts'
import { Kafka } from '../src/index.ts'
import { ManualWorld } from './support/manual-world.ts'

test('takes names with dots and in camelCase', () => {
  const dotted = readOptions(producerOptions, { 'linger.ms': 7, acks: '1' })
  const camel = readOptions(producerOptions, { lingerMs: 7, acks: '1' })
  assert.deepEqual(dotted, camel)
  assert.equal(dotted['linger.ms'], 7)
})

test('takes the text of a properties file', () => {
  const values = readOptions(consumerOptions, {
    'max.poll.records': '10',
    'enable.auto.commit': 'false',
    'partition.assignment.strategy': 'range, roundrobin',
  })
  assert.equal(values['max.poll.records'], 10)
  assert.equal(values['enable.auto.commit'], false)
  assert.deepEqual(values['partition.assignment.strategy'], ['range', 'roundrobin'])
})

test('keeps the default where undefined is given', () => {
  assert.equal(readOptions(producerOptions, { lingerMs: undefined })['linger.ms'], 5)
})

test('refuses an unknown name and suggests the nearest in the same spelling', () => {
  assert.throws(
    () => readOptions(producerOptions, { lingerMillis: 1 }),
    /Unknown option lingerMillis; did you mean lingerMs\?/,
  )
  assert.throws(
    () => readOptions(producerOptions, { 'linger.millis': 1 }),
    /did you mean linger\.ms\?/,
  )
})

test('refuses values of the wrong kind, beyond the bounds, or not in the list', () => {
  assert.throws(() => readOptions(producerOptions, { 'linger.ms': 'soon' }), /an integer is needed/)
  assert.throws(() => readOptions(producerOptions, { 'linger.ms': -1 }), /must be from 0/)
  assert.throws(() => readOptions(producerOptions, { acks: '2' }), /one of all, -1, 0, 1/)
  assert.throws(() => readOptions(consumerOptions, { enableAutoCommit: 'yes' }), /true or false/)
})

test('leaves options of others and Java-only ones alone', () => {
  readOptions(producerOptions, { 'group.id': 'x', 'key.serializer': 'X' }, [consumerOptions])
  assert.throws(() => readOptions(producerOptions, { 'group.id': 'x' }), /Unknown option group.id/)
  assert.equal(readOptions(commonOptions, {})['client.id'], 'moldau')
})

test('tells a wrong address and a missing one', () => {
  const world = new ManualWorld()
  assert.throws(() => new Kafka({ world }), /bootstrap.servers is needed/)
  assert.throws(() => new Kafka({ world, bootstrapServers: 'host' }), /Invalid address host/)
  assert.throws(() => new Kafka({ world, bootstrapServers: 'host:99999' }), /Invalid address/)
  new Kafka({ world, bootstrapServers: '[::1]:9092, b:9092' })
})

test('refuses idempotence with weaker acks, and drops it where it was not asked for', () => {
  const kafka = new Kafka({ world: new ManualWorld(), bootstrapServers: 'a:1' })
  assert.throws(() => kafka.producer({ acks: '1', enableIdempotence: true }), /needs acks=all/)
  kafka.producer({ acks: '1' })
})
