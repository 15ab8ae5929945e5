import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ChunkedBytes } from '../../src/simulated/chunked-bytes.ts'

test('reads zeroes where a file was made longer than what was written', () => {
  const bytes = new ChunkedBytes()
  bytes.write(Buffer.from('abc'), 0)
  bytes.truncate(5000)
  const into = Buffer.alloc(10, 0xff)
  assert.equal(bytes.read(into, 4000), 10)
  assert.deepEqual(into, Buffer.alloc(10))
})

test('keeps what is written over the border of chunks', () => {
  const bytes = new ChunkedBytes()
  const data = Buffer.from(Array.from({ length: 200_000 }, (_, i) => i & 0xff))
  bytes.write(data, 100)
  assert.deepEqual(bytes.toBuffer().subarray(100), data)
})
