import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLogger } from '@moldau/base'
import { encodeMetadataRecord, MetadataLoader, type MetadataRecordInput } from '@moldau/metadata'
import { Apis, ErrorCode, type CreateTopicsRequest } from '@moldau/protocol'
import { openStorage, RaftNode, readBootstrapValues } from '@moldau/raft'
import { newClusterValues } from '../src/bootstrap.ts'
import { ControllerNode } from '../src/controller-node.ts'
import { config, features, rules } from './core/support.ts'
import { TestStorage, testWorld } from '@moldau/testing'

const context = { principal: 'User:ANONYMOUS', listener: 'PLAINTEXT', clientId: null }
const endpoint = { name: 'CONTROLLER', host: 'localhost', port: 9093, securityProtocol: 0 }

async function open(
  world = testWorld(),
  log = new TestStorage(),
  bootstrapValues = newClusterValues(),
) {
  const storage = openStorage({
    world,
    directories: ['/data'],
    nodeId: 1,
    controllerEndpoint: endpoint,
    bootstrapValues,
  })
  const { clusterId } = storage
  const faults: Error[] = []
  const onFault = (error: Error) => faults.push(error)
  const raft = await RaftNode.open({
    world,
    directory: '/data',
    log,
    nodeId: 1,
    directoryId: storage.directoryIds.get('/data') ?? '',
    retention: { maxBytes: -1, maxMs: -1 },
    logger: silentLogger,
    onFault,
  })
  const loader = new MetadataLoader({ clusterId, logger: silentLogger, onFault })
  await raft.register(loader)
  const controller = await ControllerNode.open({
    raft,
    loader,
    world,
    logger: silentLogger,
    config,
    rules,
    endpoints: [endpoint],
    bootstrapValues: readBootstrapValues(world.files, '/data'),
  })
  return { world, log, raft, loader, controller, faults, clusterId }
}

type Node = Awaited<ReturnType<typeof open>>

async function startBroker(
  { controller, loader, clusterId }: Node,
  incarnationId = 'incarnationOneAAAAAAAA',
) {
  const registration = {
    brokerId: 1,
    clusterId,
    incarnationId,
    listeners: [{ name: 'PLAINTEXT', host: 'localhost', port: 9092, securityProtocol: 0 }],
    features,
    rack: null,
    isMigratingZkBroker: false,
    logDirs: ['HFiqZftqSAunIdyxMuFCWQ'],
    previousBrokerEpoch: -1,
  }
  const { brokerEpoch = -1 } = await controller.handle(
    Apis.BrokerRegistration,
    4,
    registration as never,
    context,
  )
  const heartbeat = {
    brokerId: 1,
    brokerEpoch,
    currentMetadataOffset: loader.image.provenance.offset,
    wantFence: false,
    wantShutDown: false,
    offlineLogDirs: [],
    cordonedLogDirs: null,
  }
  const { isFenced } = await controller.handle(Apis.BrokerHeartbeat, 2, heartbeat as never, context)
  assert.equal(isFenced, false)
  return brokerEpoch
}

function topics(...names: string[]): CreateTopicsRequest {
  const list = names.map(name => ({
    name,
    numPartitions: 1,
    replicationFactor: 1,
    assignments: [],
    configs: [],
  }))
  return { topics: list, timeoutMs: 0, validateOnly: false } as unknown as CreateTopicsRequest
}

test('a new log begins with the feature levels, in one metadata transaction, and the controller', async () => {
  const { loader } = await open()
  assert.deepEqual(
    [...loader.image.features.levels],
    [
      ['metadata.version', 30],
      ['eligible.leader.replicas.version', 1],
    ],
  )
  assert.equal(loader.image.configs.of('broker', '').get('min.insync.replicas'), '1')
  assert.equal(loader.image.controllers.get(1)?.endPoints[0]?.port, 9093)
  assert.equal(loader.image.features.level('transaction.version'), 0)
})

test('an answer comes when the image of this node has what it tells of', async () => {
  const node = await open()
  await startBroker(node)
  const response = await node.controller.handle(Apis.CreateTopics, 7, topics('orders'), context)
  assert.equal(response.topics?.[0]?.errorCode, 0)
  assert.equal(node.loader.image.topics.byName('orders')?.partitions[0]?.leader, 1)
})

test('a refusal waits for the records that it rests on', async () => {
  const node = await open()
  await startBroker(node)
  const answers: string[] = []
  const create = async (label: string) => {
    const response = await node.controller.handle(Apis.CreateTopics, 7, topics('orders'), context)
    answers.push(`${label} ${response.topics?.[0]?.errorCode} at ${node.loader.image.topics.size}`)
  }
  await Promise.all([create('first'), create('second')])
  assert.deepEqual(answers.toSorted(), ['first 0 at 1', 'second 36 at 1'])
})

test('requests that overlap get broker epochs and producer ids that are their own', async () => {
  const node = await open()
  const brokerEpoch = await startBroker(node)
  const allocate = () =>
    node.controller.handle(
      Apis.AllocateProducerIds,
      0,
      { brokerId: 1, brokerEpoch } as never,
      context,
    )
  const blocks = await Promise.all([allocate(), allocate(), allocate()])
  assert.deepEqual(
    blocks.map(block => block.producerIdStart),
    [0, 1000, 2000],
  )
  assert.equal(brokerEpoch, node.loader.image.brokers.byId(1)?.epoch)
})

test('a restart finds topics, and gives partitions a leader in a new epoch', async () => {
  const first = await open()
  await startBroker(first)
  await first.controller.handle(Apis.CreateTopics, 7, topics('orders'), context)
  await first.controller.close()
  await first.raft.close()

  const second = await open(first.world, first.log.crashed())
  assert.equal(second.loader.image.topics.size, 1)
  await startBroker(second, 'incarnationTwoAAAAAAAA')
  const partition = second.loader.image.topics.byName('orders')?.partitions[0]
  assert.equal(partition?.leader, 1)
  assert.equal(partition?.leaderEpoch, 2)
})

test('a metadata transaction that was left open is aborted', async () => {
  const first = await open()
  const open0: MetadataRecordInput[] = [
    { type: 'BeginTransactionRecord', version: 0, value: { name: 'half' } },
    {
      type: 'TopicRecord',
      version: 0,
      value: { name: 'ghost', topicId: 'cQdB1vvTQ-OpvuTZAgYI3A' },
    },
  ]
  await first.raft.append(open0.map(encodeMetadataRecord))
  await first.raft.close()
  const second = await open(first.world, first.log.crashed())
  assert.equal(second.loader.isInTransaction, false)
  assert.equal(second.loader.image.topics.byName('ghost'), undefined)
})

test('a log that fails answers NOT_CONTROLLER and leaves no trace of the write', async () => {
  const node = await open()
  await startBroker(node)
  const answer = node.controller.handle(Apis.CreateTopics, 7, topics('orders'), context)
  node.log.fail(new Error('EIO'))
  await assert.rejects(answer, { code: 'NOT_CONTROLLER' })
  assert.equal(node.loader.image.topics.size, 0)
  assert.equal(node.faults.length, 1)
})

test('levels found in an opened folder are kept and reported', async () => {
  const values = [...newClusterValues()]
  values.push(
    encodeMetadataRecord({
      type: 'FeatureLevelRecord',
      version: 0,
      value: { name: 'group.version', featureLevel: 1 },
    }),
  )
  const { controller, loader } = await open(testWorld(), new TestStorage(), values)
  assert.equal(loader.image.features.level('group.version'), 1)
  assert.deepEqual(controller.unservedFeatures, [
    { name: 'group.version', level: 1, servedLevel: 0 },
  ])
})

test('a folder of a later metadata.version is refused in one sentence', async () => {
  const later = encodeMetadataRecord({
    type: 'FeatureLevelRecord',
    version: 0,
    value: { name: 'metadata.version', featureLevel: 31 },
  })
  await assert.rejects(
    open(testWorld(), new TestStorage(), [later]),
    /metadata.version 31 is above 30/,
  )
})

test('DescribeQuorum tells the voter and how far it is', async () => {
  const { controller, raft } = await open()
  const request = {
    topics: [{ topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] }],
  }
  const response = await controller.handle(Apis.DescribeQuorum, 2, request as never, context)
  const partition = response.topics[0]?.partitions[0]
  assert.equal(partition?.leaderId, 1)
  assert.equal(partition?.highWatermark, raft.highWatermark)
  assert.equal(partition?.currentVoters[0]?.replicaId, 1)
  assert.equal(response.nodes?.[0]?.listeners[0]?.port, 9093)
})

test('DescribeQuorum can be encoded in versions without nodes and directory ids', async () => {
  const { controller } = await open()
  for (const topicName of ['__cluster_metadata', 'orders']) {
    const request = { topics: [{ topicName, partitions: [{ partitionIndex: 0 }] }] }
    for (let version = 0; version <= 2; version++) {
      const { response: schema } = Apis.DescribeQuorum
      const answer = await controller.handle(Apis.DescribeQuorum, version, request, context)
      const decoded = schema.decode(schema.encode(answer, version), version)
      assert.equal(
        decoded.topics[0]?.partitions[0]?.errorCode,
        topicName === 'orders' ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : 0,
      )
      assert.equal(decoded.nodes.length, version >= 2 && topicName !== 'orders' ? 1 : 0)
    }
  }
})

test('a topic of ten thousand partitions is made in turns, whole, and what is asked meanwhile comes behind it', async () => {
  const usual = testWorld()
  let time = 0
  let isSlow = false
  let turnCount = 0
  const seen = new Set<number>()
  const world = {
    ...usual,
    clock: { now: usual.clock.now, monotonic: () => (time += isSlow ? 5 : 0) },
    timers: {
      ...usual.timers,
      later(task: () => void) {
        turnCount++
        seen.add(node.loader.image.topics.byName('orders')?.partitions.length ?? 0)
        queueMicrotask(task)
      },
    },
  }
  const node = await open(world)
  await startBroker(node)
  isSlow = true
  const request = topics('orders')
  for (const topic of request.topics) topic.numPartitions = 10_000
  const [made, again] = await Promise.all([
    node.controller.handle(Apis.CreateTopics, 7, request, context),
    node.controller.handle(Apis.CreateTopics, 7, topics('orders'), context),
  ])
  assert.equal(made.topics?.[0]?.errorCode, ErrorCode.NONE)
  assert.equal(again.topics?.[0]?.errorCode, ErrorCode.TOPIC_ALREADY_EXISTS)
  assert.ok(turnCount > 100, `${turnCount} turns`)
  assert.deepEqual([...seen], [0])
  assert.equal(node.loader.image.topics.byName('orders')?.partitions.length, 10_000)
})
