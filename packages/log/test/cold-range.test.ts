import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ColdRange } from '../src/cold-range.ts'
import type { Segment } from '../src/segment.ts'

const MIB = 1024 * 1024
const segment = {} as Segment

test('holds a few MiB behind a slow read, of that segment alone', () => {
  const range = new ColdRange()
  range.wasSlow(segment, 10 * MIB)
  assert.ok(range.holds(segment, 10 * MIB))
  assert.ok(range.holds(segment, 14 * MIB - 1))
  assert.ok(!range.holds(segment, 14 * MIB))
  assert.ok(!range.holds(segment, 10 * MIB - 1))
  assert.ok(!range.holds({} as Segment, 10 * MIB))
})

test('doubles while reads behind it are slow too, and begins anew after as many quick bytes', () => {
  const range = new ColdRange()
  const lengths: number[] = []
  for (let i = 0, at = 0; i < 8; i++) {
    range.wasSlow(segment, at)
    let length = MIB
    while (range.holds(segment, at + length)) length += MIB
    lengths.push(length / MIB)
    at += length
  }
  assert.deepEqual(lengths, [4, 8, 16, 32, 64, 128, 256, 256])

  range.wasQuick(100 * MIB)
  range.wasSlow(segment, 0)
  assert.ok(range.holds(segment, 256 * MIB - 1))

  range.wasQuick(100 * MIB)
  range.wasQuick(156 * MIB)
  range.wasSlow(segment, 0)
  assert.ok(!range.holds(segment, 4 * MIB))
})
