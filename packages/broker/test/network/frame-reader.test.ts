import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FrameReader, type FrameSink } from '../../src/network/frame-reader.ts'
import { RequestBuffers } from '../../src/network/request-buffers.ts'

/** A frame of API 3, version 1, whose body is `bodyBytes` bytes that count up. */
function frameOf(bodyBytes: number): Buffer {
  const frame = Buffer.alloc(8 + bodyBytes)
  frame.writeInt32BE(4 + bodyBytes, 0)
  frame.writeInt16BE(3, 4)
  frame.writeInt16BE(1, 6)
  for (let i = 0; i < bodyBytes; i++) frame[8 + i] = i % 251
  return frame
}

class Sink implements FrameSink {
  readonly frames: Buffer[] = []
  readonly events: string[] = []
  limit = 1e9
  /** Frames that may be handled before it wants a break. */
  appetite = Infinity
  admitsSize(frameBytes: number): boolean {
    return frameBytes >= 0 && frameBytes <= this.limit
  }
  admits(frameBytes: number): boolean {
    return frameBytes <= this.limit
  }
  frame(buffer: Buffer, start: number, end: number): boolean {
    this.frames.push(Buffer.from(buffer.subarray(start, end)))
    return true
  }
  mayGoOn(): boolean {
    return --this.appetite > 0
  }
  budgetExhausted(): void {
    this.events.push('exhausted')
  }
  budgetGranted(): void {
    this.events.push('granted')
  }
}

/** Lets `bytes` arrive in reads of at most `readBytes`. */
function arrive(reader: FrameReader, bytes: Buffer, readBytes = 1e9): void {
  let at = 0
  while (at < bytes.length) {
    const landing = reader.landing()
    const count = Math.min(landing.length, readBytes, bytes.length - at)
    bytes.copy(landing, 0, at, at + count)
    reader.received(count)
    at += count
  }
}

function setUp(budgetBytes = 1e9) {
  const buffers = new RequestBuffers(budgetBytes)
  const sink = new Sink()
  return { buffers, sink, reader: new FrameReader(buffers, sink) }
}

test('cuts frames at whatever bytes the reads end', () => {
  for (const readBytes of [1, 2, 3, 7, 8, 9, 100, 4096]) {
    const { sink, reader, buffers } = setUp()
    const frames = [frameOf(4), frameOf(0), frameOf(37), frameOf(1000), frameOf(5)].filter(
      frame => frame.length >= 12,
    )
    arrive(reader, Buffer.concat(frames), readBytes)
    assert.deepEqual(
      sink.frames,
      frames.map(frame => frame.subarray(4)),
    )
    assert.equal(reader.isMidFrame, false)
    assert.equal(buffers.reservedBytes, 0)
  }
})

test('a frame larger than the landing buffer arrives whole, also one that makes its buffer grow', () => {
  for (const bodyBytes of [200_000, 3_000_000, 9_000_000]) {
    const { sink, reader } = setUp()
    const frame = frameOf(bodyBytes)
    const small = frameOf(10)
    arrive(reader, Buffer.concat([small, frame, small]), 100_000)
    assert.deepEqual(
      sink.frames.map(one => one.length),
      [14, bodyBytes + 4, 14],
    )
    assert.ok((sink.frames[1] as Buffer).equals(frame.subarray(4)))
  }
})

test('a refused frame takes no memory', () => {
  const { sink, reader, buffers } = setUp()
  sink.limit = 1000
  arrive(reader, frameOf(2000).subarray(0, 8))
  assert.equal(sink.frames.length, 0)
  assert.equal(buffers.reservedBytes, 0)
})

test('a size is judged when it is there, even if nothing follows', () => {
  const { sink, reader } = setUp()
  const judged: number[] = []
  sink.admitsSize = frameBytes => judged.push(frameBytes) < 0
  for (const byte of [0xff, 0xff, 0xff, 0xff]) arrive(reader, Buffer.from([byte]))
  assert.deepEqual(judged, [-1])
})

test('a frame waits while others use up the budget', () => {
  const buffers = new RequestBuffers(1_000_000)
  const first = new Sink()
  const second = new Sink()
  const firstReader = new FrameReader(buffers, first)
  const secondReader = new FrameReader(buffers, second)
  const frame = frameOf(700_000)
  arrive(firstReader, frame.subarray(0, 100_000))
  arrive(secondReader, frame.subarray(0, 1000))
  assert.deepEqual(second.events, ['exhausted'])
  arrive(firstReader, frame.subarray(100_000))
  assert.deepEqual(second.events, ['exhausted', 'granted'])
  arrive(secondReader, frame.subarray(1000))
  assert.ok((second.frames[0] as Buffer).equals(frame.subarray(4)))
  assert.equal(buffers.reservedBytes, 0)
})

test('a connection that closes gives its part of the budget back', () => {
  const { reader, buffers } = setUp()
  arrive(reader, frameOf(700_000).subarray(0, 1000))
  assert.equal(buffers.reservedBytes, 700_004)
  reader.close()
  assert.equal(buffers.reservedBytes, 0)
})

test('frames of one read are kept while the sink wants a break, and handed on in order', () => {
  const { sink, reader } = setUp()
  const frames = Array.from({ length: 9 }, (_, i) => frameOf(10 + i))
  const last = frameOf(500)
  sink.appetite = 2
  arrive(reader, Buffer.concat([...frames, last.subarray(0, 300)]))
  assert.equal(sink.frames.length, 2)
  assert.equal(reader.hasRest, true)
  sink.appetite = 5
  // Another connection reads into the same memory meanwhile.
  reader.landing().fill(0xff)
  reader.goOn()
  assert.equal(sink.frames.length, 7)
  sink.appetite = Infinity
  reader.goOn()
  assert.equal(reader.hasRest, false)
  arrive(reader, last.subarray(300))
  assert.deepEqual(
    sink.frames,
    [...frames, last].map(frame => frame.subarray(4)),
  )
})

test('a reader that is closed between frames hands on no more', () => {
  const { sink, reader } = setUp()
  sink.appetite = 1
  arrive(reader, Buffer.concat([frameOf(10), frameOf(10)]))
  reader.close()
  reader.goOn()
  assert.equal(sink.frames.length, 1)
})

test('the buffer of an unfinished frame serves others once nothing reads into it any more', () => {
  const { reader, buffers } = setUp()
  arrive(reader, frameOf(700_000).subarray(0, 1000))
  reader.close()
  assert.equal(buffers.keptBytes, 0)
  reader.readingEnded()
  assert.equal(buffers.keptBytes, 1024 * 1024)
  reader.readingEnded()
  assert.equal(buffers.keptBytes, 1024 * 1024)
})
