import assert from 'node:assert/strict'
import { test } from 'node:test'
import { murmur2 } from '../../src/bytes/murmur2.ts'

test('gives the values of the Java client', () => {
  // From running org.apache.kafka.common.utils.Utils.murmur2 of 4.3.1.
  const expected: readonly [string, number][] = [
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ]
  for (const [text, hash] of expected) assert.equal(murmur2(Buffer.from(text)), hash, text)
})
