import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FrameReader } from '../../src/cluster/frame-reader.ts'

function frame(body: Buffer): Buffer {
  const data = Buffer.alloc(4 + body.length)
  data.writeInt32BE(body.length)
  body.copy(data, 4)
  return data
}

/** Feeds the data in pieces and collects the frames. */
function feed(reader: FrameReader, data: Buffer, pieceBytes: number): Buffer[] {
  const frames: Buffer[] = []
  for (let at = 0; at < data.length;) {
    const landing = reader.landing()
    const count = data.copy(landing, 0, at, Math.min(at + pieceBytes, data.length))
    reader.received(count)
    at += count
    for (let next = reader.next(); next !== undefined; next = reader.next()) frames.push(next)
  }
  return frames
}

const bodies = [0, 1, 5, 70_000, 3, 200_000, 64 * 1024, 9].map((length, i) =>
  Buffer.alloc(length, i + 1),
)

for (const pieceBytes of [1000, 4096, 65_536, 1_000_000])
  test(`cuts frames out of pieces of ${pieceBytes} bytes, and they stay as they are`, () => {
    const frames = feed(new FrameReader(1_000_000), Buffer.concat(bodies.map(frame)), pieceBytes)
    assert.equal(frames.length, bodies.length)
    frames.forEach((body, i) => assert.ok(body.equals(bodies[i] as Buffer), `frame ${i}`))
  })

test('cuts frames that come byte by byte', () => {
  const frames = feed(
    new FrameReader(100),
    Buffer.concat([frame(Buffer.from('ab')), frame(Buffer.from('c'))]),
    1,
  )
  assert.deepEqual(frames.map(String), ['ab', 'c'])
})

test('refuses lengths that cannot be', () => {
  for (const length of [-1, 101]) {
    const data = Buffer.alloc(4)
    data.writeInt32BE(length)
    assert.throws(() => feed(new FrameReader(100), data, 4), RangeError)
  }
})
