import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RequestBuffers } from '../../src/network/request-buffers.ts'

const MIB = 1024 * 1024

test('a buffer that was given back serves the next frame of its size', () => {
  const buffers = new RequestBuffers(10 * MIB)
  const buffer = buffers.take(MIB)
  buffers.give(buffer)
  assert.equal(buffers.take(MIB), buffer)
  assert.equal(buffers.keptBytes, 0)
})

test('keeps buffers within the budget of requests and lets go of the memory of the others', () => {
  const buffers = new RequestBuffers(3 * MIB)
  const taken = [2 * MIB, 2 * MIB, MIB].map(bytes => buffers.take(bytes))
  for (const buffer of taken) buffers.give(buffer)
  assert.deepEqual(
    taken.map(({ length }) => length),
    [2 * MIB, 0, MIB],
  )
  assert.equal(buffers.keptBytes, 3 * MIB)
})
