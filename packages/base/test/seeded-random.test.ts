import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../src/seeded-random.ts'

test('the same seed gives the same values, another seed others', () => {
  const values = (seed: number | string): string => seededRandom(seed).bytes(32).toString('hex')
  assert.equal(values(7), values(7))
  assert.equal(new Set([values(7), values(8), values('7/disk'), values('7/network')]).size, 4)
})

test('values are spread evenly, in their lowest bit too', () => {
  const random = seededRandom(3)
  const counts = Array.from({ length: 10 }, () => 0)
  let oddCount = 0
  let sum = 0
  for (let i = 0; i < 10_000; i++) {
    const value = random.below(10)
    counts[value] = (counts[value] ?? 0) + 1
    oddCount += random.below(2 ** 32) % 2
    sum += random.fraction()
  }
  for (const count of counts) assert.ok(count > 880 && count < 1120, String(counts))
  assert.ok(oddCount > 4800 && oddCount < 5200)
  assert.ok(sum > 4850 && sum < 5150)
})

test('seeds that are neighbours are not alike', () => {
  const firsts = new Set(
    Array.from({ length: 1000 }, (_, seed) => seededRandom(seed).below(2 ** 32)),
  )
  assert.equal(firsts.size, 1000)
  const bits = Array.from({ length: 1000 }, (_, seed) => seededRandom(seed).below(2))
  const ones = bits.filter(bit => bit === 1).length
  assert.ok(ones > 430 && ones < 570)
})
