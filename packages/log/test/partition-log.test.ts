import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batch, readBatches } from '@moldau/protocol'
import type { ReadResult } from '../src/partition-log.ts'
import {
  append,
  appended,
  batchOf,
  configWith,
  defaultConfig,
  FOLDER,
  openLog,
  openLogs,
  readValues,
  TOPIC_ID,
} from './support/fixtures.ts'
import { TestWorld } from './support/test-world.ts'

test('assigns offsets, writes at the end of the tick, and is durable after the sync', async () => {
  const world = new TestWorld()
  const { log } = await openLog(world)
  const first = append(log, batchOf(['a', 'b']))
  const second = append(log, batchOf(['c']))
  assert.deepEqual([first.baseOffset, first.lastOffset, second.baseOffset], [0, 1, 2])
  assert.deepEqual([log.logEndOffset, log.writtenOffset, log.durableOffset], [3, 0, 0])
  let calls = 0
  log.onProgress = () => calls++
  world.tick()
  assert.deepEqual([log.writtenOffset, log.durableOffset, calls], [3, 0, 1])
  await world.settle()
  assert.deepEqual([log.durableOffset, calls], [3, 2])
  assert.deepEqual(await readValues(world, log), ['0=a', '1=b', '2=c'])
  assert.equal(
    world.calls.filter(call => call === `write ${FOLDER}/00000000000000000000.log`).length,
    1,
  )
})

test('costs a folder and a topic id file until the first append', async () => {
  const world = new TestWorld()
  const { log } = await openLog(world)
  assert.equal(log.logEndOffset, 0)
  assert.deepEqual(
    world.files.list(FOLDER).map(entry => entry.name),
    ['partition.metadata'],
  )
  assert.equal(
    world.bytes(`${FOLDER}/partition.metadata`).toString(),
    'version: 0\ntopic_id: OUMlaNGFRfKA4X25WJnuFA',
  )
})

test('patches offset and leader epoch into the batch without touching its checksum', async () => {
  const world = new TestWorld()
  const { log } = await openLog(world)
  append(log, batchOf(['a']), 7)
  const records = batchOf(['b'])
  append(log, records, 7)
  await world.settle()
  const file = world.bytes(`${FOLDER}/00000000000000000000.log`)
  const at = batch.sizeInBytes(file, 0)
  assert.equal(batch.baseOffset(file, at), 1)
  assert.equal(batch.partitionLeaderEpoch(file, at), 7)
  assert.ok(batch.isCrcValid(file, at))
  assert.deepEqual(log.leaderEpochs.entries, [{ epoch: 7, startOffset: 0 }])
})

test('survives a clean stop with Kafka’s files', async () => {
  const world = new TestWorld()
  const { logs, log } = await openLog(world)
  append(log, batchOf(['a', 'b']))
  await world.run(logs.close(12))
  assert.deepEqual(
    world.files.list(FOLDER).map(entry => entry.name),
    [
      '00000000000000000000.index',
      '00000000000000000000.log',
      '00000000000000000000.timeindex',
      '00000000000000000002.snapshot',
      'leader-epoch-checkpoint',
      'partition.metadata',
    ],
  )
  assert.equal(
    world.bytes('/data/.kafka_cleanshutdown').toString(),
    '{"version":0,"brokerEpoch":12}',
  )
  assert.equal(
    world.bytes('/data/recovery-point-offset-checkpoint').toString(),
    '0\n1\norders 0 2\n',
  )
  assert.equal(world.bytes(`${FOLDER}/leader-epoch-checkpoint`).toString(), '0\n1\n0 0\n')
  const again = world.kill()
  const { logs: logs2, log: log2 } = await openLog(again)
  assert.equal(logs2.previousBrokerEpoch, 12)
  assert.equal(log2.logEndOffset, 2)
  assert.equal(log2.isOpen, false)
  assert.deepEqual(await readValues(again, log2), ['0=a', '1=b'])
  append(log2, batchOf(['c']))
  await again.settle()
  assert.deepEqual(await readValues(again, log2), ['0=a', '1=b', '2=c'])
})

test('rolls by size and reads across segments', async () => {
  const world = new TestWorld()
  const { logs, log } = await openLog(world, { 'segment.bytes': 4000 })
  const expected: string[] = []
  for (let i = 0; i < 20; i++) {
    append(log, batchOf([`v${i}`], { valueBytes: 1000 }))
    expected.push(`${i}=v${i}`)
    await world.settle()
  }
  const names = world.files.list(FOLDER).map(entry => entry.name)
  assert.equal(names.filter(name => name.endsWith('.log')).length, 7)
  assert.equal(names.filter(name => name.endsWith('.snapshot')).length, 6)
  assert.equal(log.durableOffset, 20)
  assert.deepEqual(await readValues(world, log), expected)
  await world.run(logs.close())
  const again = world.kill()
  const { log: log2 } = await openLog(again, { 'segment.bytes': 4000 })
  assert.deepEqual(await readValues(again, log2), expected)
})

test('reads from the middle of a batch as the whole batch, at most up to an offset', async () => {
  const world = new TestWorld()
  const { log } = await openLog(world)
  append(log, batchOf(['a', 'b', 'c']))
  append(log, batchOf(['d']))
  world.tick()
  const read = log.read(1, { upTo: 3, maxBytes: 1, minOneBatch: true })
  assert.ok(!(read instanceof Promise) && !('error' in read))
  assert.equal(batch.baseOffset(read.parts[0]!, 0), 0)
  assert.equal(read.sizeInBytes, batchOf(['a', 'b', 'c']).length)
  read.release()
  const none = log.read(1, { upTo: 3, maxBytes: 1, minOneBatch: false })
  assert.ok(!(none instanceof Promise) && !('error' in none) && none.sizeInBytes === 0)
  assert.deepEqual(log.read(5, { upTo: 9, maxBytes: 1, minOneBatch: true }), {
    error: 'OFFSET_OUT_OF_RANGE',
  })
})

test('answers a repeated batch with its first offset and refuses a gap', async () => {
  const world = new TestWorld()
  const { log } = await openLog(world)
  const send = (sequence: number, epoch = 0) =>
    log.append(
      batchOf(['x', 'y'], { producerId: 5, producerEpoch: epoch, baseSequence: sequence }),
      { origin: 'client', leaderEpoch: 0 },
    )
  assert.equal(appended(send(0)).baseOffset, 0)
  assert.equal(appended(send(2)).baseOffset, 2)
  const repeated = appended(send(0))
  assert.deepEqual([repeated.baseOffset, repeated.lastOffset, repeated.duplicate], [0, 1, true])
  assert.equal(send(6).error, 'OUT_OF_ORDER_SEQUENCE_NUMBER')
  assert.equal(send(1, 1).error, 'OUT_OF_ORDER_SEQUENCE_NUMBER')
  assert.equal(appended(send(0, 1)).baseOffset, 4)
  assert.equal(send(4, 0).error, 'INVALID_PRODUCER_EPOCH')
  assert.equal(log.logEndOffset, 6)
})

test('keeps producer states over a clean stop and over a crash', async () => {
  for (const isClean of [true, false]) {
    const world = new TestWorld()
    const { logs, log } = await openLog(world, { 'segment.bytes': 2000 })
    for (let i = 0; i < 12; i++)
      append(
        log,
        batchOf(['x'], { producerId: 5, producerEpoch: 1, baseSequence: i, valueBytes: 500 }),
      )
    await world.settle()
    if (isClean) await world.run(logs.close())
    const again = isClean ? world.kill() : world.crash()
    const { log: log2 } = await openLog(again)
    const repeated = append(
      log2,
      batchOf(['x'], { producerId: 5, producerEpoch: 1, baseSequence: 11, valueBytes: 500 }),
    )
    assert.deepEqual([repeated.baseOffset, repeated.duplicate], [11, true])
  }
})

test('finds offsets by time, also where timestamps do not rise', async () => {
  const world = new TestWorld()
  const { log } = await openLog(world, { 'segment.bytes': 3000, 'index.interval.bytes': 100 })
  const times = [10, 20, 15, 40, 30, 50, 45]
  for (const time of times) {
    append(log, batchOf(['x'], { timestamp: time, valueBytes: 800 }))
    world.tick()
  }
  const found: (number | undefined)[] = []
  for (const time of [0, 11, 21, 41, 50, 51])
    found.push((await log.offsetForTimestamp(time))?.offset)
  assert.deepEqual(found, [0, 1, 3, 5, 5, undefined])
  assert.deepEqual(log.offsetForMaxTimestamp(), { offset: 5, timestamp: 50, leaderEpoch: 0 })
})

test('finds records by time in batches that take long to look through', async () => {
  const world = new TestWorld()
  const { log } = await openLog(world)
  append(log, batchOf(['first'], { timestamp: 10 }))
  for (const timestamp of [20, 30]) {
    const heavy = batchOf(['a', 'b'], { timestamp, valueBytes: 1_000_000, compression: 'gzip' })
    const prepared = await log.prepareHeavy(heavy)
    assert.ok(Buffer.isBuffer(prepared))
    appended(log.append(prepared, { origin: 'client', leaderEpoch: 0, isPrepared: true }))
    world.tick()
  }
  append(log, batchOf(['last'], { timestamp: 5 }))
  world.tick()
  for (const [time, offset] of [
    [10, 0],
    [11, 1],
    [21, 3],
    [31, undefined],
  ] as const)
    assert.equal((await log.offsetForTimestamp(time))?.offset, offset, `time ${time}`)
  assert.ok(log.offsetForTimestamp(11) instanceof Promise)
  assert.ok(!(log.offsetForTimestamp(10) instanceof Promise))
  log.deleteRecordsTo(2)
  assert.equal((await log.offsetForTimestamp(11))?.offset, 2)
  assert.deepEqual(await log.offsetForMaxTimestamp(), { offset: 3, timestamp: 30, leaderEpoch: 0 })
})

test('a search by time that passes many batches leaves others their turn', async () => {
  const world = new TestWorld()
  const { log } = await openLog(world)
  // The time index has nothing to say of batches that are not later than those before.
  for (let i = 0; i < 12; i++) {
    append(log, batchOf([`v${i}`], { timestamp: 100, valueBytes: 900_000 }))
    world.tick()
  }
  append(log, batchOf(['late'], { timestamp: 200 }))
  world.tick()
  const found = log.offsetForTimestamp(150)
  assert.ok(found instanceof Promise)
  assert.equal((await world.run(found))?.offset, 12)
})

test('queues writes while the disk is slow, in order, and merges what waits', async () => {
  const world = new TestWorld()
  world.autoComplete = false
  world.writeMs = 50
  const { log } = await openLog(world, { 'flush.policy': 'os' })
  for (let i = 0; i < 30; i++) {
    append(log, batchOf([`v${i}`], { valueBytes: 20_000 }))
    world.tick()
  }
  assert.ok(log.writtenOffset < 30)
  assert.ok(world.pending.length === 1)
  world.completeOne()
  assert.ok(world.pending.length === 1)
  world.completeOne()
  assert.equal(log.writtenOffset, 30)
  world.autoComplete = true
  await world.settle()
  const values = await readValues(world, log)
  assert.equal(values.length, 30)
  assert.equal(values[29], '29=v29')
})

test('truncates to an offset, also with a write in flight, and goes on from there', async () => {
  const world = new TestWorld()
  world.autoComplete = false
  world.writeMs = 50
  const { log } = await openLog(world, { 'flush.policy': 'os' })
  for (let i = 0; i < 12; i++) {
    append(log, batchOf([`v${i}`], { valueBytes: 20_000 }))
    world.tick()
  }
  assert.ok(world.pending.length > 0)
  log.truncateTo(5)
  assert.equal(log.logEndOffset, 5)
  append(log, batchOf(['new'], { valueBytes: 20_000 }))
  world.autoComplete = true
  await world.settle()
  assert.equal(log.writtenOffset, 6)
  assert.deepEqual((await readValues(world, log)).slice(4), ['4=v4', '5=new'])
  const again = world.kill()
  const { log: log2 } = await openLog(again)
  assert.deepEqual((await readValues(again, log2)).slice(4), ['4=v4', '5=new'])
})

test('takes batches of a leader with their offsets and epochs', async () => {
  const world = new TestWorld()
  const { log } = await openLog(world)
  const records = Buffer.concat([
    batchOf(['a', 'b'], { baseOffset: 10, partitionLeaderEpoch: 3 }),
    batchOf(['c'], { baseOffset: 12, partitionLeaderEpoch: 4 }),
  ])
  appended(log.append(records, { origin: 'replication', leaderEpoch: 4 }))
  assert.equal(log.logEndOffset, 13)
  assert.deepEqual(log.epochEndOffset(3), { epoch: 3, endOffset: 12 })
  assert.deepEqual(log.epochEndOffset(4), { epoch: 4, endOffset: 13 })
  const older = batchOf(['d'], { baseOffset: 5 })
  assert.equal(
    log.append(older, { origin: 'replication', leaderEpoch: 4 }).error,
    'OFFSET_OUT_OF_RANGE',
  )
})

test('removes segments below the new log start and forgets them after the delay', async () => {
  const world = new TestWorld()
  const { logs, log } = await openLog(world, { 'segment.bytes': 3000 })
  for (let i = 0; i < 12; i++) append(log, batchOf([`v${i}`], { valueBytes: 1000 }))
  await world.settle()
  log.advanceHighWatermark(12)
  assert.equal(log.deleteRecordsTo(7), 7)
  assert.deepEqual(log.read(6, { upTo: 12, maxBytes: 1, minOneBatch: true }), {
    error: 'OFFSET_OUT_OF_RANGE',
  })
  const names = (): string[] => world.files.list(FOLDER).map(entry => entry.name)
  await world.settle(200)
  assert.equal(names().filter(name => name.endsWith('.log')).length, 3)
  assert.ok(names().some(name => name.endsWith('.log.deleted')))
  await world.settle(60_001)
  assert.ok(!names().some(name => name.endsWith('.deleted')))
  await world.run(logs.close())
  const { log: log2 } = await openLog(world.kill())
  assert.equal(log2.logStartOffset, 7)
})

test('drops segments by size and by time, the last one after a roll', async () => {
  const world = new TestWorld()
  const { log } = await openLog(world, { 'segment.bytes': 3000, 'retention.bytes': 6000 })
  for (let i = 0; i < 12; i++)
    append(log, batchOf([`v${i}`], { valueBytes: 1000, timestamp: world.now }))
  await world.settle()
  log.advanceHighWatermark(12)
  assert.equal(log.applyRetention(world.now), 3)
  assert.equal(log.logStartOffset, 6)
  assert.equal(log.applyRetention(world.now + 8 * 86_400_000), 3)
  assert.deepEqual([log.logStartOffset, log.logEndOffset], [12, 12])
  append(log, batchOf(['more']))
  await world.settle()
  assert.deepEqual(await readValues(world, log), ['12=more'])
})

test('fails every log of a directory when a write fails, and never syncs again', async () => {
  for (const call of ['write', 'datasyncAsync'] as const) {
    const world = new TestWorld()
    const { logs, log } = await openLog(world)
    const other = logs.create('others', 0, 'AAAAAAAAAAAAAAAAAAAAAg', log.config)
    append(log, batchOf(['a']))
    await world.settle()
    world.faults.push({ call, path: /orders-0.*log$/, code: 'EIO' })
    const failed: string[] = []
    logs.onDirectoryFailure = directory => failed.push(directory)
    let told = 0
    log.onProgress = () => told++
    append(log, batchOf(['b']))
    await world.settle()
    assert.ok(told >= 1)
    assert.match(log.failure?.message ?? '', /EIO/)
    assert.ok(other.failure !== undefined)
    assert.deepEqual(failed, ['/data'])
    assert.equal(
      log.append(batchOf(['c']), { origin: 'client', leaderEpoch: 0 }).error,
      'KAFKA_STORAGE_ERROR',
    )
    assert.deepEqual(log.read(0, { upTo: 1, maxBytes: 1, minOneBatch: true }), {
      error: 'KAFKA_STORAGE_ERROR',
    })
    assert.equal(log.durableOffset, 1)
    const calls = world.calls.length
    await world.settle(100_000)
    assert.equal(world.calls.slice(calls).filter(line => line.includes('sync')).length, 0)
    await world.run(logs.close())
    assert.ok(!world.files.exists('/data/.kafka_cleanshutdown'))
  }
})

test('deletes a partition by renaming its folder, and removes it later', async () => {
  const world = new TestWorld()
  const { logs, log } = await openLog(world)
  append(log, batchOf(['a']))
  await world.settle()
  append(log, batchOf(['b']))
  logs.delete('orders', 0)
  assert.equal(logs.get('orders', 0), undefined)
  const folders = () => world.files.list('/data').filter(entry => entry.isDirectory)
  assert.match(folders()[0]!.name, /^orders-0\.[0-9a-f]{32}-delete$/)
  const renewed = logs.create('orders', 0, 'AAAAAAAAAAAAAAAAAAAAAg', log.config)
  assert.equal(renewed.logEndOffset, 0)
  append(renewed, batchOf(['c']))
  await world.settle(60_001)
  assert.equal(renewed.failure, undefined)
  assert.deepEqual(
    folders().map(entry => entry.name),
    ['orders-0'],
  )
})

test('holds few files open and little per idle partition', async () => {
  const world = new TestWorld()
  const logs = await openLogs(world, { brokerConfig: { 'log.open.files.max': 16 } })
  const config = (await openLog(new TestWorld())).log.config
  for (let i = 0; i < 100; i++) {
    const log = logs.create('many', i, 'AAAAAAAAAAAAAAAAAAAAAg', config)
    append(log, batchOf([`v${i}`]))
  }
  await world.settle()
  assert.ok(logs.openFileCount <= 16)
  assert.ok(world.openMax <= 25)
  await world.run(logs.close())
  assert.equal(world.openCount, 0)
})

test('holds no more files open than the process may', async () => {
  const world = Object.assign(new TestWorld(), { handlesMax: 4 })
  const logs = await openLogs(world)
  for (let i = 0; i < 20; i++)
    append(logs.create('many', i, TOPIC_ID, defaultConfig), batchOf(['v']))
  await world.settle()
  assert.ok(logs.openFileCount <= 4)
})

test('reads much at once in the background, little at once', async () => {
  const world = new TestWorld()
  const { log } = await openLog(world)
  // Batches above 64 KiB are not kept in memory.
  for (let i = 0; i < 20; i++) append(log, batchOf([`v${i}`], { valueBytes: 100_000 }))
  await world.settle()
  const little = log.read(0, { upTo: Infinity, maxBytes: 500_000, minOneBatch: true })
  assert.ok(!(little instanceof Promise))
  const much = log.read(0, { upTo: Infinity, maxBytes: 1_900_000, minOneBatch: true })
  assert.ok(much instanceof Promise)
  const records = await world.run(much)
  assert.ok('sizeInBytes' in records && records.sizeInBytes > 1_800_000)
  records.release()
})

test('a read that has waited for the disk goes on in the background, and so do those behind it', async () => {
  const world = new TestWorld()
  const { log } = await openLog(world)
  for (let i = 0; i < 100; i++) append(log, batchOf([`v${i}`], { valueBytes: 100_000 }))
  await world.settle()
  const read = (offset: number): ReadResult | Promise<ReadResult> =>
    log.read(offset, { upTo: Infinity, maxBytes: 500_000, minOneBatch: true })

  world.readMs = 5
  const before = world.clock.monotonic()
  const first = read(0)
  assert.ok(first instanceof Promise)
  assert.equal(world.clock.monotonic() - before, 5)
  const records = await world.run(first)
  assert.ok('sizeInBytes' in records)
  assert.deepEqual(
    records.parts.flatMap(part =>
      [...readBatches(part)].map(({ at }) => batch.baseOffset(part, at)),
    ),
    [0, 1, 2, 3],
  )
  assert.ok(batch.isCrcValid(records.parts[0]!, 0))
  records.release()

  world.readMs = 0
  assert.ok(read(4) instanceof Promise)
  assert.ok(read(30) instanceof Promise)
  assert.ok(!(read(0) instanceof Promise))
  assert.ok(!(read(60) instanceof Promise))
})

test('a search that rests does not go on in the files of a partition that was made anew', async () => {
  const world = new TestWorld()
  const logs = await openLogs(world)
  const config = configWith({ 'segment.bytes': 6_000_000, 'index.interval.bytes': 1_000_000_000 })
  const log = logs.create('orders', 0, TOPIC_ID, config)
  const now = world.clock.now()
  for (let i = 0; i < 110; i++)
    append(log, batchOf(['v'], { valueBytes: 100_000, timestamp: now - 1000 }))
  append(log, batchOf(['last'], { timestamp: now }))
  await world.settle()
  const search = log.offsetForTimestamp(now)
  assert.ok(search instanceof Promise)

  logs.delete('orders', 0)
  const renewed = logs.create('orders', 0, 'AAAAAAAAAAAAAAAAAAAAAg', config)
  append(renewed, batchOf(['a', 'b', 'c']))
  await world.run(assert.rejects(search))
  await world.settle()
  const segments = world.files.list(FOLDER).filter(({ name }) => name.endsWith('.log'))
  assert.deepEqual(
    segments.map(({ name }) => name),
    ['00000000000000000000.log'],
  )
})
