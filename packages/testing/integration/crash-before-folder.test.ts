/**
 * A topic is a record of `__cluster_metadata`, and nothing else. Whatever the disk lost of its folders, the topic is
 * there after the start and can be written; a folder without a record never becomes a topic. First with a real process
 * and real folders, then with a simulated disk that loses power at every single call of a topic's creation.
 */
import assert from 'node:assert/strict'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { silentLogger } from '@moldau/base'
import { Broker, parseServerProperties } from '@moldau/broker'
import { Kafka } from '@moldau/client'
import { simulatedWorld } from '@moldau/io'
import { Apis, BatchBuilder, ErrorCode } from '@moldau/protocol'
import { BrokerProcess, createTopic, RawConnection, readPartition } from '@moldau/testing'

/** Writes one record; the error of the partition. */
async function produce(
  connection: RawConnection,
  topic: string,
  index: number,
): Promise<number | undefined> {
  const builder = new BatchBuilder()
  builder.append({
    timestamp: 1_700_000_000_000,
    key: null,
    value: Buffer.from(`to ${topic}-${index}`),
  })
  const answer = await connection.request(Apis.Produce, 9, {
    acks: -1,
    timeoutMs: 10_000,
    topicData: [{ name: topic, partitionData: [{ index, records: builder.build() }] }],
  })
  return answer.responses[0]?.partitionResponses[0]?.errorCode
}

/** The topics, name -> id. */
async function topicIds(connection: RawConnection): Promise<Map<string, string>> {
  const answer = await connection.request(Apis.Metadata, 12, {
    topics: null,
    allowAutoTopicCreation: false,
  })
  return new Map(answer.topics.map(({ name, topicId }) => [name ?? '', topicId]))
}

test('a topic whose folders are missing after a kill is there with its id, and can be written', async () => {
  await using broker = await BrokerProcess.create()
  await broker.start()
  const before = await RawConnection.open(broker.port)
  await createTopic(before, 'orders', 3)
  const ids = await topicIds(before)
  await broker.end('SIGKILL')
  // As if the power had gone between the record and the folders.
  for (const name of readdirSync(broker.directory).filter(entry => entry.startsWith('orders-')))
    rmSync(path.join(broker.directory, name), { recursive: true })

  await broker.start()
  const connection = await RawConnection.open(broker.port)
  assert.deepEqual(await topicIds(connection), ids)
  for (const partition of [0, 1, 2]) {
    assert.equal(await produce(connection, 'orders', partition), ErrorCode.NONE)
    const read = await readPartition(connection, 'orders', partition)
    assert.deepEqual(
      read.map(({ value }) => value),
      [`to orders-${partition}`],
    )
  }
  connection.destroy()
})

test('a folder without a record never becomes a topic, and is left as it is', async () => {
  await using broker = await BrokerProcess.create({ 'auto.create.topics.enable': 'false' })
  await broker.start()
  const before = await RawConnection.open(broker.port)
  await createTopic(before, 'orders', 1)
  assert.equal(await produce(before, 'orders', 0), ErrorCode.NONE)
  await broker.end('SIGKILL')
  // A copy of a real partition under another name and id, and a folder with nothing in it.
  const stray = path.join(broker.directory, 'stray-0')
  cpSync(path.join(broker.directory, 'orders-0'), stray, { recursive: true })
  const metadataFile = path.join(stray, 'partition.metadata')
  const metadata = readFileSync(metadataFile, 'utf8')
  writeFileSync(metadataFile, metadata.replace(/topic_id: .*/, 'topic_id: AAAAAAAAAAAAAAAAAAAAAQ'))
  mkdirSync(path.join(broker.directory, 'empty-0'))
  const log = readFileSync(path.join(stray, '00000000000000000000.log'))
  assert.ok(log.length > 0)

  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    await broker.start()
    const connection = await RawConnection.open(broker.port)
    assert.deepEqual([...(await topicIds(connection)).keys()], ['orders'])
    for (const topic of ['stray', 'empty'])
      assert.equal(await produce(connection, topic, 0), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
    assert.deepEqual((await readPartition(connection, 'orders', 0)).length, 1)
    connection.destroy()
    await broker.end(signal)
    assert.deepEqual(readFileSync(path.join(stray, '00000000000000000000.log')), log)
    assert.ok(existsSync(path.join(broker.directory, 'empty-0')))
  }
})

type SimulatedWorld = ReturnType<typeof simulatedWorld>

const settings = parseServerProperties(
  new Map([
    ['listeners', 'PLAINTEXT://host-1:9092'],
    ['log.dirs', '/data'],
    ['auto.create.topics.enable', 'false'],
  ]),
)

function startIn(world: SimulatedWorld): Promise<Broker> {
  return world.run(Broker.start({ world, settings, logger: silentLogger }))
}

function clientIn(world: SimulatedWorld, name: string): Kafka {
  return new Kafka({ bootstrapServers: 'host-1:9092', world: world.peer(name) })
}

/** What the crash in one run cut off, and what was there afterwards. */
interface CrashOutcome {
  /** Whether the creation had made its last call before the crash. */
  readonly isComplete: boolean
  readonly isAcknowledged: boolean
  readonly isThere: boolean
  readonly hadFolders: boolean
}

/** Cuts the power at the n-th disk call of a topic's creation, starts again, and writes to the topic if it is there. */
async function crashAtCall(n: number): Promise<CrashOutcome> {
  let world = simulatedWorld(`crash-before-folder/${n}`)
  await startIn(world)
  const before = clientIn(world, 'client-before')
  // Connected, so that the creation is all that happens after.
  await world.run(before.admin().listTopics())
  const first = world.disk.stepCount + n
  world.disk.faultAt = ({ number }) => (number === first ? 'power-cut' : undefined)
  let isAcknowledged = false
  before
    .admin()
    .createTopics([{ name: 'orders', partitions: 3, replicationFactor: 1 }])
    .then(
      () => (isAcknowledged = true),
      () => {},
    )
  await world.advance(1000)
  const isComplete = world.disk.hasPower
  world.disk.faultAt = undefined
  world = world.crash()
  const hadFolders = world.files.list('/data').some(({ name }) => name.startsWith('orders-'))

  const broker = await startIn(world)
  const kafka = clientIn(world, 'client-after')
  const topics = await world.run(kafka.admin().listTopics())
  const isThere = topics.has('orders')
  if (isThere) {
    const producer = kafka.producer()
    for (const partition of [0, 1, 2]) {
      const written = await world.run(
        producer.send('orders', { value: Buffer.from('v'), partition }),
      )
      assert.deepEqual([written.partition, written.offset], [partition, 0])
    }
  } else assert.equal(topics.size, 0)
  await world.run(kafka.close())
  await world.run(broker.stop())
  return { isComplete, isAcknowledged, isThere, hadFolders }
}

test('a power cut at any call of a creation leaves the whole topic or none, and never loses an acknowledged one', async t => {
  const outcomes: CrashOutcome[] = []
  for (let n = 1; !(outcomes.at(-1)?.isComplete ?? false); n++) {
    const outcome = await crashAtCall(n)
    outcomes.push(outcome)
    if (outcome.isAcknowledged) assert.ok(outcome.isThere, `call ${n}: acknowledged, and gone`)
    if (!outcome.isThere) assert.ok(!outcome.isAcknowledged)
  }
  const recordWithoutFolder = outcomes.filter(
    ({ isThere, hadFolders }) => isThere && !hadFolders,
  ).length
  const folderWithoutRecord = outcomes.filter(
    ({ isThere, hadFolders }) => !isThere && hadFolders,
  ).length
  const neither = outcomes.filter(({ isThere }) => !isThere).length
  t.diagnostic(
    `crash-points=${outcomes.length} topic-without-folder=${recordWithoutFolder} no-topic=${neither} folder-without-topic=${folderWithoutRecord}`,
  )
  assert.ok(recordWithoutFolder > 0 && neither > 0)
  assert.equal(folderWithoutRecord, 0)
})
