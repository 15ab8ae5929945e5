/** TCP on the loopback, read in both ways: into the handler's Buffers, and by `data` events with a copy. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { describe, test } from 'node:test'
import { nodeWorld, type Stream, type StreamHandler } from '../src/index.ts'
import { NodeStream, type NodeStreamOptions } from '../src/node/node-stream.ts'

const { network } = nodeWorld()

/** Takes what arrives, in landing buffers of changing length, and answers what a test asks for. */
class Receiver implements StreamHandler {
  readonly #lengths: readonly number[]
  #landing: Buffer = Buffer.alloc(0)
  #count = 0
  #bytes: Buffer[] = []
  byteCount = 0
  drainedCount = 0
  closedWith: (Error | undefined)[] = []
  #wake: () => void = () => {}
  onReceived: (() => void) | undefined
  /** Where the next bytes go, in place of the rotating lengths. */
  target: Buffer | undefined

  constructor(lengths: readonly number[] = [64 * 1024]) {
    this.#lengths = lengths
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#bytes)
  }

  landing(): Buffer {
    this.#landing =
      this.target ?? Buffer.alloc(this.#lengths[this.#count++ % this.#lengths.length] ?? 1)
    return this.#landing
  }

  received(byteCount: number): void {
    this.#bytes.push(Buffer.from(this.#landing.subarray(0, byteCount)))
    this.byteCount += byteCount
    this.onReceived?.()
    this.#wake()
  }

  drained(): void {
    this.drainedCount++
    this.#wake()
  }

  closed(error?: Error): void {
    this.closedWith.push(error)
    this.#wake()
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>(resolve => (this.#wake = resolve))
  }
}

/** A stream that was accepted, read as `options` say, and a plain socket on the other side. */
async function accepted(
  options: NodeStreamOptions,
): Promise<{ stream: Stream; socket: net.Socket; close: () => void }> {
  const server = net.createServer({ pauseOnConnect: true })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  const connection = once(server, 'connection') as Promise<[net.Socket]>
  const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  const [ours] = await connection
  await once(socket, 'connect').catch(() => {})
  return {
    stream: new NodeStream(ours, options),
    socket,
    close: () => {
      socket.destroy()
      server.close()
    },
  }
}

for (const copiesReads of [false, true])
  describe(copiesReads ? 'with data events' : 'with a moved handle', () => {
    test('bytes land in the Buffers of the handler, in order', async () => {
      const { stream, socket, close } = await accepted({ copiesReads })
      const receiver = new Receiver([1, 100, 7, 64 * 1024, 1000])
      stream.start(receiver)
      const data = Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => (i * 7) % 251))
      socket.end(data)
      await receiver.until(() => receiver.closedWith.length > 0)
      assert.ok(receiver.bytes.equals(data))
      assert.deepEqual(receiver.closedWith, [undefined])
      close()
    })

    test('a handler that pauses in a read gets nothing more, and may say a new place before the next', async () => {
      const { stream, socket, close } = await accepted({ copiesReads })
      const receiver = new Receiver([10])
      let isPaused = false
      receiver.onReceived = () => {
        assert.equal(isPaused, false)
        if (receiver.byteCount !== 10) return
        isPaused = true
        stream.pause()
      }
      stream.start(receiver)
      socket.write(Buffer.alloc(100_000, 'x'))
      await receiver.until(() => isPaused)
      // The event loop turns a few times: nothing may arrive.
      for (let i = 0; i < 20; i++) await new Promise(resolve => setImmediate(resolve))
      assert.equal(receiver.byteCount, 10)
      receiver.target = Buffer.alloc(5000)
      isPaused = false
      stream.resume()
      await receiver.until(() => receiver.byteCount === 100_000)
      assert.ok(receiver.bytes.equals(Buffer.alloc(100_000, 'x')))
      close()
    })

    test('a stream that is paused before its start reads nothing until it is resumed', async () => {
      const { stream, socket, close } = await accepted({ copiesReads })
      const receiver = new Receiver()
      stream.pause()
      stream.start(receiver)
      socket.write('hello')
      for (let i = 0; i < 20; i++) await new Promise(resolve => setImmediate(resolve))
      assert.equal(receiver.byteCount, 0)
      stream.resume()
      await receiver.until(() => receiver.byteCount === 5)
      close()
    })

    test('parts arrive in order, and `sent` tells when they may change', async () => {
      const { stream, socket, close } = await accepted({ copiesReads })
      stream.start(new Receiver())
      const seen: string[] = []
      stream.write([Buffer.from('a'), Buffer.from('b')], () => seen.push('small'))
      stream.write([Buffer.alloc(5000, 'c'), Buffer.alloc(5000, 'd')], () => seen.push('large'))
      stream.write([], () => seen.push('nothing'))
      stream.write([Buffer.from('e')])
      stream.end()
      const chunks: Buffer[] = []
      for await (const chunk of socket) chunks.push(chunk as Buffer)
      assert.equal(Buffer.concat(chunks).toString(), `ab${'c'.repeat(5000)}${'d'.repeat(5000)}e`)
      assert.deepEqual(seen.toSorted(), ['large', 'nothing', 'small'])
      stream.write([Buffer.from('late')], () => seen.push('late'))
      assert.ok(seen.includes('late'))
      close()
    })

    test('drained is called when bytes that the kernel did not take at once have left', async () => {
      const { stream, socket, close } = await accepted({ copiesReads })
      const receiver = new Receiver()
      stream.start(receiver)
      socket.pause()
      let sentCount = 0
      while (stream.bufferedBytes === 0) stream.write([Buffer.alloc(1_000_000)], () => sentCount++)
      assert.equal(receiver.drainedCount, 0)
      socket.resume()
      await receiver.until(() => receiver.drainedCount === 1)
      assert.equal(stream.bufferedBytes, 0)
      assert.ok(sentCount > 0)
      close()
    })

    test('unsent parts are given back when the connection breaks', async () => {
      const { stream, socket, close } = await accepted({ copiesReads })
      const receiver = new Receiver()
      stream.start(receiver)
      socket.pause()
      let pending = 0
      while (stream.bufferedBytes === 0) {
        pending++
        stream.write([Buffer.alloc(1_000_000), Buffer.alloc(10)], () => pending--)
      }
      stream.destroy()
      await receiver.until(() => receiver.closedWith.length === 1)
      for (let i = 0; i < 5; i++) await new Promise(resolve => setImmediate(resolve))
      assert.equal(pending, 0)
      close()
    })

    test('a reset is told as an error, once', async () => {
      const { stream, socket, close } = await accepted({ copiesReads })
      const receiver = new Receiver()
      stream.start(receiver)
      socket.resetAndDestroy()
      await receiver.until(() => receiver.closedWith.length > 0)
      assert.equal((receiver.closedWith[0] as NodeJS.ErrnoException).code, 'ECONNRESET')
      close()
    })
  })

test('listens, connects and tells addresses', async () => {
  let inner: Stream | undefined
  const echo = new Receiver()
  const listening = await network.listen({ host: '127.0.0.1', port: 0 }, stream => {
    inner = stream
    echo.onReceived = () => stream.write([echo.bytes])
    stream.start(echo)
  })
  const stream = await network.connect(
    { host: 'localhost', port: listening.port },
    { timeoutMs: 5000 },
  )
  const receiver = new Receiver()
  stream.start(receiver)
  stream.write([Buffer.from('hello')])
  await receiver.until(() => receiver.byteCount === 5)
  assert.equal(inner?.remoteAddress, '127.0.0.1')
  assert.equal(inner.remotePort, stream.localPort)
  assert.equal(inner.localPort, listening.port)
  await assert.rejects(
    network.listen({ host: '127.0.0.1', port: listening.port }, () => {}),
    { code: 'EADDRINUSE' },
  )
  await listening.close()
  await assert.rejects(
    network.connect({ host: '127.0.0.1', port: listening.port }, { timeoutMs: 5000 }),
    { code: 'ECONNREFUSED' },
  )
  stream.end()
  await receiver.until(() => receiver.closedWith.length === 1)
  await echo.until(() => echo.closedWith.length === 1)
})
