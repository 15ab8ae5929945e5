import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Logger, silentLogger } from '@moldau/base'
import { newClusterValues } from '@moldau/controller'
import { simulatedWorld, type World } from '@moldau/io'
import { encodeMetadataRecord } from '@moldau/metadata'
import { Apis, readBatches, readRecords } from '@moldau/protocol'
import { openStorage } from '@moldau/raft'
import { Broker } from '../src/broker.ts'
import { parseServerProperties } from '../src/config.ts'
import { batchOf, produceOf } from './data-path.ts'
import { RawClient } from './raw-client.ts'

type SimulatedWorld = ReturnType<typeof simulatedWorld>

const properties = new Map([
  ['node.id', '1'],
  ['process.roles', 'broker,controller'],
  ['listeners', 'PLAINTEXT://host-1:9092'],
  ['log.dirs', '/data'],
])

function start(world: World): Promise<Broker> {
  return Broker.start({ world, settings: parseServerProperties(properties), logger: silentLogger })
}

function connect(world: SimulatedWorld, name: string): Promise<RawClient> {
  return RawClient.connect(world.peer(name).network, { host: 'host-1', port: 9092 })
}

async function createOrders(client: RawClient): Promise<void> {
  const topic = {
    name: 'orders',
    numPartitions: 2,
    replicationFactor: 1,
    assignments: [],
    configs: [],
  }
  const response = await client.call(Apis.CreateTopics, 7, {
    topics: [topic],
    timeoutMs: 10_000,
    validateOnly: false,
  })
  assert.equal(response.topics[0]?.errorCode, 0)
}

async function produce(client: RawClient, value: string): Promise<number | undefined> {
  const response = await client.call(Apis.Produce, 12, produceOf('orders', batchOf(value)))
  const partition = response.responses[0]?.partitionResponses[0]
  assert.equal(partition?.errorCode, 0)
  return partition.baseOffset
}

async function consume(client: RawClient): Promise<string[]> {
  const partitions = [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1_000_000 }]
  const response = await client.call(Apis.Fetch, 12, {
    maxWaitMs: 100,
    minBytes: 1,
    topics: [{ topic: 'orders', partitions }],
    forgottenTopicsData: [],
  })
  const records = response.responses[0]?.partitions[0]?.records ?? Buffer.alloc(0)
  const values: string[] = []
  for (const { at } of readBatches(records)) {
    for (const record of readRecords(records, at)) values.push(String(record.value))
  }
  return values
}

test('a topic is created, written, read, and there again after a clean stop', async () => {
  const world = simulatedWorld(1)
  const broker = await world.run(start(world))
  const client = await world.run(connect(world, 'client'))
  await world.run(createOrders(client))
  assert.equal(await world.run(produce(client, 'a')), 0)
  assert.equal(await world.run(produce(client, 'b')), 1)
  assert.deepEqual(await world.run(consume(client)), ['a', 'b'])
  await world.run(broker.stop())
  const again = await world.run(start(world))
  const second = await world.run(connect(world, 'second'))
  assert.deepEqual(await world.run(consume(second)), ['a', 'b'])
  assert.equal(await world.run(produce(second, 'c')), 2)
  await world.run(again.stop())
})

test('what is appended when the broker stops is acknowledged, all the rest refused', async () => {
  // A client that is refused sends again, and after the restart only the last batch is known to be a duplicate.
  let acknowledged = 0
  for (let seed = 1; seed <= 20; seed++) {
    const world = simulatedWorld(seed)
    const broker = await world.run(start(world))
    const client = await world.run(connect(world, 'client'))
    await world.run(createOrders(client))
    const errors: (number | undefined)[] = []
    let isStopping = false
    const send = async (i: number): Promise<void> => {
      const request = produceOf('orders', batchOf(`value-${i}`))
      const { responses } = await client.call(Apis.Produce, 12, request)
      errors[i] = responses[0]?.partitionResponses[0]?.errorCode
      if (errors[i] === 0 && isStopping) acknowledged++
    }
    const sendAlways = async (from: number): Promise<void> => {
      for (let i = from; i < 5000; i += 5) await send(i)
    }
    for (let i = 0; i < 5; i++) sendAlways(i).catch(() => {})
    await world.run(send(5000))
    isStopping = true
    await world.run(broker.stop())
    const again = await world.run(start(world))
    const second = await world.run(connect(world, 'second'))
    const values = await world.run(consume(second))
    const expected = errors.flatMap((error, i) => (error === 0 ? [`value-${i}`] : []))
    assert.deepEqual(new Set(values), new Set(expected), `seed ${seed}`)
    await world.run(again.stop())
  }
  assert.ok(acknowledged > 0)
})

test('warns of feature levels of an opened folder that are not served, and of none in a new one', async () => {
  const group = { name: 'group.version', featureLevel: 1 }
  const level = encodeMetadataRecord({ type: 'FeatureLevelRecord', version: 0, value: group })
  for (const found of [[], [level]]) {
    const world = simulatedWorld(6)
    openStorage({
      world,
      directories: ['/data'],
      nodeId: 1,
      controllerEndpoint: { name: 'CONTROLLER', host: 'localhost', port: 0 },
      bootstrapValues: [...newClusterValues(), ...found],
    })
    const warned: unknown[] = []
    const logger: Logger = {
      ...silentLogger,
      child: () => logger,
      warn: (event, fields) => {
        if (/feature level/.test(event)) warned.push(fields?.['feature'])
      },
    }
    const settings = parseServerProperties(properties)
    const broker = await world.run(Broker.start({ world, settings, logger }))
    assert.deepEqual(warned, found.length > 0 ? ['group.version'] : [])
    await world.run(broker.stop())
  }
})

test('what acks=all was answered for is there after a power loss', async () => {
  for (let seed = 1; seed <= 5; seed++) {
    const world = simulatedWorld(seed)
    await world.run(start(world))
    const client = await world.run(connect(world, 'client'))
    await world.run(createOrders(client))
    const acknowledged: string[] = []
    for (let i = 0; i < 10 + seed; i++) {
      await world.run(produce(client, `value-${i}`))
      acknowledged.push(`value-${i}`)
    }
    // On its way when the power goes: may be there or not.
    produce(client, 'unknown').catch(() => {})
    const survivor = world.crash()
    const broker = await survivor.run(start(survivor))
    const second = await survivor.run(connect(survivor, 'second'))
    const values = await survivor.run(consume(second))
    assert.deepEqual(values.slice(0, acknowledged.length), acknowledged, `seed ${seed}`)
    await survivor.run(broker.stop())
  }
})

test('a deleted topic is gone, and one of its name is new', async () => {
  const world = simulatedWorld(3)
  const broker = await world.run(start(world))
  const client = await world.run(connect(world, 'client'))
  await world.run(createOrders(client))
  await world.run(produce(client, 'a'))
  const deletion = client.call(Apis.DeleteTopics, 5, { topicNames: ['orders'], timeoutMs: 10_000 })
  assert.equal((await world.run(deletion)).responses[0]?.errorCode, 0)
  await world.run(createOrders(client))
  assert.deepEqual(await world.run(consume(client)), [])
  assert.equal(await world.run(produce(client, 'b')), 0)
  await world.run(broker.stop())
})

test('each idempotent producer gets an id of its own, also after a restart', async () => {
  const world = simulatedWorld(4)
  let broker = await world.run(start(world))
  const ids: number[] = []
  for (const name of ['first', 'second']) {
    const client = await world.run(connect(world, name))
    for (let i = 0; i < 2; i++) {
      const response = await world.run(
        client.call(Apis.InitProducerId, 5, {
          transactionalId: null,
          transactionTimeoutMs: 60_000,
        }),
      )
      ids.push(response.producerId)
    }
    await world.run(broker.stop())
    broker = await world.run(start(world))
  }
  assert.equal(new Set(ids).size, 4)
  await world.run(broker.stop())
})

test('two brokers cannot use one directory', async () => {
  const world = simulatedWorld(5)
  const broker = await world.run(start(world))
  await assert.rejects(world.run(start(world)))
  await world.run(broker.stop())
})

test('takes no more connections than the process has handles for, and keeps serving those', async () => {
  const world = simulatedWorld(1)
  const broker = await world.run(start(Object.assign(world, { handlesMax: 2 })))
  const first = await world.run(connect(world, 'client'))
  await world.run(connect(world, 'client'))
  const third = await world.run(connect(world, 'client'))
  await assert.rejects(world.run(createOrders(third)))
  await world.run(createOrders(first))
  assert.equal(await world.run(produce(first, 'a')), 0)
  await world.run(broker.stop())
})
