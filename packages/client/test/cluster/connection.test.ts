import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Apis } from '@moldau/protocol'
import { Connection, type ConnectionSettings } from '../../src/cluster/connection.ts'
import { ManualWorld } from '../support/manual-world.ts'
import { ScriptedBroker } from '../support/scripted-broker.ts'

function setUp(): { world: ManualWorld; broker: ScriptedBroker; settings: ConnectionSettings } {
  const world = new ManualWorld()
  const settings = { world, clientId: 'c', setupTimeoutMs: 1000, requestTimeoutMs: 1000 }
  return { world, broker: new ScriptedBroker(world), settings }
}

const address = { host: 'broker', port: 9092 }
const group = { groupId: 'g', generationId: 1, memberId: 'm' }

test('asks for versions first and speaks the highest that both know', async () => {
  const { broker, settings } = setUp()
  broker.on('ApiVersions', () => ({
    errorCode: 0,
    apiKeys: [{ apiKey: Apis.Heartbeat.key, minVersion: 0, maxVersion: 2 }],
  }))
  broker.on('Heartbeat', () => ({ errorCode: 0 }))
  const connection = await Connection.open(address, settings)
  await connection.call(Apis.Heartbeat, group)
  assert.deepEqual(
    broker.requests.map(({ name, version }) => `${name} ${version}`),
    ['ApiVersions 4', 'Heartbeat 2'],
  )
  await assert.rejects(connection.call(Apis.LeaveGroup, { groupId: 'g', members: [] }), {
    code: 'UNSUPPORTED_VERSION',
  })
})

test('asks again with an older version when the broker does not know ours', async () => {
  const { world, settings } = setUp()
  const seen: number[] = []
  world.serve('broker:9092', peer => ({
    received(data) {
      const version = data.readInt16BE(6)
      seen.push(version)
      // Error 35 in the oldest layout, then the one row for ApiVersions.
      const body =
        version > 2
          ? [0, 35, 0, 0, 0, 1, 0, 18, 0, 0, 0, 2]
          : [0, 0, 0, 0, 0, 1, 0, 18, 0, 0, 0, 2, 0, 0, 0, 0]
      const answer = Buffer.alloc(8 + body.length)
      answer.writeInt32BE(4 + body.length)
      data.copy(answer, 4, 8, 12)
      Buffer.from(body).copy(answer, 8)
      peer.send(answer)
    },
  }))
  const connection = await Connection.open(address, settings)
  assert.deepEqual(seen, [4, 2])
  assert.equal(connection.versionOf(Apis.ApiVersions), 2)
})

test('sends requests without waiting and matches the answers', async () => {
  const { world, broker, settings } = setUp()
  let release: (() => void) | undefined
  broker.on('Heartbeat', request =>
    request.memberId === 'slow'
      ? new Promise(resolve => {
          release = () => resolve({ errorCode: 27 })
        })
      : { errorCode: 0 },
  )
  const connection = await Connection.open(address, settings)
  const slow = connection.call(Apis.Heartbeat, { ...group, memberId: 'slow' })
  const quick = connection.call(Apis.Heartbeat, group)
  await world.settle()
  assert.equal(broker.asked('Heartbeat').length, 2)
  assert.equal(connection.inFlightCount, 2)
  release?.()
  assert.deepEqual([(await slow).errorCode, (await quick).errorCode], [27, 0])
})

test('gives up the connection when an answer is late', async () => {
  const { world, broker, settings } = setUp()
  broker.on('Heartbeat', () => undefined)
  const connection = await Connection.open(address, settings)
  const first = assert.rejects(connection.call(Apis.Heartbeat, group), {
    code: 'TIMEOUT',
    api: 'Heartbeat',
    retriable: true,
  })
  const second = assert.rejects(connection.call(Apis.Heartbeat, group), { code: 'TIMEOUT' })
  await world.advance(1000)
  await Promise.all([first, second])
  assert.ok(!connection.isOpen)
})

test('fails what waits when the broker closes', async () => {
  const { broker, settings } = setUp()
  broker.on('Heartbeat', () => 'close')
  const connection = await Connection.open(address, settings)
  await assert.rejects(connection.call(Apis.Heartbeat, group), {
    code: 'CONNECTION',
    broker: 'broker:9092',
  })
  await assert.rejects(connection.call(Apis.Heartbeat, group), { code: 'CONNECTION' })
})

test('tells that nobody listens', async () => {
  const { settings } = setUp()
  await assert.rejects(Connection.open({ host: 'broker', port: 1 }, settings), {
    code: 'CONNECTION',
    retriable: true,
    hint: /is the broker running/,
  })
})
