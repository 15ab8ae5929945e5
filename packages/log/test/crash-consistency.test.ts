/** What the crash points of faults/sim have found, each as one small case. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simulatedWorld } from '@moldau/io'
import { BatchBuilder, encodeControlKey, encodeTransactionMarker } from '@moldau/protocol'
import { readMetaProperties, writeMetaProperties } from '../src/checkpoints.ts'
import type { LogConfig, PartitionLog } from '../src/index.ts'
import {
  append,
  batchOf,
  configWith,
  FOLDER,
  openLog,
  openLogs,
  readValues,
} from './support/fixtures.ts'

const SEEDS = 40
const small: Partial<LogConfig> = { 'segment.bytes': 1000, 'index.interval.bytes': 100 }

type World = ReturnType<typeof simulatedWorld>

function replicate(log: PartitionLog, epoch: number, values: readonly string[]): void {
  const baseOffset = log.logEndOffset
  const records = batchOf(values, { baseOffset, partitionLeaderEpoch: epoch, valueBytes: 200 })
  log.append(records, { origin: 'replication', leaderEpoch: epoch })
}

/** Bytes of all files of the partition. */
function filesOf(world: World): Map<string, string> {
  return new Map(
    world.files
      .list(FOLDER)
      .map(({ name }) => [name, world.files.readAll(`${FOLDER}/${name}`).toString('hex')]),
  )
}

test('a cut within a batch ends the log where that batch began', async () => {
  const world = simulatedWorld(1)
  const { log } = await openLog(world)
  replicate(log, 0, ['a', 'b'])
  replicate(log, 0, ['c', 'd', 'e'])
  await world.advance(100)
  log.truncateTo(4)
  assert.equal(log.logEndOffset, 2)
  assert.equal(log.durableOffset, 2)
  const { log: again } = await openLog(world.kill())
  assert.equal(again.failure, undefined)
  assert.equal(again.logEndOffset, 2)
})

test('after a cut the largest timestamp that is left is found, also behind the last index entry', async () => {
  const world = simulatedWorld(1)
  const { log } = await openLog(world)
  append(log, batchOf(['a'], { timestamp: 1000 }))
  append(log, batchOf(['b'], { timestamp: 3000 }))
  append(log, batchOf(['c'], { timestamp: 2000 }))
  await world.advance(100)
  log.truncateTo(2)
  append(log, batchOf(['d'], { timestamp: 2500 }))
  await world.advance(100)
  assert.equal((await log.offsetForTimestamp(2600))?.offset, 1)
  assert.equal((await log.offsetForMaxTimestamp())?.offset, 1)
})

test('segments that were cut away do not come back behind what was written since', async () => {
  for (let seed = 0; seed < SEEDS; seed++) {
    const world = simulatedWorld(seed)
    const { log } = await openLog(world, small)
    for (let i = 0; i < 12; i++) replicate(log, 0, [`old ${i}`])
    await world.advance(100)
    log.truncateTo(2)
    for (let i = 2; i < 10; i++) {
      replicate(log, 1, [`new ${i}`])
      await world.advance(10)
    }
    const crashed = world.crash()
    const { log: again } = await openLog(crashed, small)
    const values = await readValues(crashed, again)
    assert.equal(
      values.find(value => value.includes('old') && !/^[01]=/.test(value)),
      undefined,
    )
  }
})

test('a clean stop is durable: a power cut right after it changes no file', async () => {
  for (let seed = 0; seed < SEEDS; seed++) {
    const world = simulatedWorld(seed)
    const { logs, log } = await openLog(world, small)
    for (let i = 0; i < 9; i++)
      append(
        log,
        batchOf([`${i}`], { producerId: 1, producerEpoch: 0, baseSequence: i, valueBytes: 150 }),
      )
    await world.run(logs.close())
    const before = filesOf(world)
    assert.deepEqual(filesOf(world.crash()), before)
  }
})

test('the aborted transactions are those of the log, whatever a power cut leaves of their index', async () => {
  const marker = (): Buffer => {
    const options = { producerId: 5, producerEpoch: 0, isTransactional: true, isControl: true }
    const builder = new BatchBuilder(options)
    const value = encodeTransactionMarker({ coordinatorEpoch: 0 })
    builder.append({ timestamp: 1, key: encodeControlKey('abort'), value })
    return Buffer.from(builder.build())
  }
  for (let seed = 0; seed < SEEDS; seed++) {
    const world = simulatedWorld(seed)
    const { logs, log } = await openLog(world)
    logs.startTasks()
    for (let i = 0; i < 3; i++) {
      const options = { producerId: 5, producerEpoch: 0, baseSequence: i, isTransactional: true }
      append(log, batchOf(['open'], options))
      log.append(marker(), { origin: 'coordinator', leaderEpoch: 0 })
      await world.advance(i === 1 ? 6000 : world.random.below(3))
    }
    const crashed = world.random.below(2) === 0 ? world.kill() : world.crash()
    const { log: again } = await openLog(crashed)
    const found = again.abortedTransactions(0, 100).map(one => one.lastOffset)
    const expected = [1, 3, 5].filter(offset => offset < again.logEndOffset)
    assert.deepEqual(found, expected)
  }
})

test('a deleted topic does not come back as the new one of its name', async () => {
  const newId = 'AAAAAAAAAAAAAAAAAAAA42'
  for (let seed = 0; seed < SEEDS; seed++) {
    const world = simulatedWorld(seed)
    const { logs, log } = await openLog(world, { 'flush.policy': 'os' })
    append(log, batchOf(['old']))
    await world.advance(10)
    logs.delete('orders', 0)
    logs.create('orders', 0, newId, configWith({ 'flush.policy': 'os' }))
    await world.advance(10)
    const crashed = world.crash()
    const again = (await openLogs(crashed)).create('orders', 0, newId, configWith({}))
    assert.deepEqual(await readValues(crashed, again), [])
  }
})

test('a topic id that has rotted does not put the partition aside', async () => {
  const world = simulatedWorld(1)
  const { logs, log } = await openLog(world)
  append(log, batchOf(['kept']))
  await world.run(logs.close())
  const path = `${FOLDER}/partition.metadata`
  const bytes = world.files.readAll(path)
  bytes[bytes.length - 1]! ^= 1
  world.files.replace(path, bytes)
  const { log: again } = await openLog(world)
  assert.deepEqual(await readValues(world, again), ['0=kept'])
})

test('a base offset that has changed is damage, not the end of the log', async () => {
  const world = simulatedWorld(1)
  const { logs, log } = await openLog(world)
  logs.startTasks()
  for (let i = 0; i < 4; i++) append(log, batchOf([`${i}`]))
  await world.advance(6000)
  const killed = world.kill()
  const path = `${FOLDER}/00000000000000000000.log`
  const bytes = killed.files.readAll(path)
  bytes[1]! ^= 1
  const file = killed.files.open(path, 'write')
  file.write(bytes, 0)
  // Something was written since the checkpoint, so that the log is read again.
  file.write(Buffer.alloc(10), bytes.length)
  const { log: again } = await openLog(killed)
  void again.leaderEpochs
  assert.match(String(again.failure), /damaged/)
})

test('meta.properties with a changed byte is refused, one of Kafka is read', () => {
  const { files } = simulatedWorld(1)
  const meta = {
    clusterId: 'AAAAAAAAAAAAAAAAAAAAAQ',
    nodeId: 1,
    directoryId: 'AAAAAAAAAAAAAAAAAAAAAg',
  }
  writeMetaProperties(files, '/data', meta)
  assert.deepEqual(readMetaProperties(files, '/data'), meta)
  const text = files.readAll('/data/meta.properties').toString()
  files.replace('/data/meta.properties', Buffer.from(text.replace('AQ\n', 'BQ\n')))
  assert.throws(() => readMetaProperties(files, '/data'), /checksum/)
  const kafkas = text.replace(/^#.*\n/, '#\n#Sat Nov 21 15:09:19 UTC 2026\n')
  files.replace('/data/meta.properties', Buffer.from(kafkas))
  assert.deepEqual(readMetaProperties(files, '/data'), meta)
})
