import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Partitioner } from '../../../src/producer/core/partitioner.ts'
import { ManualWorld } from '../../support/manual-world.ts'

function make(ignoresKeys = false): Partitioner {
  return new Partitioner({ random: new ManualWorld().random, stickyBytes: 100, ignoresKeys })
}

test('puts a key where the Java client puts it', () => {
  // murmur2("21") is -973932308; without its sign bit, by 10 partitions.
  assert.equal(make().choose('t', Buffer.from('21'), 50, 10, []), (-973932308 & 0x7fffffff) % 10)
})

test('treats an empty key as a key', () => {
  const partitioner = make()
  const first = partitioner.choose('t', Buffer.alloc(0), 1000, 10, [1, 2])
  for (let i = 0; i < 5; i++)
    assert.equal(partitioner.choose('t', Buffer.alloc(0), 1000, 10, [1, 2]), first)
})

test('keeps records without a key together until a batch is full, then goes elsewhere', () => {
  const partitioner = make()
  const available = [0, 1, 2, 3]
  const chosen = Array.from({ length: 8 }, () => partitioner.choose('t', null, 25, 4, available))
  assert.equal(new Set(chosen.slice(0, 4)).size, 1)
  assert.equal(new Set(chosen.slice(4)).size, 1)
  assert.notEqual(chosen[0], chosen[4])
})

test('prefers partitions that have a leader', () => {
  for (let i = 0; i < 10; i++) assert.equal(make().choose('t', null, 200, 4, [2]), 2)
})

test('spreads keyed records as well when keys are ignored', () => {
  const partitioner = make(true)
  const key = Buffer.from('same')
  const chosen = Array.from({ length: 20 }, () =>
    partitioner.choose('t', key, 100, 4, [0, 1, 2, 3]),
  )
  assert.ok(new Set(chosen).size > 1)
})
