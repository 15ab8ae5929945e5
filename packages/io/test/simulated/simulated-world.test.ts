import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Stream, StreamHandler } from '../../src/network.ts'
import {
  simulatedWorld,
  type SimulationOptions,
  type SimulatedWorld,
} from '../../src/simulated/simulated-world.ts'

/** Takes what arrives, in a landing buffer of `landingBytes`. */
class Recorder implements StreamHandler {
  readonly pieces: Buffer[] = []
  readonly events: string[] = []
  readonly #landing: Buffer
  onReceived: (() => void) | undefined

  constructor(landingBytes = 64 * 1024) {
    this.#landing = Buffer.alloc(landingBytes)
  }

  get bytes(): Buffer {
    return Buffer.concat(this.pieces)
  }

  landing(): Buffer {
    return this.#landing
  }

  received(byteCount: number): void {
    this.pieces.push(Buffer.from(this.#landing.subarray(0, byteCount)))
    this.onReceived?.()
  }

  drained(): void {
    this.events.push('drained')
  }

  closed(error?: Error): void {
    this.events.push(
      error === undefined ? 'closed' : `closed ${(error as NodeJS.ErrnoException).code}`,
    )
  }
}

interface Connection {
  readonly near: Stream
  readonly far: Stream
  readonly nearSide: Recorder
  readonly farSide: Recorder
}

const address = { host: 'b', port: 9092 }

async function connected(
  a: SimulatedWorld,
  b: SimulatedWorld,
  landingBytes?: number,
): Promise<Connection> {
  let far: Stream | undefined
  const listening = await b.network.listen(
    { host: '0.0.0.0', port: 9092 },
    stream => (far = stream),
  )
  const near = await a.run(a.network.connect(address, { timeoutMs: 1000 }))
  await listening.close()
  assert.ok(far !== undefined)
  const nearSide = new Recorder(landingBytes)
  const farSide = new Recorder(landingBytes)
  near.start(nearSide)
  far.start(farSide)
  return { near, far, nearSide, farSide }
}

function hosts(
  seed: number,
  network: SimulationOptions['network'] = {},
): [SimulatedWorld, SimulatedWorld] {
  const a = simulatedWorld(seed, { host: 'a', network })
  return [a, a.peer('b')]
}

test('bytes arrive whole and in order, in pieces of any size', async () => {
  const [a, b] = hosts(1, { pieceChance: 1, latencyMs: [1, 50], stallChance: 0.2 })
  const { near, far, farSide } = await connected(a, b, 1000)
  const data = Buffer.from(Array.from({ length: 200_000 }, (_, i) => i % 253))
  for (let at = 0; at < data.length; at += 777)
    near.write([
      data.subarray(at, at + 300),
      data.subarray(at + 300, Math.min(at + 777, data.length)),
    ])
  near.end()
  await a.advance(60_000)
  assert.ok(farSide.bytes.equals(data))
  assert.ok(new Set(farSide.pieces.map(piece => piece.length)).size > 100)
  assert.deepEqual(
    farSide.events.filter(event => event !== 'drained'),
    ['closed'],
  )
  assert.equal(far.remoteAddress, 'a')
})

test('a writer waits while the reader pauses, and hears when all has left', async () => {
  const [a, b] = hosts(2, { windowBytes: 1000 })
  const { near, far, nearSide, farSide } = await connected(a, b)
  far.pause()
  const seen: string[] = []
  near.write([Buffer.alloc(1500)], () => seen.push('sent'))
  await a.advance(5000)
  assert.equal(near.bufferedBytes, 500)
  assert.deepEqual([seen, nearSide.events, farSide.pieces], [[], [], []])
  far.resume()
  await a.advance(5000)
  assert.equal(near.bufferedBytes, 0)
  assert.deepEqual([seen, nearSide.events], [['sent'], ['drained']])
  assert.equal(farSide.bytes.length, 1500)
})

test('a reader that pauses in a read gets nothing more until it resumes', async () => {
  const [a, b] = hosts(3)
  const { near, far, farSide } = await connected(a, b, 10)
  farSide.onReceived = () => far.pause()
  near.write([Buffer.alloc(25)])
  await a.advance(100)
  const first = farSide.bytes.length
  assert.ok(first > 0 && first <= 10)
  await a.advance(100)
  assert.equal(farSide.bytes.length, first)
})

test('both sides close when one ends, after what is under way', async () => {
  const [a, b] = hosts(4)
  const { near, far, nearSide, farSide } = await connected(a, b)
  far.write([Buffer.from('reply')])
  near.write([Buffer.from('request')])
  near.end()
  await a.advance(100)
  assert.equal(nearSide.bytes.toString(), 'reply')
  assert.equal(farSide.bytes.toString(), 'request')
  assert.equal(nearSide.events.at(-1), 'closed')
  assert.equal(farSide.events.at(-1), 'closed')
})

test('a connection that is destroyed closes on both sides, once', async () => {
  const [a, b] = hosts(5)
  const { near, nearSide, farSide, far } = await connected(a, b)
  near.destroy()
  near.destroy()
  far.write([Buffer.alloc(10)])
  await a.advance(100)
  assert.deepEqual(nearSide.events, ['closed'])
  assert.match(farSide.events.at(-1) ?? '', /^closed/)
  let isSent = false
  near.write([Buffer.alloc(1)], () => (isSent = true))
  await a.drain()
  assert.ok(isSent, 'buffers come back even then')
})

test('nobody listening is a refusal, a cut wire is silence', async () => {
  const [a, b] = hosts(6)
  await assert.rejects(a.run(a.network.connect(address, { timeoutMs: 1000 })), {
    code: 'ECONNREFUSED',
  })
  await b.network.listen({ host: 'b', port: 9092 }, () => {})
  await assert.rejects(
    b.network.listen({ host: 'b', port: 9092 }, () => {}),
    { code: 'EADDRINUSE' },
  )
  a.wires.cut('b', 'a')
  const before = a.clock.monotonic()
  await assert.rejects(a.run(a.network.connect(address, { timeoutMs: 1000 })), {
    code: 'ETIMEDOUT',
  })
  assert.equal(a.clock.monotonic(), before + 1000)
})

test('a partition holds bytes back until it heals', async () => {
  const [a, b] = hosts(7)
  const { near, far, nearSide, farSide } = await connected(a, b)
  a.wires.partition(['a'], ['b'])
  near.write([Buffer.from('one ')])
  near.write([Buffer.from('two')])
  await a.advance(30_000)
  assert.equal(farSide.pieces.length, 0)
  a.wires.heal()
  await a.advance(100)
  assert.equal(farSide.bytes.toString(), 'one two')
  a.wires.cut('b', 'a')
  near.write([Buffer.from('!')])
  far.write([Buffer.from('reply')])
  await a.advance(100)
  assert.equal(farSide.bytes.toString(), 'one two!')
  assert.equal(nearSide.pieces.length, 0)
})

test('a packet can reset its connection', async () => {
  const [a, b] = hosts(8, { resetChance: 1 })
  const { near, nearSide, farSide } = await connected(a, b)
  near.write([Buffer.from('x')])
  await a.advance(100)
  assert.equal(nearSide.events.at(-1), 'closed ECONNRESET')
  assert.equal(farSide.events.at(-1), 'closed ECONNRESET')
})

test('a process that ends is silent, and its host can run the next one', async () => {
  const [a, b] = hosts(9)
  const { near, nearSide, farSide } = await connected(a, b)
  await b.network.listen({ host: 'b', port: 9092 }, () => assert.fail('gone'))
  b.files.open('/data/log', 'create')
  b.timers.after(10, () => assert.fail('gone'))
  b.timers.every(10, () => assert.fail('gone'))
  const next = b.kill()
  near.write([Buffer.from('x')])
  await a.advance(1000)
  assert.match(nearSide.events.at(-1) ?? '', /^closed/)
  assert.deepEqual(farSide.events, [])
  assert.throws(() => b.files.open('/data/log', 'write'), { code: 'EIO' })
  assert.equal(next.files.size('/data/log'), 0)
  await next.network.listen({ host: 'b', port: 9092 }, () => {})
  await a.run(a.network.connect(address, { timeoutMs: 1000 }))
})

test('a crash also forgets', () => {
  const remembered = new Set<boolean>()
  for (let seed = 0; seed < 20; seed++) {
    const world = simulatedWorld(seed)
    world.files.open('/data/log', 'create')
    remembered.add(world.crash().files.exists('/data/log'))
  }
  assert.equal(remembered.size, 2)
})

/** A conversation with faults, as one text. */
async function trace(seed: number): Promise<string> {
  const lines: string[] = []
  const [a, b] = hosts(seed, { stallChance: 0.1, pieceChance: 0.5, latencyMs: [1, 20] })
  const { near, far, nearSide, farSide } = await connected(a, b, 500)
  const log = b.files.open('/data/log', 'create')
  let position = 0
  farSide.onReceived = () => {
    const bytes = farSide.pieces.at(-1) ?? Buffer.alloc(0)
    lines.push(`${a.clock.monotonic()} received ${bytes.length}`)
    log.writeAsync([bytes], position, () => {
      lines.push(`${a.clock.monotonic()} written`)
      far.write([b.random.bytes(b.random.below(50))])
    })
    position += bytes.length
  }
  nearSide.onReceived = () =>
    lines.push(`${a.clock.monotonic()} reply ${nearSide.pieces.at(-1)?.toString('hex')}`)
  const timer = a.timers.every(5, () => near.write([a.random.bytes(1 + a.random.below(2000))]))
  await a.advance(500)
  timer.cancel()
  await a.advance(5000)
  const next = b.crash()
  lines.push(
    next.files.exists('/data/log') ? next.files.readAll('/data/log').toString('hex') : 'missing',
  )
  return lines.join('\n')
}

test('the same seed gives the same trace, another seed another one', async () => {
  const first = await trace(42)
  assert.ok(first.split('\n').length > 100)
  assert.equal(await trace(42), first)
  assert.notEqual(await trace(43), first)
})
