import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ReadBuffers } from '../src/read-buffers.ts'

const MIB = 1024 * 1024

test('a buffer that was given back serves the next read of its size', () => {
  const buffers = new ReadBuffers(100 * MIB)
  for (const bytes of [100, 20_000, MIB, 5 * MIB]) {
    const buffer = buffers.take(bytes)
    assert.ok(buffer.length >= bytes)
    buffers.give(buffer)
    assert.equal(buffers.take(bytes), buffer)
  }
})

test('keeps buffers up to its limit and lets go of the memory of the others', () => {
  const buffers = new ReadBuffers(5 * MIB)
  const taken = [4 * MIB, 4 * MIB, MIB].map(bytes => buffers.take(bytes))
  for (const buffer of taken) buffers.give(buffer)
  assert.deepEqual(
    taken.map(({ length }) => length),
    [4 * MIB, 0, MIB],
  )
  assert.equal(buffers.keptBytes, 5 * MIB)
})
