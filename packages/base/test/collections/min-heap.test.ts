import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MinHeap } from '../../src/collections/min-heap.ts'
import { seededRandom } from '../../src/seeded-random.ts'

test('gives items from the least to the greatest', () => {
  const random = seededRandom(1)
  const heap = new MinHeap<number>((a, b) => a < b)
  const items = Array.from({ length: 500 }, () => random.below(200))
  for (const item of items) heap.push(item)
  assert.equal(heap.size, 500)
  const taken = items.map(() => heap.pop())
  assert.deepEqual(
    taken,
    items.toSorted((a, b) => a - b),
  )
  assert.equal(heap.pop(), undefined)
})

test('peek leaves the least item in place, among pushes and pops', () => {
  const heap = new MinHeap<number>((a, b) => a < b)
  assert.equal(heap.peek(), undefined)
  for (const item of [5, 3, 8]) heap.push(item)
  assert.equal(heap.peek(), 3)
  heap.pop()
  heap.push(4)
  assert.equal(heap.peek(), 4)
  assert.equal(heap.size, 3)
})
