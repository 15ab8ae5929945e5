import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batch, BatchBuilder, readBatches, type BatchOptions } from '../../src/index.ts'

function build(options: BatchOptions = {}, count = 3): Buffer {
  const builder = new BatchBuilder(options)
  for (let i = 0; i < count; i++)
    builder.append({ timestamp: 1000 + i, key: null, value: Buffer.from(`v${i}`) })
  return builder.build()
}

test('keeps its checksum when offset and leader epoch are set', () => {
  const bytes = build()
  batch.setBaseOffset(bytes, 0, 2 ** 53 - 10)
  batch.setPartitionLeaderEpoch(bytes, 0, 77)
  assert.equal(batch.baseOffset(bytes, 0), 2 ** 53 - 10)
  assert.equal(batch.partitionLeaderEpoch(bytes, 0), 77)
  assert.ok(batch.isCrcValid(bytes, 0))
})

test('computes its checksum anew when the timestamp is set', () => {
  const bytes = build()
  const before = batch.crc(bytes, 0)
  batch.setMaxTimestamp(bytes, 0, 'LogAppendTime', 5000)
  assert.equal(batch.timestampType(bytes, 0), 'LogAppendTime')
  assert.equal(batch.maxTimestamp(bytes, 0), 5000)
  assert.notEqual(batch.crc(bytes, 0), before)
  assert.ok(batch.isCrcValid(bytes, 0))
})

test('reads negative 64-bit fields', () => {
  const bytes = build()
  assert.equal(batch.producerId(bytes, 0), -1)
  batch.setMaxTimestamp(bytes, 0, 'CreateTime', -1)
  assert.equal(batch.maxTimestamp(bytes, 0), -1)
})

test('refuses a 64-bit field that a number cannot hold', () => {
  const bytes = build()
  bytes.writeBigInt64BE(2n ** 53n, 0)
  assert.throws(() => batch.baseOffset(bytes, 0), /beyond 2\^53/)
})

test('wraps the sequence behind 2^31-1 to zero', () => {
  const bytes = build({ producerId: 1, producerEpoch: 0, baseSequence: 2 ** 31 - 2 })
  assert.equal(batch.lastSequence(bytes, 0), 0)
})

test('takes a producer identity after it was built', () => {
  const bytes = build({ isTransactional: true })
  batch.setProducer(bytes, 0, { producerId: 9, producerEpoch: 2, baseSequence: 30 })
  assert.equal(batch.producerId(bytes, 0), 9)
  assert.equal(batch.baseSequence(bytes, 0), 30)
  assert.ok(batch.isTransactional(bytes, 0))
  assert.ok(batch.isCrcValid(bytes, 0))
})

test('tells whether a delete horizon was set', () => {
  const bytes = build()
  assert.equal(batch.deleteHorizonMs(bytes, 0), undefined)
  bytes[22] = (bytes[22] as number) | 0x40
  assert.equal(batch.deleteHorizonMs(bytes, 0), 1000)
})

test('walks the batches of a log and leaves out one that is cut short', () => {
  const one = build()
  const two = build({ baseOffset: 3 }, 1)
  const log = Buffer.concat([one, two, build().subarray(0, 70)])
  const seen = [...readBatches(log)].map(({ at, end }) => [at, end])
  assert.deepEqual(seen, [
    [0, one.length],
    [one.length, one.length + two.length],
  ])
})

test('does not walk over a length that cannot be', () => {
  const bytes = build()
  bytes.writeInt32BE(-5, 8)
  assert.throws(() => [...readBatches(bytes)], /Cannot read a batch/)
})
