import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLogger } from '@moldau/base'
import { ErrorCode, KafkaError, type ErrorName } from '@moldau/protocol'
import { BrokerLifecycle } from '../../src/controller-link/broker-lifecycle.ts'
import type { ControllerChannel } from '@moldau/controller'
import { ManualWorld } from '../manual-world.ts'

interface Heard {
  readonly api: string
  readonly request: Record<string, unknown>
}

/** A controller that answers by the script, one entry per request, and by `last` behind its end. */
function setUp(script: (object | ErrorName)[], last: object) {
  const world = new ManualWorld()
  const heard: Heard[] = []
  const controller = {
    handle(api: { name: string }, _version: number, request: Record<string, unknown>) {
      heard.push({ api: api.name, request })
      const answer = script.shift() ?? last
      return typeof answer === 'string'
        ? Promise.reject(new KafkaError(answer))
        : Promise.resolve(answer)
    },
  }
  const lifecycle = new BrokerLifecycle({
    world,
    logger: silentLogger,
    controller: controller as unknown as ControllerChannel,
    nodeId: 1,
    clusterId: 'cluster',
    rack: null,
    features: [],
    directoryIds: ['BBBBBBBBBBBBBBBBBBBBBA'],
    listeners: [
      {
        name: 'PLAINTEXT',
        securityProtocol: 0,
        host: '',
        port: 9092,
        advertisedHost: 'localhost',
        advertisedPort: 9092,
      },
    ],
    interBrokerListenerName: 'PLAINTEXT',
    heartbeatMs: 2000,
    previousBrokerEpoch: 5,
    metadataOffset: () => 17,
    offlineDirectoryIds: () => [],
  })
  return { world, heard, lifecycle }
}

const registered = { errorCode: ErrorCode.NONE, brokerEpoch: 9 }
const fenced = { errorCode: ErrorCode.NONE, isFenced: true, shouldShutDown: false }
const unfenced = { ...fenced, isFenced: false }
const mayStop = { ...fenced, shouldShutDown: true }

async function elapse(world: ManualWorld, ms: number): Promise<void> {
  await world.settle()
  world.advance(ms)
  await world.settle()
}

test('registers, and is ready when the controller has unfenced it', async () => {
  const { world, heard, lifecycle } = setUp([registered, fenced, unfenced], unfenced)
  let isReady = false
  void lifecycle.start().then(() => (isReady = true))
  await world.settle()
  assert.equal(isReady, false)
  await elapse(world, 100)
  assert.equal(isReady, true)
  assert.deepEqual(
    heard.map(({ api }) => api),
    ['BrokerRegistration', 'BrokerHeartbeat', 'BrokerHeartbeat'],
  )
  assert.equal(heard[0]?.request['previousBrokerEpoch'], 5)
  assert.equal(heard[1]?.request['brokerEpoch'], 9)
  assert.equal(heard[1].request['currentMetadataOffset'], 17)
})

test('tries again while there is no controller', async () => {
  const { world, heard, lifecycle } = setUp(['NOT_CONTROLLER', registered], unfenced)
  const ready = lifecycle.start()
  await elapse(world, 100)
  await ready
  assert.equal(heard.filter(({ api }) => api === 'BrokerRegistration').length, 2)
})

test('fails when the controller will never take it', async () => {
  const { world, lifecycle } = setUp([{ errorCode: ErrorCode.INCONSISTENT_CLUSTER_ID }], unfenced)
  const ready = lifecycle.start()
  void world.settle()
  await assert.rejects(ready, /Cannot register broker 1 .*INCONSISTENT_CLUSTER_ID/)
})

test('registers anew when its epoch is stale', async () => {
  const stale = { errorCode: ErrorCode.STALE_BROKER_EPOCH }
  const { world, heard, lifecycle } = setUp(
    [registered, unfenced, stale, { ...registered, brokerEpoch: 12 }],
    unfenced,
  )
  const ready = lifecycle.start()
  await world.settle()
  await ready
  await elapse(world, 2000)
  assert.equal(lifecycle.brokerEpoch, 12)
  assert.equal(heard.at(-1)?.api, 'BrokerRegistration')
})

test('asks for leave to stop, and waits for it', async () => {
  const { world, heard, lifecycle } = setUp([registered, unfenced, unfenced, mayStop], mayStop)
  const ready = lifecycle.start()
  await world.settle()
  await ready
  let isStopped = false
  const stopped = lifecycle.stop().then(() => (isStopped = true))
  await world.settle()
  assert.equal(isStopped, false)
  await elapse(world, 100)
  await stopped
  assert.equal(heard.at(-1)?.request['wantShutDown'], true)
  const count = heard.length
  await elapse(world, 10_000)
  assert.equal(heard.length, count)
})
