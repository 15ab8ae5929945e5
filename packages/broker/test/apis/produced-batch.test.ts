import assert from 'node:assert/strict'
import { test } from 'node:test'
import { producedBatch } from '../../src/apis/produced-batch.ts'
import { batchOf } from '../data-path.ts'

const one = batchOf('a', 'b')

function changed(at: number, ...bytes: number[]): Buffer {
  const copy = Buffer.from(one)
  copy.set(bytes, at)
  return copy
}

function check(records: Buffer, version = 9): number | string {
  const found = producedBatch(records, version)
  return typeof found === 'number' ? found : found.error
}

test('finds the batch, and drops bytes behind it that begin no whole one', () => {
  assert.equal(check(one), one.length)
  for (const length of [1, 11, 16, 17, one.length - 1])
    assert.equal(
      check(Buffer.concat([one, one.subarray(0, length)])),
      one.length,
      `${length} bytes`,
    )
})

test('refuses none, two, and one that is cut short', () => {
  for (const length of [0, 1, 11, 12, 16, 17, 60, one.length - 1])
    assert.equal(check(one.subarray(0, length)), 'INVALID_RECORD', `${length} bytes`)
  assert.equal(check(Buffer.concat([one, one])), 'INVALID_RECORD')
})

test('refuses other formats, unknown ones and impossible lengths as corrupt', () => {
  assert.equal(check(changed(16, 1)), 'INVALID_RECORD')
  assert.equal(check(changed(16, 3)), 'CORRUPT_MESSAGE')
  assert.equal(check(changed(8, 0, 0, 0, 13)), 'CORRUPT_MESSAGE')
  assert.equal(check(changed(8, 255)), 'CORRUPT_MESSAGE')
  assert.equal(check(changed(8, 0, 0, 0, 14)), 'CORRUPT_MESSAGE')
  assert.equal(check(Buffer.concat([one, changed(16, 9)])), 'CORRUPT_MESSAGE')
})

test('knows zstd from version 7 on', () => {
  assert.equal(check(changed(22, 4), 6), 'UNSUPPORTED_COMPRESSION_TYPE')
  assert.equal(check(changed(22, 4), 7), one.length)
})
