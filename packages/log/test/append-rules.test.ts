import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crc32c } from '@moldau/base'
import { batch, encodeControlKey, encodeTransactionMarker, BatchBuilder } from '@moldau/protocol'
import type { AppendProblem, AppendResult, LogConfig, PartitionLog } from '../src/index.ts'
import { append, appended, batchOf, openLog, readValues } from './support/fixtures.ts'
import { TestWorld } from './support/test-world.ts'

async function sending(changes: Partial<LogConfig>): Promise<{
  world: TestWorld
  log: PartitionLog
  send: (records: Buffer) => AppendResult
  read: () => Promise<string[]>
}> {
  const world = new TestWorld()
  const { log } = await openLog(world, changes)
  return {
    world,
    log,
    send: records => log.append(records, { origin: 'client', leaderEpoch: 0 }),
    read: async () => {
      await world.settle()
      return readValues(world, log)
    },
  }
}

function isHeavy(result: AppendResult): boolean {
  return result.error !== undefined && result.isHeavy === true
}

test('takes exactly one whole, intact batch from a client', async () => {
  const { send } = await sending({})
  assert.equal(send(Buffer.alloc(0)).error, 'INVALID_RECORD')
  assert.equal(send(Buffer.concat([batchOf(['a']), batchOf(['b'])])).error, 'INVALID_RECORD')
  assert.equal(send(batchOf(['a']).subarray(0, 65)).error, 'INVALID_RECORD')
  assert.equal(send(batchOf(['a'], { baseOffset: 5 })).error, 'INVALID_RECORD')
  assert.equal(send(batchOf(['a'], { isControl: true })).error, 'INVALID_RECORD')
  const broken = batchOf(['a'])
  broken[broken.length - 1]! ^= 1
  assert.equal(send(broken).error, 'CORRUPT_MESSAGE')
  assert.equal(appended(send(batchOf(['a']))).baseOffset, 0)
})

test('limits the batch, and the batch against the segment', async () => {
  const { send } = await sending({ 'max.message.bytes': 200, 'segment.bytes': 150 })
  assert.equal(send(batchOf(['a'], { valueBytes: 200 })).error, 'MESSAGE_TOO_LARGE')
  assert.equal(send(batchOf(['a'], { valueBytes: 100 })).error, 'RECORD_LIST_TOO_LARGE')
  assert.equal(send(batchOf(['a'])).error, undefined)
})

test('wants a key in a compacted topic, and says which records have none', async () => {
  const { send } = await sending({ 'cleanup.policy': ['compact'] })
  const refused = send(batchOf(['a', 'b']))
  assert.ok(refused.error === 'INVALID_RECORD')
  assert.deepEqual(
    refused.recordErrors?.map(record => record.batchIndex),
    [0, 1],
  )
  assert.equal(send(batchOf(['a'], { key: 'k' })).error, undefined)
})

test('refuses timestamps too far from now, and accepts none', async () => {
  const { world, send } = await sending({ 'message.timestamp.before.max.ms': 1000 })
  assert.equal(
    send(batchOf(['a'], { timestamp: world.now + 3_600_001 })).error,
    'INVALID_TIMESTAMP',
  )
  assert.equal(send(batchOf(['a'], { timestamp: world.now - 1001 })).error, 'INVALID_TIMESTAMP')
  assert.equal(send(batchOf(['a'], { timestamp: -1 })).error, undefined)
})

test('sets the broker’s time where the topic wants it', async () => {
  const { world, send } = await sending({ 'message.timestamp.type': 'LogAppendTime' })
  const records = batchOf(['a'], { timestamp: 5 })
  assert.equal(appended(send(records)).logAppendTime, world.now)
  assert.equal(batch.timestampType(records, 0), 'LogAppendTime')
  assert.equal(batch.maxTimestamp(records, 0), world.now)
  assert.ok(batch.isCrcValid(records, 0))
})

test('recompresses where the topic asks for another codec', async () => {
  const { world, send, read } = await sending({ 'compression.type': 'gzip' })
  appended(send(batchOf(['a'], { valueBytes: 5000 })))
  assert.deepEqual(await read(), ['0=a'])
  const file = world.bytes('/data/orders-0/00000000000000000000.log')
  assert.equal(batch.compression(file, 0), 'gzip')
  assert.ok(file.length < 500)
})

test('a batch that takes long to recompress is made ready first', async () => {
  for (const compression of ['none', 'lz4'] as const) {
    const { log, send } = await sending({ 'compression.type': 'zstd' })
    const large = batchOf(['a', 'b'], { compression, valueBytes: 100_000 })
    assert.ok(isHeavy(send(Buffer.from(large))))
    const prepared = await log.prepareHeavy(large)
    assert.ok(Buffer.isBuffer(prepared))
    assert.equal(batch.compression(prepared, 0), 'zstd')
    assert.ok(batch.isCrcValid(prepared, 0))
    const result = log.append(prepared, { origin: 'client', leaderEpoch: 0, isPrepared: true })
    assert.equal(appended(result).lastOffset, 1)
  }
})

test('a batch of very many records is checked aside, from its header on', async () => {
  const { log, send } = await sending({ 'max.message.bytes': 2_000_000 })
  const many = batchOf(Array.from({ length: 140_000 }, () => ''))
  assert.ok(isHeavy(send(Buffer.from(many))))
  assert.equal(await log.prepareHeavy(many), many)
  const rotten = Buffer.from(many)
  rotten[100] = (rotten[100] as number) ^ 1
  assert.ok(isHeavy(send(Buffer.from(rotten))))
  const problem = await log.prepareHeavy(rotten)
  assert.equal((problem as AppendProblem).error, 'CORRUPT_MESSAGE')
})

test('a batch that recompression makes too large is refused', async () => {
  const { log } = await sending({
    'compression.type': 'uncompressed',
    'max.message.bytes': 200_000,
  })
  const problem = await log.prepareHeavy(
    batchOf(['a', 'b', 'c'], { compression: 'gzip', valueBytes: 100_000 }),
  )
  assert.equal((problem as AppendProblem).error, 'MESSAGE_TOO_LARGE')
})

test('trusts producers within a batch where the topic says so, and never where a look at each record is needed', async () => {
  const damaged = (): Buffer => {
    const records = batchOf(['a', 'b'])
    // The first record's length, beyond the batch; the checksum is right.
    records[batch.HEADER_BYTES] = 0x7e
    records.writeUInt32BE(crc32c(records, 21, records.length), 17)
    return records
  }
  const { send } = await sending({})
  assert.equal(send(damaged()).error, 'INVALID_RECORD')
  const trusting = await sending({ 'record.validation': 'header' })
  assert.equal(appended(trusting.send(damaged())).lastOffset, 1)
  const broken = batchOf(['a'])
  broken[broken.length - 1]! ^= 1
  assert.equal(trusting.send(broken).error, 'CORRUPT_MESSAGE')
  for (const needing of [{ 'compression.type': 'zstd' }, { 'cleanup.policy': ['compact'] }]) {
    const looking = await sending({ 'record.validation': 'header', ...needing })
    assert.equal(looking.send(damaged()).error, 'INVALID_RECORD')
  }
})

test('a marker ends a transaction, and the aborted one is listed for readers', async () => {
  const world = new TestWorld()
  const { logs, log } = await openLog(world)
  append(log, batchOf(['plain']))
  const transactional = { producerId: 4, producerEpoch: 0, isTransactional: true }
  append(log, batchOf(['a'], { ...transactional, baseSequence: 0 }))
  await world.settle()
  log.advanceHighWatermark(2)
  assert.equal(log.lastStableOffset, 1)
  const marker = new BatchBuilder({ ...transactional, isControl: true })
  marker.append({
    timestamp: world.now,
    key: encodeControlKey('abort'),
    value: encodeTransactionMarker({ coordinatorEpoch: 0 }),
  })
  appended(log.append(marker.build(), { origin: 'coordinator', leaderEpoch: 0 }))
  await world.settle()
  log.advanceHighWatermark(3)
  assert.equal(log.lastStableOffset, 3)
  const aborted = [
    { producerId: 4, firstOffset: 1, lastOffset: 2, isAborted: true, lastStableOffset: 3 },
  ]
  assert.deepEqual(log.abortedTransactions(0, 3), aborted)
  assert.deepEqual(log.abortedTransactions(3, 4), [])
  await world.run(logs.close())
  const { log: log2 } = await openLog(world.kill())
  assert.equal(log2.abortedTransactions(0, 3)[0]?.producerId, 4)
})
