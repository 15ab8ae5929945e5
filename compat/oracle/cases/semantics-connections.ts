/** SEMANTICS 2a.8, 2a.12: limits on connections and on what they send. */
import { once } from 'node:events'
import net from 'node:net'
import { testCase, type Case, type Side } from '../case.ts'
import { framed, header, heartbeat } from '../semantics/frames.ts'
import type { NotShown } from '../semantics/not-shown.ts'

const IDLE_MS = 2000

export const settings = {
  'connections.max.idle.ms': String(IDLE_MS),
  'socket.request.max.bytes': '100000',
  'max.connections.per.ip.overrides': '127.0.0.2:2',
}

/** A connection from another address of this machine, and whether it was closed within a moment. */
async function connectFrom(
  side: Side,
  localAddress: string,
): Promise<{ socket: net.Socket; isClosed(): boolean }> {
  const socket = net.connect({ port: side.port, host: '127.0.0.1', localAddress })
  let isClosed = false
  socket.on('close', () => (isClosed = true))
  socket.on('error', () => {})
  await Promise.race([once(socket, 'connect'), once(socket, 'close')])
  socket.resume()
  await new Promise(resolve => setTimeout(resolve, 300))
  return { socket, isClosed: () => isClosed }
}

export const cases: readonly Case[] = [
  testCase('2a.12 a connection that is idle for too long is closed', async side => {
    const connection = await side.connection()
    connection.send(heartbeat(1))
    await connection.frame()
    const start = performance.now()
    side.observe('instead of a frame', (await connection.frame(IDLE_MS * 5)) ?? 'closed')
    const took = performance.now() - start
    side.observe('in time', took > IDLE_MS * 0.8 && took < IDLE_MS * 4)
  }),

  testCase('2a.12 one that goes on asking stays', async side => {
    const connection = await side.connection()
    for (let i = 0; i < 4; i++) {
      await new Promise(resolve => setTimeout(resolve, IDLE_MS / 2))
      connection.send(heartbeat(i))
      side.observe(`answer ${i}`, (await connection.frame())?.toString('hex'))
    }
  }),

  testCase('2a.12 one address may have so many connections', async side => {
    const first = await connectFrom(side, '127.0.0.2')
    const second = await connectFrom(side, '127.0.0.2')
    const third = await connectFrom(side, '127.0.0.2')
    const other = await connectFrom(side, '127.0.0.3')
    side.observe(
      'closed',
      [first, second, third, other].map(one => one.isClosed()),
    )
    first.socket.destroy()
    await new Promise(resolve => setTimeout(resolve, 500))
    const fourth = await connectFrom(side, '127.0.0.2')
    side.observe('there is room again', !fourth.isClosed())
    for (const { socket } of [second, third, other, fourth]) socket.destroy()
  }),

  testCase('2a.8 socket.request.max.bytes is a limit on the frame without its size', async side => {
    for (const size of [99_999, 100_000, 100_001]) {
      const connection = await side.connection()
      // Not as the first request: ours takes no large one from a client that has not asked anything yet.
      connection.send(heartbeat(1))
      await connection.frame()
      // Group, generation and member of nothing, and bytes behind them.
      connection.send(
        framed(Buffer.concat([header(12, 0, 2), Buffer.alloc(size)]).subarray(0, size)),
      )
      side.observe(`${size} bytes`, (await connection.frame())?.toString('hex') ?? 'closed')
    }
  }),
]

/** What is not shown of connections. */
export const notShown: readonly NotShown[] = [
  {
    item: '2a.8 a first request of more than 64 KiB that is no Produce',
    reason:
      'ours closes the connection, by design: nothing large from who has not asked anything yet',
  },
  {
    item: '2a.11 the advertised listener follows the one that a request arrived on',
    reason: 'needs a second listener, of use with several networks',
  },
]
