import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batch, BatchBuilder, encodeControlKey, encodeTransactionMarker } from '@moldau/protocol'
import {
  FetchedRecords,
  type AbortedTransaction,
} from '../../../src/consumer/core/fetched-records.ts'

function data(baseOffset: number, values: string[], producerId = -1): Buffer {
  const builder = new BatchBuilder({
    baseOffset,
    partitionLeaderEpoch: 3,
    producerId,
    baseSequence: producerId < 0 ? -1 : 0,
    isTransactional: producerId >= 0,
  })
  for (const value of values) builder.append({ timestamp: 1, key: null, value: Buffer.from(value) })
  return builder.build()
}

function marker(baseOffset: number, producerId: number, type: 'abort' | 'commit'): Buffer {
  const builder = new BatchBuilder({
    baseOffset,
    producerId,
    isTransactional: true,
    isControl: true,
  })
  builder.append({
    timestamp: 1,
    key: encodeControlKey(type),
    value: encodeTransactionMarker({ coordinatorEpoch: 0 }),
  })
  return builder.build()
}

function fetched(
  records: Buffer[],
  fetchOffset = 0,
  abortedTransactions: AbortedTransaction[] = [],
): FetchedRecords {
  const bytes = Buffer.concat(records)
  return new FetchedRecords({
    topic: 't',
    partition: 0,
    fetchOffset,
    records: bytes,
    abortedTransactions,
  })
}

function read(from: FetchedRecords): string[] {
  const result: string[] = []
  for (let r = from.next(); r !== undefined; r = from.next())
    result.push(`${String(r.value)}@${r.offset}`)
  return result
}

test('begins at the wanted offset although the batch comes whole', () => {
  const records = fetched([data(10, ['a', 'b', 'c'])], 11)
  assert.deepEqual(read(records), ['b@11', 'c@12'])
  assert.equal(records.nextOffset, 13)
  assert.equal(records.leaderEpoch, 3)
})

test('leaves out a batch that was cut short', () => {
  const whole = data(0, ['a'])
  const bytes = Buffer.concat([whole, data(1, ['b']).subarray(0, 65)])
  assert.equal(FetchedRecords.endOffset(bytes, 0), 1)
  assert.deepEqual(read(fetched([bytes])), ['a@0'])
})

test('skips control records and still advances over them', () => {
  const records = fetched([data(0, ['a'], 5), marker(1, 5, 'commit')])
  assert.deepEqual(read(records), ['a@0'])
  assert.equal(records.nextOffset, 2)
})

test('leaves out aborted transactions up to their marker', () => {
  const aborted = [{ producerId: 5, firstOffset: 0 }]
  const records = fetched(
    [
      data(0, ['gone'], 5),
      data(1, ['other'], 6),
      data(2, ['plain']),
      marker(3, 5, 'abort'),
      data(4, ['next'], 5),
      marker(5, 5, 'commit'),
    ],
    0,
    aborted,
  )
  assert.deepEqual(read(records), ['other@1', 'plain@2', 'next@4'])
  assert.equal(records.nextOffset, 6)
})

test('knows a transaction that began before the answer and one that begins later', () => {
  const aborted = [
    { producerId: 5, firstOffset: 12 },
    { producerId: 5, firstOffset: 2 },
  ]
  const records = fetched(
    [data(10, ['gone'], 5), marker(11, 5, 'abort'), data(12, ['gone too'], 5), data(13, ['x'])],
    10,
    aborted,
  )
  assert.deepEqual(read(records), ['x@13'])
})

test('advances over a batch that compaction has emptied at its end', () => {
  const bytes = data(0, ['a', 'b'])
  bytes.writeInt32BE(9, 23)
  batch.setCrc(bytes, 0)
  const records = fetched([bytes])
  assert.deepEqual(read(records), ['a@0', 'b@1'])
  assert.equal(records.nextOffset, 10)
})

test('refuses a batch whose checksum is wrong', () => {
  const bytes = data(0, ['a'])
  bytes[66] = (bytes[66] as number) ^ 1
  assert.throws(() => read(fetched([bytes])), { code: 'CORRUPT_MESSAGE' })
})
