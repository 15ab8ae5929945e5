import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WriteCost } from '../src/write-cost.ts'

const BYTES = 16 * 1024

/** A cost whose writes take as long as they are told to. */
function measuredBy() {
  let now = 0
  const cost = new WriteCost({ now: () => now, monotonic: () => now })
  return {
    cost,
    write(microseconds: number): void {
      const start = cost.start()
      now += microseconds / 1000
      cost.wrote(start, BYTES)
    },
  }
}

test('a few interrupted writes do not make writing dear', () => {
  const { cost, write } = measuredBy()
  for (let i = 0; i < 100; i++) write(10)
  for (let i = 0; i < 6; i++) write(5000)
  assert.equal(cost.isCheap(BYTES), true)
})

test('writes that are slow for long are queued, small ones excepted, and now and then one is tried', () => {
  const { cost, write } = measuredBy()
  for (let i = 0; i < 100; i++) write(100)
  let tried = 0
  for (let i = 0; i < 320; i++) if (cost.isCheap(BYTES)) tried++
  assert.equal(tried, 10)
  assert.equal(cost.isCheap(4096), true)
  for (let i = 0; i < 100; i++) write(10)
  assert.equal(cost.isCheap(BYTES), true)
})
