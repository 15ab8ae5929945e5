import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crc32c, tableCrc32c } from '../../src/bytes/crc32c.ts'

test('gives the check value of CRC-32C', () => {
  assert.equal(crc32c(Buffer.from('123456789'), 0, 9), 0xe3069283)
})

test('covers only the bytes from start to end', () => {
  assert.equal(crc32c(Buffer.from('xx123456789yy'), 2, 11), 0xe3069283)
})

test('is zero for no bytes', () => {
  assert.equal(crc32c(Buffer.alloc(4), 2, 2), 0)
})

test('answers the same natively and by table', () => {
  const bytes = Buffer.alloc(5000)
  for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 7 + (i >> 5)) & 0xff
  assert.equal(crc32c(bytes, 3, 4990), tableCrc32c(bytes, 3, 4990))
})
