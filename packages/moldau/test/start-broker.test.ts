import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { Kafka, string } from '@moldau/client'
import { startBroker } from 'moldau'

/** What is promised is 100 ms; a test machine is busy. */
const READY_MAX_MS = 300

const texts = { key: string, value: string }

/** Writes values to partition 0 of a topic that may have to be made. */
async function write(
  bootstrapServers: string,
  topic: string,
  values: readonly string[],
): Promise<void> {
  await using kafka = new Kafka({ bootstrapServers })
  await kafka.admin().createTopics([{ name: topic, partitions: 1 }], { ifNotExists: true })
  const producer = kafka.producer(texts)
  await Promise.all(values.map(value => producer.send(topic, { value, partition: 0 })))
}

/** The first `count` values of partition 0. */
async function read(bootstrapServers: string, topic: string, count: number): Promise<string[]> {
  await using kafka = new Kafka({ bootstrapServers })
  const consumer = kafka.consumer(texts)
  consumer.assign([{ topic, partition: 0, offset: 'earliest' }])
  const values: string[] = []
  for await (const { value } of consumer.records()) {
    values.push(value)
    if (values.length === count) break
  }
  return values
}

test('is ready in an instant, and serves what was written', async t => {
  const begun = performance.now()
  await using broker = await startBroker()
  const readyMs = performance.now() - begun
  t.diagnostic(`ready after ${readyMs.toFixed(0)} ms`)
  assert.ok(readyMs < READY_MAX_MS, `ready after ${readyMs.toFixed(0)} ms`)
  assert.equal(broker.bootstrapServers, `localhost:${broker.port}`)
  await write(broker.bootstrapServers, 'orders', ['a', 'b', 'c'])
  assert.deepEqual(await read(broker.bootstrapServers, 'orders', 3), ['a', 'b', 'c'])
})

test('several run in one process, each with its own data', async () => {
  await using first = await startBroker()
  await using second = await startBroker()
  await using third = await startBroker()
  const brokers = [first, second, third]
  assert.equal(new Set(brokers.map(({ port }) => port)).size, 3)
  assert.equal(new Set(brokers.map(({ clusterId }) => clusterId)).size, 3)
  for (const { bootstrapServers, port } of brokers)
    await write(bootstrapServers, 'same-name', [`of ${port}`])
  for (const { bootstrapServers, port } of brokers)
    assert.deepEqual(await read(bootstrapServers, 'same-name', 1), [`of ${port}`])
})

test('is gone at the end of its scope, and its port is free', async () => {
  let port = 0
  {
    await using broker = await startBroker()
    port = broker.port
  }
  await using next = await startBroker({ port })
  assert.equal(next.port, port)
})

test('stops once, however often it is told to', async () => {
  const broker = await startBroker()
  await Promise.all([broker.stop(), broker.stop()])
  await broker.stop()
})

test('keeps a folder from one start to the next', async t => {
  const home = mkdtempSync(path.join(os.tmpdir(), 'moldau-in-process-'))
  t.after(() => rmSync(home, { recursive: true, force: true }))
  const directory = path.join(home, 'data')
  let clusterId = ''
  {
    await using broker = await startBroker({ directory })
    clusterId = broker.clusterId
    await write(broker.bootstrapServers, 'kept', ['one'])
  }
  assert.ok(existsSync(path.join(directory, 'kept-0')))
  await using broker = await startBroker({ directory })
  assert.equal(broker.clusterId, clusterId)
  await write(broker.bootstrapServers, 'kept', ['two'])
  assert.deepEqual(await read(broker.bootstrapServers, 'kept', 2), ['one', 'two'])
})

test('a folder that a broker of this process has is refused to a second one', async t => {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'moldau-in-process-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  await using broker = await startBroker({ directory })
  await assert.rejects(startBroker({ directory }), new RegExp(directory))
  await write(broker.bootstrapServers, 'still-served', ['yes'])
})

test('a setting that is wrong, and a port that is taken, are refused in a sentence', async () => {
  await assert.rejects(
    startBroker({ config: { 'num.partition': 3 } }),
    /num\.partition .*num\.partitions/,
  )
  await using broker = await startBroker()
  await assert.rejects(startBroker({ port: broker.port }), new RegExp(`${broker.port}.* in use`))
})

test('takes settings by their names in Kafka', async () => {
  await using broker = await startBroker({ config: { 'num.partitions': 3 } })
  await using kafka = new Kafka({ bootstrapServers: broker.bootstrapServers })
  await kafka.admin().createTopics([{ name: 'three' }])
  const topics = await kafka.admin().describeTopics(['three'])
  assert.equal(topics.get('three')?.partitions.length, 3)
})
