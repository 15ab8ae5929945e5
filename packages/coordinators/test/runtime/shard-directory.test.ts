import assert from 'node:assert/strict'
import { test } from 'node:test'
import { coordinatorPartition, javaStringHash } from '../../src/runtime/shard-directory.ts'

test("hashes as Java's strings do, over UTF-16 units", () => {
  assert.equal(javaStringHash(''), 0)
  assert.equal(javaStringHash('hello'), 99_162_322)
  assert.equal(javaStringHash('Aa'), javaStringHash('BB'))
  assert.equal(javaStringHash('😀'), 1_772_899)
})

test('keeps a group in the partition where Apache Kafka keeps it', () => {
  // kafka-dump-log found console-consumer-98463 in __consumer_offsets-41 of 50.
  assert.equal(coordinatorPartition('console-consumer-98463', 50), 41)
})

test('gives 0 to the one hash whose absolute value Java cannot hold', () => {
  const key = 'polygenelubricants'
  assert.equal(javaStringHash(key), -(2 ** 31))
  assert.equal(coordinatorPartition(key, 50), 0)
})
