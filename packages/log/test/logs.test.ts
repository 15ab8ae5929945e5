import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLogger, type Logger } from '@moldau/base'
import { decodeEpochs, decodeOffsets, decodePartitionMetadata } from '../src/checkpoints.ts'
import { openLoneLog, readMetaProperties, writeMetaProperties } from '../src/index.ts'
import {
  append,
  appended,
  batchOf,
  configWith,
  defaultConfig,
  openLog,
  openLogs,
  readValues,
  TOPIC_ID,
} from './support/fixtures.ts'
import { TestWorld } from './support/test-world.ts'

test('puts a new partition where the fewest are, and finds all of them again', async () => {
  const world = new TestWorld()
  const directories = ['/a', '/b']
  const logs = await openLogs(world, { directories })
  for (let i = 0; i < 4; i++) logs.create('spread', i, TOPIC_ID, defaultConfig)
  assert.equal(logs.get('spread', 0)?.directory, '/a')
  assert.equal(logs.get('spread', 1)?.directory, '/b')
  await world.run(logs.close())
  const again = await openLogs(world.kill(), { directories })
  assert.deepEqual(
    again.existing().map(found => `${found.directory}/${found.topic}-${found.partition}`),
    ['/a/spread-0', '/a/spread-2', '/b/spread-1', '/b/spread-3'],
  )
})

test('a clean stop right after many partitions were made or deleted finishes their folders', async () => {
  const world = new TestWorld()
  const logs = await openLogs(world)
  for (let i = 0; i < 200; i++) logs.create('kept', i, TOPIC_ID, defaultConfig)
  for (let i = 0; i < 200; i++) logs.create('gone', i, TOPIC_ID, defaultConfig)
  for (let i = 0; i < 200; i++) logs.delete('gone', i)
  await world.run(logs.close())
  const again = await openLogs(world.kill())
  assert.deepEqual(new Set(again.existing().map(({ topic }) => topic)), new Set(['kept']))
  assert.equal(again.existing().length, 200)
})

test('a stop that takes long tells how far it is', async () => {
  const world = new TestWorld()
  const notices: unknown[] = []
  const logger: Logger = {
    ...silentLogger,
    child: () => logger,
    info: (message, fields) => {
      if (message === 'partitions are being closed') notices.push(fields)
    },
  }
  const logs = await openLogs(world, { logger })
  append(logs.create('slow', 0, TOPIC_ID, defaultConfig), batchOf(['a']))
  await world.settle()
  world.autoComplete = false
  const closed = logs.close()
  await world.settle(4000)
  world.autoComplete = true
  await world.run(closed)
  assert.deepEqual(notices[0], { closedCount: 0, partitionCount: 1, folderCount: 0 })
  const told = notices.length
  await world.settle(10_000)
  assert.equal(notices.length, told)
})

test('a clean stop makes the files of all logs before it syncs one', async () => {
  const world = new TestWorld()
  const logs = await openLogs(world)
  const config = configWith({ 'flush.policy': 'os' })
  for (let i = 0; i < 20; i++) append(logs.create('many', i, TOPIC_ID, config), batchOf(['a']))
  await world.settle()
  world.calls.length = 0
  await world.run(logs.close())
  const made = world.calls.flatMap((call, i) => (/^create .*many-/.test(call) ? [i] : []))
  const firstSync = world.calls.findIndex(call => call.startsWith('datasync'))
  assert.equal(made.length, 20 * 4, 'two indexes, a snapshot and an epoch checkpoint each')
  assert.ok(made.at(-1)! < firstSync)
})

test('puts the folder of another topic id aside', async () => {
  const world = new TestWorld()
  const { logs, log } = await openLog(world)
  append(log, batchOf(['old']))
  await world.run(logs.close())
  const again = world.kill()
  const logs2 = await openLogs(again)
  const renewed = logs2.create('orders', 0, 'AAAAAAAAAAAAAAAAAAAAAg', defaultConfig)
  assert.equal(renewed.logEndOffset, 0)
  assert.ok(again.files.list('/data').some(entry => entry.name.endsWith('-stray')))
})

test('keeps the high watermark and the log start in its checkpoints', async () => {
  const world = new TestWorld()
  const { logs, log } = await openLog(world)
  logs.startTasks()
  for (let i = 0; i < 5; i++) append(log, batchOf([`v${i}`]))
  await world.settle()
  log.advanceHighWatermark(4)
  log.deleteRecordsTo(2)
  await world.settle(61_000)
  assert.deepEqual(decodeOffsets(world.bytes('/data/replication-offset-checkpoint').toString()), [
    { topic: 'orders', partition: 0, offset: 4 },
  ])
  const { log: log2 } = await openLog(world.crash())
  assert.deepEqual([log2.highWatermark, log2.logStartOffset, log2.logEndOffset], [4, 2, 5])
})

test('checkpoints of many partitions are encoded in turns, and tell what is so when they are written', async t => {
  const world = new TestWorld()
  const logs = await openLogs(world)
  logs.startTasks()
  for (let i = 0; i < 600; i++) logs.create('many', i, TOPIC_ID, defaultConfig)
  await world.settle()
  world.lookMs = 10
  const { later } = world.timers
  const turns = t.mock.method(world.timers, 'later', (task: () => void) => {
    if (turns.mock.callCount() === 0) logs.delete('many', 599)
    later(task)
  })
  await world.settle(5000)
  assert.ok(turns.mock.callCount() > 1)
  const ours = world.bytes('/data/moldau-durable-offsets.1').toString()
  assert.match(ours, /^many 0 /m)
  assert.match(ours, /^many 598 /m)
  assert.doesNotMatch(ours, /^many 599 /m)
  await world.settle(60_000)
  const kafkas = world.bytes('/data/replication-offset-checkpoint').toString()
  assert.equal(decodeOffsets(kafkas)?.length, 599)
})

test('syncs by count and by time under flush.policy=os, and not otherwise', async () => {
  const world = new TestWorld()
  const plain = await openLog(world, { 'flush.policy': 'os' })
  append(plain.log, batchOf(['a']))
  await world.settle(100_000)
  assert.deepEqual([plain.log.durableOffset, plain.log.committableOffset], [0, 1])
  plain.log.updateConfig(configWith({ 'flush.policy': 'os', 'flush.messages': 2 }))
  append(plain.log, batchOf(['b']))
  world.tick()
  assert.equal(plain.log.committableOffset, 0)
  await world.settle()
  assert.deepEqual([plain.log.durableOffset, plain.log.committableOffset], [2, 2])
  plain.log.updateConfig(configWith({ 'flush.policy': 'os', 'flush.ms': 500 }))
  append(plain.log, batchOf(['c']))
  await world.settle(400)
  assert.equal(plain.log.durableOffset, 2)
  await world.settle(200)
  assert.equal(plain.log.durableOffset, 3)
})

test('under flush.policy=os a log leaves no more than a sixteenth of the memory to the page cache alone', async () => {
  const world = new TestWorld()
  world.memoryBytes = 16 * 60_000
  const { log } = await openLog(world, { 'flush.policy': 'os' })
  const batch = () => append(log, batchOf(['a'], { valueBytes: 25_000 }))
  batch()
  batch()
  await world.settle()
  assert.equal(log.durableOffset, 0)
  batch()
  await world.settle()
  assert.equal(log.durableOffset, 3)
})

test('appends that arrive during a sync share the next one', async () => {
  const world = new TestWorld()
  const { log } = await openLog(world)
  append(log, batchOf(['the folder is durable']))
  await world.settle()
  world.autoComplete = false
  append(log, batchOf(['a']))
  world.tick()
  for (const value of ['b', 'c', 'd']) {
    append(log, batchOf([value]))
    world.tick()
  }
  assert.equal(world.pending.length, 1)
  world.completeOne()
  assert.deepEqual([log.durableOffset, world.pending.length], [2, 1])
  world.completeOne()
  assert.deepEqual([log.durableOffset, world.pending.length], [5, 0])
})

test('on a quick disk a log that syncs alone does so in the loop', async () => {
  const world = new TestWorld()
  const { log } = await openLog(world)
  for (let i = 0; i < 10; i++) {
    append(log, batchOf(['quick']))
    await world.settle()
  }
  world.autoComplete = false
  append(log, batchOf(['a']))
  world.tick()
  assert.deepEqual([log.durableOffset, world.pending.length], [11, 0])
  append(log, batchOf(['large'], { valueBytes: 300_000 }))
  world.tick()
  assert.deepEqual([log.durableOffset, world.pending.length], [11, 1])
})

test('a log that stands alone keeps its offsets and epochs, and cuts back', async () => {
  const world = new TestWorld()
  const options = {
    world,
    directory: '/meta',
    topic: '__cluster_metadata',
    partition: 0,
    topicId: 'AAAAAAAAAAAAAAAAAAAAAQ',
    config: configWith({ 'flush.policy': 'os' }),
    logger: silentLogger,
  }
  const { log, close } = await world.run(openLoneLog(options))
  const record = (value: string, baseOffset: number, partitionLeaderEpoch: number): Buffer =>
    batchOf([value], { baseOffset, partitionLeaderEpoch })
  appended(log.append(record('a', 0, 1), { origin: 'raft', leaderEpoch: 1 }))
  appended(log.append(record('b', 1, 1), { origin: 'raft', leaderEpoch: 1 }))
  appended(log.append(record('c', 2, 2), { origin: 'raft', leaderEpoch: 2 }))
  log.requestFlush()
  await world.settle()
  assert.equal(log.durableOffset, 3)
  log.truncateTo(2)
  assert.deepEqual(log.leaderEpochs.entries, [{ epoch: 1, startOffset: 0 }])
  const crashed = world.crash()
  const lone = await crashed.run(openLoneLog({ ...options, world: crashed }))
  assert.deepEqual([lone.log.failure, lone.log.logEndOffset], [undefined, 2])
  appended(log.append(record('d', 2, 3), { origin: 'raft', leaderEpoch: 3 }))
  await world.run(close())
  const again = world.kill()
  const reopened = await again.run(openLoneLog({ ...options, world: again }))
  assert.deepEqual(await readValues(again, reopened.log), ['0=a', '1=b', '2=d'])
  assert.deepEqual(reopened.log.leaderEpochs.entries, [
    { epoch: 1, startOffset: 0 },
    { epoch: 3, startOffset: 2 },
  ])
  const names = again.files.list('/meta/__cluster_metadata-0').map(entry => entry.name)
  assert.ok(!names.some(name => name.endsWith('.snapshot')))
})

test('reads and writes meta.properties', () => {
  const world = new TestWorld()
  assert.equal(readMetaProperties(world.files, '/data'), undefined)
  const meta = {
    clusterId: 'AAAAAAAAAAAAAAAAAAAAAQ',
    nodeId: 1,
    directoryId: 'nnyU_597ly4v-dSdH85WVg',
  }
  writeMetaProperties(world.files, '/data', meta)
  assert.deepEqual(readMetaProperties(world.files, '/data'), meta)
  world.files.replace('/data/meta.properties', Buffer.from('version=0\nbroker.id=1\n'))
  assert.throws(() => readMetaProperties(world.files, '/data'), /version 1/)
})

test('refuses checkpoint files that are not whole', () => {
  assert.equal(decodeOffsets('0\n2\na 0 1\n'), undefined)
  assert.equal(decodeOffsets('1\n0\n'), undefined)
  assert.equal(decodeOffsets('0\n1\na 0\n'), undefined)
  assert.equal(decodeEpochs('0\n2\n1 0\n1 5\n'), undefined)
  assert.equal(decodePartitionMetadata('version: 0\n'), undefined)
})

test('a task that comes to a partition after its deletion leaves the directory alone', async () => {
  const world = new TestWorld()
  const { logs, log } = await openLog(world)
  append(log, batchOf(['a']))
  await world.settle()
  assert.ok(log.hasUnstoredEpochs)
  logs.delete('orders', 0)
  log.storeEpochs()
  assert.deepEqual(
    Array.from(logs.directories, directory => directory.failure),
    [undefined],
  )
})

test('segments that a deleted partition still had to remove are not taken from the next of its name', async () => {
  const world = new TestWorld()
  const { logs, log } = await openLog(world, { 'segment.bytes': 80 })
  for (let i = 0; i < 3; i++) append(log, batchOf([`old ${i}`]))
  await world.settle()
  log.advanceHighWatermark(3)
  log.deleteRecordsTo(2)
  logs.delete('orders', 0)
  const renewed = logs.create('orders', 0, 'AAAAAAAAAAAAAAAAAAAAAg', defaultConfig)
  append(renewed, batchOf(['new']))
  await world.settle(1000)
  assert.deepEqual(
    world.files
      .list('/data/orders-0')
      .map(({ name }) => name)
      .filter(name => name.includes('.log')),
    ['00000000000000000000.log'],
  )
})

test('leaves no timer behind when it closes', async () => {
  const world = new TestWorld()
  const { logs, log } = await openLog(world, {
    'flush.policy': 'os',
    'flush.ms': 100_000,
    'segment.bytes': 80,
  })
  logs.startTasks()
  for (let i = 0; i < 3; i++) append(log, batchOf([`${i}`]))
  log.advanceHighWatermark(3)
  await world.settle()
  log.deleteRecordsTo(2)
  logs.create('gone', 0, TOPIC_ID, defaultConfig)
  logs.delete('gone', 0)
  await world.settle(200)
  assert.ok(world.timerCount > 0)
  await world.run(logs.close())
  assert.equal(world.timerCount, 0)
})

test('a deleted partition whose files cannot be removed is no failure of its directory', async () => {
  const world = new TestWorld()
  const { logs } = await openLog(world)
  logs.delete('orders', 0)
  world.files.remove = () => {
    throw Object.assign(new Error('EROFS: read-only file system'), { code: 'EROFS' })
  }
  await world.settle(120_000)
  assert.equal([...logs.directories][0]?.failure, undefined)
})

test('a partition that is deleted before its folder was made leaves nothing', async () => {
  const world = new TestWorld()
  const logs = await openLogs(world)
  for (let i = 0; i < 40; i++) logs.create('many', i, TOPIC_ID, defaultConfig)
  for (let i = 0; i < 40; i++) logs.delete('many', i)
  const again = logs.create('many', 39, TOPIC_ID, defaultConfig)
  append(again, batchOf(['new']))
  await world.settle()
  const folders = world.files.list('/data').filter(({ name }) => name.startsWith('many-'))
  assert.equal(folders.filter(({ name }) => name.endsWith('-delete')).length, 32)
  assert.deepEqual(
    folders.filter(({ name }) => !name.endsWith('-delete')).map(({ name }) => name),
    ['many-39'],
  )
})
