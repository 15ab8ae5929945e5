/**
 * Batches that Kafka 4.3.1's own Java code wrote (MemoryRecordsBuilder), in all five compressions: base offset 100,
 * producer 4242, epoch 3, first sequence 17, leader epoch 5.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import {
  batch,
  BatchBuilder,
  decodeControlKey,
  decodeTransactionMarker,
  encodeControlKey,
  encodeTransactionMarker,
  readBatches,
  readRecords,
  recompressBatch,
  validateBatch,
  type Compression,
  type RecordInput,
} from '../../src/index.ts'

const start = 1_700_000_000_000

const expected: RecordInput[] = [
  record(0, 'key-0', 'value-0'),
  record(5, null, 'no key'),
  record(-10, 'tombstone', null),
  record(7, '', ''),
  {
    ...record(8, 'with headers', 'v'),
    headers: [
      { key: 'trace', value: Buffer.from([1, 2, 3]) },
      { key: 'null', value: null },
      { key: '', value: Buffer.alloc(0) },
      { key: 'grün', value: Buffer.from('ü') },
    ],
  },
  {
    timestamp: start + 100_000,
    key: Buffer.from('big'),
    value: Buffer.from(Array.from({ length: 70_000 }, (_, i) => (Math.floor(i / 64) % 26) + 97)),
  },
]

function record(delta: number, key: string | null, value: string | null): RecordInput {
  return {
    timestamp: start + delta,
    key: key === null ? null : Buffer.from(key),
    value: value === null ? null : Buffer.from(value),
  }
}

function golden(name: string): Buffer {
  return readFileSync(new URL(`../golden/batch-${name}.bin`, import.meta.url))
}

for (const compression of ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const) {
  test(`reads a ${compression} batch of the Java client`, () => {
    const bytes = golden(compression)
    const [view, ...others] = readBatches(bytes)
    assert.deepEqual(others, [])
    assert.equal(view?.end, bytes.length)
    assert.ok(batch.isCrcValid(bytes, 0))
    assert.equal(batch.compression(bytes, 0), compression)
    assert.equal(batch.baseOffset(bytes, 0), 100)
    assert.equal(batch.lastOffset(bytes, 0), 105)
    assert.equal(batch.producerId(bytes, 0), 4242)
    assert.equal(batch.producerEpoch(bytes, 0), 3)
    assert.equal(batch.baseSequence(bytes, 0), 17)
    assert.equal(batch.lastSequence(bytes, 0), 22)
    assert.equal(batch.partitionLeaderEpoch(bytes, 0), 5)
    assert.equal(batch.maxTimestamp(bytes, 0), start + 100_000)
    const records = [...readRecords(bytes, 0)]
    assert.deepEqual(
      records.map(r => ({ ...r, headers: [...r.headers] })),
      expected.map((r, i) => ({ headers: [], ...r, offset: 100 + i })),
    )
  })

  test(`accepts a ${compression} batch of the Java client`, () => {
    const bytes = golden(compression)
    assert.equal(validateBatch(bytes, 0, bytes.length), undefined)
    assert.deepEqual(bytes, golden(compression))
  })

  test(`builds a ${compression} batch that reads the same`, () => {
    const built = build(compression)
    assert.equal(validateBatch(built, 0, built.length), undefined)
    assert.deepEqual([...readRecords(built, 0)], [...readRecords(golden(compression), 0)])
  })

  test(`recompresses a batch to ${compression}`, () => {
    const result = recompressBatch(golden('gzip'), 0, compression)
    assert.equal(batch.compression(result, 0), compression)
    assert.equal(validateBatch(result, 0, result.length), undefined)
    assert.deepEqual([...readRecords(result, 0)], [...readRecords(golden('gzip'), 0)])
  })
}

test('builds the very bytes that the Java client builds without compression', () => {
  assert.deepEqual(build('none'), golden('none'))
})

test('builds the very transaction marker that Java builds', () => {
  const builder = new BatchBuilder({
    baseOffset: 55,
    partitionLeaderEpoch: 5,
    producerId: 4242,
    producerEpoch: 3,
    isTransactional: true,
    isControl: true,
  })
  builder.append({
    timestamp: start,
    key: encodeControlKey('commit'),
    value: encodeTransactionMarker({ coordinatorEpoch: 9 }),
  })
  const bytes = builder.build()
  assert.deepEqual(bytes, golden('commit-marker'))
  const [marker] = readRecords(bytes, 0)
  assert.equal(decodeControlKey(marker?.key ?? null), 'commit')
  assert.deepEqual(decodeTransactionMarker(marker?.value ?? null), { coordinatorEpoch: 9 })
})

function build(compression: Compression): Buffer {
  const builder = new BatchBuilder({
    compression,
    baseOffset: 100,
    partitionLeaderEpoch: 5,
    producerId: 4242,
    producerEpoch: 3,
    baseSequence: 17,
  })
  for (const r of expected) {
    const before = builder.sizeInBytes
    const bytes = builder.bytesOf(r)
    builder.append(r)
    assert.equal(builder.sizeInBytes - before, bytes)
  }
  return builder.build()
}
