import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  batch,
  readRecords,
  type MessageInput,
  type ProduceRequest,
  type ProduceResponse,
} from '@moldau/protocol'
import { Kafka, string, type KafkaOptions } from '../../src/index.ts'
import { ManualWorld } from '../support/manual-world.ts'
import { ScriptedBroker } from '../support/scripted-broker.ts'

function setUp(options: KafkaOptions = {}): {
  world: ManualWorld
  broker: ScriptedBroker
  kafka: Kafka
  log: string[]
} {
  const world = new ManualWorld()
  const broker = new ScriptedBroker(world)
  broker.topics.set('t', 1)
  const log: string[] = []
  broker.on('Produce', request => store(request, log))
  const kafka = new Kafka({ bootstrapServers: 'broker:9092', world, ...options })
  return { world, broker, kafka, log }
}

/** Appends the records to a list, as a broker would to a log; or answers with an error. */
function store(
  request: ProduceRequest,
  log: string[],
  errorCode = 0,
): MessageInput<typeof ProduceResponse> {
  return {
    responses: request.topicData.map(({ name, topicId, partitionData }) => ({
      name,
      topicId,
      partitionResponses: partitionData.map(({ index, records }) => {
        const baseOffset = errorCode === 0 ? log.length : -1
        if (errorCode === 0)
          for (const record of readRecords(records as Buffer, 0)) log.push(String(record.value))
        return { index, errorCode, baseOffset }
      }),
    })),
  }
}

test('gathers what is sent within the linger time into one batch', async () => {
  const { world, broker, kafka, log } = setUp()
  const producer = kafka.producer({ value: string, lingerMs: 5 })
  const acks = ['a', 'b', 'c'].map(value => producer.send('t', { value }))
  await world.advance(5)
  assert.deepEqual(
    (await Promise.all(acks)).map(({ partition, offset }) => [partition, offset]),
    [
      [0, 0],
      [0, 1],
      [0, 2],
    ],
  )
  assert.deepEqual(log, ['a', 'b', 'c'])
  assert.equal(broker.asked('Produce').length, 1)
})

test('keeps the order of records that waited for the topic', async () => {
  const { world, broker, kafka, log } = setUp()
  broker.topics.delete('t')
  const producer = kafka.producer({ value: string, lingerMs: 0 })
  const first = producer.send('t', { value: 'a' })
  await world.settle()
  broker.topics.set('t', 1)
  const second = producer.send('t', { value: 'b' })
  await world.advance(500)
  await Promise.all([first, second, producer.send('t', { value: 'c' })])
  assert.deepEqual(log, ['a', 'b', 'c'])
})

test('sends again when the leader has moved, with the same sequence', async () => {
  const { world, broker, kafka, log } = setUp()
  broker.on('Produce', request => store(request, log, broker.asked('Produce').length < 3 ? 6 : 0))
  const producer = kafka.producer({ value: string, lingerMs: 0 })
  const ack = producer.send('t', { value: 'a' })
  await world.advance(2000)
  assert.equal((await ack).offset, 0)
  const sequences = broker
    .asked('Produce')
    .map(request =>
      batch.baseSequence(request.topicData[0]?.partitionData[0]?.records as Buffer, 0),
    )
  assert.deepEqual(sequences, [0, 0, 0])
  assert.ok(broker.asked('Metadata').length > 1)
})

test('gives up after delivery.timeout.ms and goes on under a new epoch', async () => {
  const { world, broker, kafka, log } = setUp()
  broker.on('Produce', request => store(request, log, 6))
  const producer = kafka.producer({ value: string, lingerMs: 0, deliveryTimeoutMs: 3000 })
  const lost = assert.rejects(producer.send('t', { value: 'lost' }), { code: 'TIMEOUT' })
  await world.advance(6000)
  await lost
  broker.on('Produce', request => store(request, log))
  const ack = producer.send('t', { value: 'next' })
  await world.advance(2000)
  await ack
  const last = broker.asked('Produce').at(-1)?.topicData[0]?.partitionData[0]?.records as Buffer
  assert.deepEqual([batch.producerEpoch(last, 0), batch.baseSequence(last, 0)], [1, 0])
})

test('tells the reason of a refused record and does not try again', async () => {
  const { world, broker, kafka, log } = setUp()
  broker.on('Produce', request => store(request, log, 10))
  const producer = kafka.producer({ value: string, lingerMs: 0 })
  const refused = assert.rejects(producer.send('t', { value: 'a' }), {
    code: 'MESSAGE_TOO_LARGE',
    topicPartition: { topic: 't', partition: 0 },
    retriable: false,
  })
  await world.advance(1)
  await refused
  assert.equal(broker.asked('Produce').length, 1)
})

test('asks for no answer with acks=0, and for no producer id', async () => {
  const { world, broker, kafka, log } = setUp()
  broker.on('Produce', request => {
    store(request, log)
    return undefined
  })
  const producer = kafka.producer({ value: string, acks: '0', lingerMs: 0 })
  const ack = producer.send('t', { value: 'a' })
  await world.advance(1)
  assert.equal((await ack).offset, -1)
  assert.deepEqual(broker.asked('InitProducerId'), [])
  assert.deepEqual(log, ['a'])
})

test('enqueue says when the buffer is full, and ready when it is not any more', async () => {
  const { world, kafka, log } = setUp({ bufferMemory: 100 })
  const producer = kafka.producer({ value: string, lingerMs: 1000 })
  assert.equal(producer.enqueue('t', { value: 'first' }), true)
  await world.settle()
  assert.equal(producer.enqueue('t', { value: 'x'.repeat(120) }), false)
  let isReady = false
  const ready = producer.ready().then(() => {
    isReady = true
  })
  await world.settle()
  assert.equal(isReady, false)
  await world.advance(1000)
  await ready
  assert.equal(log.length, 2)
})

test('enqueue refuses to be overrun', async () => {
  const { world, kafka } = setUp({ bufferMemory: 100 })
  const producer = kafka.producer({ value: string, lingerMs: 1000 })
  await Promise.all([producer.partitionsFor('t'), world.advance(0)])
  producer.enqueue('t', { value: 'x'.repeat(300) })
  assert.throws(() => producer.enqueue('t', { value: 'y' }), { code: 'BUFFER_FULL' })
})

test('flush sends at once, waits for the answers and throws what nobody was told', async () => {
  const { world, broker, kafka, log } = setUp()
  const producer = kafka.producer({ value: string, lingerMs: 10_000 })
  producer.enqueue('t', { value: 'a' })
  await Promise.all([producer.flush(), world.advance(0)])
  assert.deepEqual(log, ['a'])
  broker.on('Produce', request => store(request, log, 87))
  producer.enqueue('t', { value: 'b' })
  await assert.rejects(Promise.all([producer.flush(), world.advance(0)]), {
    code: 'INVALID_RECORD',
  })
  await producer.flush()
})

test('refuses partitions that the topic does not have and records that are too large', async () => {
  const { world, kafka } = setUp()
  const producer = kafka.producer({ value: string, maxRequestSize: 100 })
  const wrong = assert.rejects(producer.send('t', { value: 'a', partition: 5 }), /has 1 partitions/)
  const large = assert.rejects(producer.send('t', { value: 'x'.repeat(200) }), {
    code: 'MESSAGE_TOO_LARGE',
  })
  await world.advance(0)
  await Promise.all([wrong, large])
})

test('close sends what is buffered and then refuses more', async () => {
  const { world, kafka, log } = setUp()
  const producer = kafka.producer({ value: string, lingerMs: 10_000 })
  const ack = producer.send('t', { value: 'a' })
  await Promise.all([producer.close(), world.advance(0)])
  await ack
  assert.deepEqual(log, ['a'])
  await assert.rejects(producer.send('t', { value: 'b' }), { code: 'CLOSED' })
})

test('an aborted signal rejects with its reason', async () => {
  const { kafka } = setUp()
  const producer = kafka.producer({ value: string })
  const reason = new Error('enough')
  await assert.rejects(
    producer.send('t', { value: 'a' }, { signal: AbortSignal.abort(reason) }),
    reason,
  )
})
