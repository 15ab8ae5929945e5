import { atOnce } from '@moldau/base'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { placeReplicas } from '../../src/core/placement.ts'
import { seededRandom } from './support.ts'

function place(
  brokers: [number, string | null, boolean?][],
  partitionCount: number,
  replicationFactor: number,
  seed = 1,
) {
  const placed = atOnce(
    placeReplicas({
      brokers: brokers.map(([id, rack, isFenced = false]) => ({ id, rack, isFenced })),
      partitionCount,
      replicationFactor,
      random: seededRandom(seed),
    }),
  )
  assert.ok(Array.isArray(placed), JSON.stringify(placed))
  return placed
}

test('leaders are spread evenly, and no broker has a partition twice', () => {
  for (let seed = 1; seed < 20; seed++) {
    const placed = place(
      [1, 2, 3, 4, 5].map(id => [id, null]),
      20,
      3,
      seed,
    )
    for (const id of [1, 2, 3, 4, 5])
      assert.equal(placed.filter(replicas => replicas[0] === id).length, 4)
    for (const replicas of placed) assert.equal(new Set(replicas).size, 3)
  }
})

test('replicas are on as many racks as there are', () => {
  const racks = new Map([1, 2, 3, 4, 5, 6].map(id => [id, `rack-${id % 3}`]))
  for (let seed = 1; seed < 20; seed++) {
    for (const replicas of place([...racks] as [number, string][], 12, 3, seed)) {
      assert.equal(new Set(replicas.map(id => racks.get(id))).size, 3)
    }
  }
})

test('a fenced broker is taken last, and never leads', () => {
  for (const replicas of place(
    [
      [1, null],
      [2, null, true],
      [3, null],
    ],
    6,
    2,
  ))
    assert.ok(!replicas.includes(2))
  for (const replicas of place(
    [
      [1, null],
      [2, null, true],
      [3, null],
    ],
    6,
    3,
  ))
    assert.equal(replicas[2], 2)
})

test('without a live broker nothing is placed', () => {
  const placed = atOnce(
    placeReplicas({
      brokers: [{ id: 1, rack: null, isFenced: true }],
      partitionCount: 1,
      replicationFactor: 1,
      random: seededRandom(),
    }),
  )
  assert.deepEqual(placed, {
    error: 'INVALID_REPLICATION_FACTOR',
    message: 'Unable to replicate the partition 1 time(s): All brokers are currently fenced.',
  })
})
