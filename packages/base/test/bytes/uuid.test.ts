import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DecodeError } from '../../src/bytes/reader.ts'
import { randomUuid, uuidFromBytes, uuidToBytes, ZERO_UUID } from '../../src/bytes/uuid.ts'

test('text and bytes of a UUID go back and forth', () => {
  const bytes = Buffer.from('00112233445566778899aabbccddeeff', 'hex')
  assert.equal(uuidFromBytes(bytes), 'ABEiM0RVZneImaq7zN3u_w')
  assert.deepEqual(uuidToBytes('ABEiM0RVZneImaq7zN3u_w'), bytes)
  assert.deepEqual(uuidToBytes(ZERO_UUID), Buffer.alloc(16))
  assert.equal(uuidFromBytes(Buffer.concat([Buffer.alloc(3), bytes]), 3), 'ABEiM0RVZneImaq7zN3u_w')
})

test('what is no UUID is refused', () => {
  assert.throws(() => uuidToBytes('short'), RangeError)
  assert.throws(() => uuidToBytes(`${ZERO_UUID}AAAA`), RangeError)
  assert.throws(() => uuidFromBytes(Buffer.alloc(15)), DecodeError)
})

test('a random UUID is of version 4 and never begins with a dash', () => {
  // The first try would begin with a dash.
  const tries = [Buffer.alloc(16, 0xfb), Buffer.alloc(16, 0x11)]
  const random = {
    below: () => 0,
    fraction: () => 0,
    bytes: () => tries.shift() ?? Buffer.alloc(16),
  }
  const uuid = randomUuid(random)
  assert.equal(uuidToBytes(uuid).toString('hex'), '11111111111141119111111111111111')
})
