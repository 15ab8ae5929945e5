import assert from 'node:assert/strict'
import { test } from 'node:test'
import { releaseMemory } from '../../src/bytes/release-memory.ts'

test('a Buffer that owns its memory has none afterwards', () => {
  const buffer = Buffer.allocUnsafeSlow(1000)
  releaseMemory(buffer)
  assert.equal(buffer.length, 0)
})

test('a Buffer that shares its memory is left alone', () => {
  const whole = Buffer.allocUnsafeSlow(1000)
  const part = whole.subarray(0, 500)
  releaseMemory(part)
  assert.deepEqual([whole.length, part.length], [1000, 500])
})
