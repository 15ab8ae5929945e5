import assert from 'node:assert/strict'
import { test } from 'node:test'
import { atOnce } from '@moldau/base'
import type { BrokerHeartbeatRequest, BrokerRegistrationRequest } from '@moldau/protocol'
import {
  brokerHeartbeat,
  fenceExpired,
  registerBroker,
  unregisterBroker,
} from '../../src/core/brokers.ts'
import { createTopics } from '../../src/core/topics.ts'
import { directoryOf, feature, features, TestCluster } from './support.ts'

const first = 'incarnationOneAAAAAAAA'
const second = 'incarnationTwoAAAAAAAA'

function register(
  on: TestCluster,
  change: object = {},
  brokerId = 1,
): { errorCode: number; brokerEpoch: number } {
  const request = {
    brokerId,
    clusterId: 'cluster',
    incarnationId: first,
    listeners: [{ name: 'PLAINTEXT', host: 'localhost', port: 9092, securityProtocol: 0 }],
    features,
    rack: null,
    isMigratingZkBroker: false,
    logDirs: [directoryOf(1)],
    previousBrokerEpoch: -1,
    ...change,
  } as unknown as BrokerRegistrationRequest
  const response = on.decide(context => registerBroker(request, context))
  return { errorCode: response.errorCode ?? 0, brokerEpoch: response.brokerEpoch ?? -1 }
}

function heartbeat(on: TestCluster, brokerEpoch: number, change: object = {}, brokerId = 1) {
  const request = {
    brokerId,
    brokerEpoch,
    currentMetadataOffset: on.nextOffset - 1,
    wantFence: false,
    wantShutDown: false,
    offlineLogDirs: [],
    cordonedLogDirs: null,
    ...change,
  } as BrokerHeartbeatRequest
  const { errorCode, isFenced, shouldShutDown } = on.decide(context =>
    brokerHeartbeat(request, context),
  )
  return { errorCode, isFenced, shouldShutDown }
}

/** What fences a broker that was not heard from. */
const expired = (on: TestCluster) => atOnce(fenceExpired(on.context))

const well = { errorCode: 0, isFenced: false, shouldShutDown: false }

/** A cluster in which broker 1 is unfenced and leads a topic. */
function running(): { on: TestCluster; epoch: number } {
  const on = new TestCluster()
  const { brokerEpoch: epoch } = register(on)
  heartbeat(on, epoch)
  const topics = [
    { name: 'orders', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] },
  ]
  on.decide(context =>
    createTopics({ topics, timeoutMs: 0, validateOnly: false } as never, context),
  )
  return { on, epoch }
}

test('the broker epoch is the offset of the registration record', () => {
  const on = new TestCluster()
  const offset = on.nextOffset
  assert.deepEqual(register(on), { errorCode: 0, brokerEpoch: offset })
  assert.equal(on.image.brokers.byId(1)?.epoch, offset)
  assert.equal(on.image.brokers.byId(1)?.fenced, true)
})

test('the same incarnation gets the same answer, and writes nothing', () => {
  const on = new TestCluster()
  const answer = register(on)
  const offset = on.nextOffset
  assert.deepEqual(register(on), answer)
  assert.equal(on.nextOffset, offset)
})

test('a broker is unfenced when it has read its own registration', () => {
  const on = new TestCluster()
  const { brokerEpoch } = register(on)
  assert.deepEqual(heartbeat(on, brokerEpoch, { currentMetadataOffset: brokerEpoch - 1 }), {
    ...well,
    isFenced: true,
  })
  assert.deepEqual(heartbeat(on, brokerEpoch, { currentMetadataOffset: brokerEpoch }), well)
  assert.equal(on.image.brokers.byId(1)?.fenced, false)
})

test('a second incarnation is refused while the first is heard', () => {
  const { on } = running()
  assert.equal(register(on, { incarnationId: second }).errorCode, 101)
  on.now += 9000
  assert.equal(register(on, { incarnationId: second }).errorCode, 0)
})

test('a restart takes leaderships away and gives them back in a new epoch', () => {
  const { on } = running()
  on.now += 9000
  const { brokerEpoch } = register(on, { incarnationId: second })
  assert.equal(on.image.brokers.byId(1)?.epoch, brokerEpoch)
  assert.equal(on.partition('orders')?.leader, -1)
  heartbeat(on, brokerEpoch)
  assert.equal(on.partition('orders')?.leader, 1)
  assert.equal(on.partition('orders')?.leaderEpoch, 2)
})

test('a stale epoch and an unknown broker are told so', () => {
  const { on, epoch } = running()
  assert.equal(heartbeat(on, epoch - 1).errorCode, 77)
  assert.equal(heartbeat(on, epoch, {}, 9).errorCode, 102)
})

test('another cluster, and a finalised feature that the broker does not know, are refused', () => {
  assert.equal(register(new TestCluster(), { clusterId: 'other' }).errorCode, 104)
  const on = new TestCluster(feature('group.version', 1))
  assert.equal(register(on, { features: [] }).errorCode, 35)
  assert.equal(register(on).errorCode, 0)
})

test('a broker that is not heard from is fenced, and its partitions have no leader', () => {
  const { on, epoch } = running()
  on.now += 8999
  assert.deepEqual(expired(on), [])
  on.now += 1
  on.apply(expired(on))
  assert.equal(on.image.brokers.byId(1)?.fenced, true)
  assert.equal(on.partition('orders')?.leader, -1)
  assert.deepEqual(heartbeat(on, epoch), well)
  assert.equal(on.partition('orders')?.leader, 1)
})

test('a controlled shutdown takes leaderships away before the broker may stop', () => {
  const { on, epoch } = running()
  assert.deepEqual(heartbeat(on, epoch, { wantShutDown: true }), well)
  assert.equal(on.image.brokers.byId(1)?.inControlledShutdown, true)
  assert.equal(on.partition('orders')?.leader, -1)
  assert.deepEqual(on.partition('orders')?.isr, [1])
  assert.deepEqual(heartbeat(on, epoch, { wantShutDown: true }), {
    errorCode: 0,
    isFenced: true,
    shouldShutDown: true,
  })
})

test('a controlled shutdown waits until the other brokers have read it', () => {
  const { on, epoch } = running()
  const other = register(on, { incarnationId: second }, 2).brokerEpoch
  heartbeat(on, other, {}, 2)
  heartbeat(on, epoch, { wantShutDown: true })
  const change = on.nextOffset - 1
  heartbeat(on, other, { currentMetadataOffset: change - 1 }, 2)
  assert.equal(heartbeat(on, epoch, { wantShutDown: true }).shouldShutDown, false)
  heartbeat(on, other, { currentMetadataOffset: change }, 2)
  assert.equal(heartbeat(on, epoch, { wantShutDown: true }).shouldShutDown, true)
})

test('a broker whose heartbeat waits for its answer is not silent, however long that takes', () => {
  const { on, epoch } = running()
  const answered = on.sessions.heartbeatArrived(1, epoch)
  on.now += 90_000
  assert.deepEqual(expired(on), [])
  assert.ok(on.sessions.isAlive(1, epoch, on.now))

  answered(on.now)
  on.now += 8999
  assert.deepEqual(expired(on), [])
  on.now += 1
  assert.notDeepEqual(expired(on), [])
})

test('a heartbeat of an earlier life keeps no session', () => {
  const { on, epoch } = running()
  on.sessions.heartbeatArrived(1, epoch - 1)
  on.now += 9000
  assert.notDeepEqual(expired(on), [])
})

test('what a departure changes in many partitions is decided step by step', () => {
  const { on, epoch } = running()
  const topics = [
    { name: 'wide', numPartitions: 1000, replicationFactor: 1, assignments: [], configs: [] },
  ]
  on.decide(context =>
    createTopics({ topics, timeoutMs: 0, validateOnly: false } as never, context),
  )
  on.now += 9000
  assert.ok([...fenceExpired(on.context)].length > 1000 / 64)
  const leave = { brokerId: 1, brokerEpoch: epoch, wantShutDown: true } as BrokerHeartbeatRequest
  assert.ok([...brokerHeartbeat(leave, on.context)].length > 1000 / 64)
})

test('a broker that is fenced may stop at once', () => {
  const on = new TestCluster()
  const { brokerEpoch } = register(on)
  assert.equal(heartbeat(on, brokerEpoch, { wantShutDown: true }).shouldShutDown, true)
})

test('with ELR, a broker that stopped uncleanly is only the last known leader', () => {
  const { on, epoch } = running()
  on.apply([feature('eligible.leader.replicas.version', 1)])
  on.now += 9000
  const { brokerEpoch } = register(on, { incarnationId: second, previousBrokerEpoch: -1 })
  assert.deepEqual(on.partition('orders')?.lastKnownElr, [1])
  heartbeat(on, brokerEpoch)
  assert.equal(on.partition('orders')?.leader, 1)
  assert.equal(on.partition('orders')?.leaderRecoveryState, 1)
  assert.notEqual(epoch, brokerEpoch)
})

test('with ELR, a broker that stopped cleanly is eligible', () => {
  const { on, epoch } = running()
  on.apply([feature('eligible.leader.replicas.version', 1)])
  on.now += 9000
  const { brokerEpoch } = register(on, { incarnationId: second, previousBrokerEpoch: epoch })
  assert.deepEqual(on.partition('orders')?.eligibleLeaderReplicas, [1])
  heartbeat(on, brokerEpoch)
  assert.equal(on.partition('orders')?.leaderRecoveryState, 0)
  assert.deepEqual(on.partition('orders')?.isr, [1])
})

test('an unknown broker cannot be unregistered', () => {
  const { context } = new TestCluster()
  const { response } = atOnce(unregisterBroker({ brokerId: 9 } as never, context))
  assert.equal(response.errorCode, 102)
  assert.equal(response.errorMessage, 'Broker ID 9 is not currently registered')
})
