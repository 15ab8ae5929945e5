import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLogger } from '@moldau/base'
import type { Stream } from '@moldau/io'
import { ConnectionCounts, Listener, type ConnectionLimits } from '../../src/network/listener.ts'
import { RequestBuffers } from '../../src/network/request-buffers.ts'
import { FakeStream } from '../fake-stream.ts'

const generous: ConnectionLimits = {
  requestMaxBytes: 1000,
  idleMs: 600_000,
  connectionsMax: 100,
  connectionsPerAddressMax: 100,
  perAddressOverrides: new Map(),
}

async function setUp(limits: Partial<ConnectionLimits> = {}) {
  const time = { now: 0 }
  const sweeps: (() => void)[] = []
  const timers = new Set<object>()
  let accept: (stream: Stream) => void = () => {}
  const counts = new ConnectionCounts()
  const handled: number[] = []
  const listener = await Listener.open(
    'PLAINTEXT',
    [{ host: '127.0.0.1', port: 0, use: 'always' }],
    {
      network: {
        listen: (_address, accepting) => {
          accept = accepting
          return Promise.resolve({ host: '127.0.0.1', port: 4711, close: () => Promise.resolve() })
        },
        connect: () => Promise.reject(new Error('not used')),
      },
      clock: { now: () => time.now, monotonic: () => time.now },
      timers: {
        after: () => {
          const timer = { cancel: () => void timers.delete(timer) }
          timers.add(timer)
          return timer
        },
        every: (_periodMs, task) => {
          sweeps.push(task)
          return { cancel() {} }
        },
        soon: task => task(),
        later: task => task(),
      },
      logger: silentLogger,
      buffers: new RequestBuffers(1_000_000),
      requests: {
        admits: () => true,
        handle: (connection, buffer, start) => {
          handled.push(buffer.readInt16BE(start))
          connection.open(buffer.readInt16BE(start), 0, 0, '').replyNothing()
        },
      },
      counts,
      unsentBudgetBytes: 1e9,
      limits: () => ({ ...generous, ...limits }),
    },
  )
  const connect = (): FakeStream => {
    const stream = new FakeStream()
    accept(stream)
    return stream
  }
  const pass = (ms: number): void => {
    for (let passed = 0; passed < ms; passed += 1000) {
      time.now += 1000
      for (const sweep of sweeps) sweep()
    }
  }
  return { listener, counts, handled, connect, pass, timers }
}

const request = Buffer.from('0000000800030001000000010000', 'hex').subarray(0, 12)

test('reads nothing before it serves, and then also from those who came early', async () => {
  const { listener, connect, handled } = await setUp()
  const early = connect()
  assert.equal(early.isStarted, false)
  listener.serve()
  early.arrive(request)
  connect().arrive(request)
  assert.deepEqual(handled, [3, 3])
})

test('refuses connections beyond max.connections', async () => {
  const { listener, connect, counts } = await setUp({ connectionsMax: 2 })
  listener.serve()
  const [first, , third] = [connect(), connect(), connect()]
  assert.equal(third.isClosed, true)
  assert.deepEqual([counts.open, counts.accepted, counts.refused], [2, 2, 1])
  first.destroy()
  assert.equal(connect().isClosed, false)
})

test('refuses connections of one address beyond its limit, its own limit first', async () => {
  const perAddressOverrides = new Map([['127.0.0.1', 1]])
  const { listener, connect } = await setUp({ connectionsPerAddressMax: 5, perAddressOverrides })
  listener.serve()
  assert.equal(connect().isClosed, false)
  assert.equal(connect().isClosed, true)
})

test('closes a connection that is idle', async () => {
  const { listener, connect, pass, counts } = await setUp({ idleMs: 10_000 })
  listener.serve()
  const idle = connect()
  pass(6000)
  const busy = connect()
  pass(6000)
  assert.deepEqual([idle.isClosed, busy.isClosed], [true, false])
  assert.equal(counts.open, 1)
})

test('closes a connection whose frame does not become whole', async () => {
  const { listener, connect, pass } = await setUp()
  listener.serve()
  const slow = connect()
  slow.arrive(request.subarray(0, 6))
  pass(29_000)
  assert.equal(slow.isClosed, false)
  pass(4000)
  assert.equal(slow.isClosed, true)
})

test('a request larger than socket.request.max.bytes ends the connection', async () => {
  const { listener, connect } = await setUp()
  listener.serve()
  const client = connect()
  const large = Buffer.from(request)
  large.writeInt32BE(1001, 0)
  client.arrive(large)
  assert.equal(client.isClosed, true)
})

test('stops when all connections are closed', async () => {
  const { listener, connect } = await setUp()
  listener.serve()
  const client = connect()
  await listener.closeConnections()
  assert.equal(client.isClosed, true)
})

test('waits for a client that takes its last replies, and no longer', async () => {
  const { listener, connect, timers } = await setUp()
  listener.serve()
  const client = connect()
  client.end = () => {}
  const closing = listener.closeConnections()
  assert.equal(timers.size, 1)
  client.destroy()
  await closing
  assert.equal(timers.size, 0)
})
