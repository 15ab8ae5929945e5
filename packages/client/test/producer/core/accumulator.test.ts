import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { batch as header, readRecords, type RecordInput } from '@moldau/protocol'
import {
  Accumulator,
  type AccumulatorOptions,
  type PartitionQueue,
  type ProducerBatch,
} from '../../../src/producer/core/accumulator.ts'

const identity = { producerId: 9, producerEpoch: 0 }

function record(value: string): RecordInput {
  return { timestamp: 1000, key: null, value: Buffer.from(value) }
}

function make(options: Partial<AccumulatorOptions> = {}): Accumulator {
  return new Accumulator({
    batchBytes: 100,
    lingerMs: 10,
    deliveryTimeoutMs: 1000,
    inFlightMax: 5,
    isIdempotent: true,
    batch: {},
    ...options,
  })
}

/** Appends records that fill a batch each, and gives the queue. */
function fill(accumulator: Accumulator, count: number, now = 0): PartitionQueue {
  for (let i = 0; i < count; i++)
    accumulator.append('t', 0, record('x'.repeat(100)), undefined, now)
  const [queue] = accumulator.active
  return queue as PartitionQueue
}

function takeNext(accumulator: Accumulator, queue: PartitionQueue, now = 0): ProducerBatch {
  const batch = accumulator.ready(queue, now)
  assert.ok(batch !== undefined)
  accumulator.take(batch, identity)
  return batch
}

function values(batch: ProducerBatch): string[] {
  return [...readRecords(batch.data as Buffer, 0)].map(r => String(r.value))
}

describe('when a batch leaves', () => {
  test('waits for the linger time, counted from its first record', () => {
    const accumulator = make()
    assert.ok(accumulator.append('t', 0, record('a'), undefined, 0))
    assert.ok(!accumulator.append('t', 0, record('b'), undefined, 5))
    const [queue] = accumulator.active
    assert.ok(queue !== undefined)
    assert.equal(accumulator.ready(queue, 9), undefined)
    assert.equal(accumulator.readyAt(queue), 10)
    assert.deepEqual(values(takeNext(accumulator, queue, 10)), ['a', 'b'])
  })

  test('does not wait when it is full, when another waits behind it, or at a flush', () => {
    const full = make()
    assert.ok(full.ready(fill(full, 1), 0) !== undefined)
    const flushed = make()
    flushed.append('t', 0, record('a'), undefined, 0)
    const [queue] = flushed.active
    flushed.holdFlush(true)
    assert.ok(flushed.ready(queue as PartitionQueue, 0) !== undefined)
    flushed.holdFlush(false)
    assert.equal(flushed.ready(queue as PartitionQueue, 0), undefined)
  })

  test('keeps a record that does not fit for the next batch', () => {
    const accumulator = make({ batchBytes: 110 })
    accumulator.append('t', 0, record('x'.repeat(20)), undefined, 0)
    accumulator.append('t', 0, record('y'.repeat(20)), undefined, 0)
    const [queue] = accumulator.active as Set<PartitionQueue>
    assert.equal(queue?.waiting.length, 2)
  })

  test('lets five of a partition go at once and no more', () => {
    const accumulator = make()
    const queue = fill(accumulator, 7)
    for (let i = 0; i < 5; i++) takeNext(accumulator, queue)
    assert.equal(accumulator.ready(queue, 0), undefined)
    accumulator.succeeded(queue.inFlight[0] as ProducerBatch, 0, -1)
    assert.ok(accumulator.ready(queue, 0) !== undefined)
  })
})

describe('sequences', () => {
  test('count records, and stay with a batch that is sent again', () => {
    const accumulator = make()
    const queue = fill(accumulator, 3)
    const batches = [0, 1, 2].map(() => takeNext(accumulator, queue))
    assert.deepEqual(
      batches.map(batch => header.baseSequence(batch.data as Buffer, 0)),
      [0, 1, 2],
    )
    const [first] = batches as [ProducerBatch]
    accumulator.retry(first, 0)
    accumulator.retry(batches[1] as ProducerBatch, 0)
    accumulator.retry(batches[2] as ProducerBatch, 0)
    assert.equal(takeNext(accumulator, queue), first)
    assert.equal(header.baseSequence(first.data as Buffer, 0), 0)
    assert.ok(header.isCrcValid(first.data as Buffer, 0))
  })

  test('nothing leaves a partition with a failed batch until all on the way is answered', () => {
    const accumulator = make()
    const queue = fill(accumulator, 3)
    const [first, second] = [takeNext(accumulator, queue), takeNext(accumulator, queue)]
    accumulator.retry(first, 0)
    assert.equal(accumulator.ready(queue, 0), undefined)
    accumulator.retry(second, 0)
    assert.equal(accumulator.ready(queue, 0), first)
  })

  test('batches that failed keep their order, and their backoff', () => {
    const accumulator = make()
    const queue = fill(accumulator, 2)
    const [first, second] = [takeNext(accumulator, queue), takeNext(accumulator, queue)]
    accumulator.retry(second, 50)
    accumulator.retry(first, 80)
    assert.deepEqual(queue.waiting, [first, second])
    assert.equal(accumulator.ready(queue, 79), undefined)
    assert.equal(accumulator.ready(queue, 80), first)
  })

  test('start again under a new epoch once a batch was given up', () => {
    const accumulator = make()
    const queue = fill(accumulator, 3)
    const [first, second] = [takeNext(accumulator, queue), takeNext(accumulator, queue)]
    accumulator.failed(first, new Error('too large'))
    assert.ok(queue.needsNewEpoch)
    assert.equal(accumulator.ready(queue, 0), undefined)
    assert.deepEqual(accumulator.needingNewEpoch(), [])
    accumulator.retry(second, 0)
    assert.deepEqual(accumulator.needingNewEpoch(), [queue])
    queue.needsNewEpoch = false
    const again = accumulator.ready(queue, 0) as ProducerBatch
    accumulator.take(again, { producerId: 9, producerEpoch: 1 })
    assert.equal(again, second)
    assert.equal(header.producerEpoch(again.data as Buffer, 0), 1)
    assert.equal(header.baseSequence(again.data as Buffer, 0), 0)
  })

  test('are not given without idempotence', () => {
    const accumulator = make({ isIdempotent: false })
    const queue = fill(accumulator, 1)
    const batch = accumulator.ready(queue, 0) as ProducerBatch
    accumulator.take(batch, undefined)
    assert.equal(header.producerId(batch.data as Buffer, 0), -1)
    accumulator.failed(batch, new Error('x'))
    assert.ok(!queue.needsNewEpoch)
  })
})

describe('what becomes of records', () => {
  test('each is told its offset, or the error', () => {
    const accumulator = make()
    const told: unknown[] = []
    const delivery = {
      delivered: (base: number, index: number, time: number) => told.push([base + index, time]),
      failed: (error: Error) => told.push(error.message),
    }
    accumulator.append('t', 0, record('a'), delivery, 0)
    accumulator.append('t', 0, record('b'), delivery, 0)
    const [queue] = accumulator.active as Set<PartitionQueue>
    accumulator.succeeded(takeNext(accumulator, queue as PartitionQueue, 10), 40, 7)
    assert.deepEqual(told.splice(0), [
      [40, 7],
      [41, 7],
    ])
    accumulator.append('t', 0, record('c'), delivery, 20)
    const batch = takeNext(accumulator, queue as PartitionQueue, 30)
    assert.equal(accumulator.failed(batch, new Error('no')), false)
    assert.equal(accumulator.failed(batch, new Error('twice')), false)
    assert.deepEqual(told, ['no'])
  })

  test('says whether nobody was told of a failure', () => {
    const accumulator = make()
    const queue = fill(accumulator, 1)
    assert.equal(accumulator.failed(takeNext(accumulator, queue), new Error('no')), true)
  })

  test('counts bytes until they are done', () => {
    const accumulator = make()
    const queue = fill(accumulator, 2)
    const used = accumulator.usedBytes
    assert.ok(used > 200)
    const batch = takeNext(accumulator, queue)
    assert.equal(accumulator.usedBytes, used)
    accumulator.succeeded(batch, 0, -1)
    assert.equal(accumulator.usedBytes, used / 2)
    accumulator.failed(queue.waiting[0] as ProducerBatch, new Error('x'))
    assert.equal(accumulator.usedBytes, 0)
    assert.equal(accumulator.active.size, 0)
  })

  test('those that waited too long are named, those on the way are not', () => {
    const accumulator = make()
    const queue = fill(accumulator, 2)
    takeNext(accumulator, queue)
    assert.equal(accumulator.expiresAt(queue), 1000)
    assert.deepEqual(accumulator.expired(999), [])
    assert.deepEqual(accumulator.expired(1000), queue.waiting)
    assert.equal(accumulator.outstanding().length, 2)
  })
})
