import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batch } from '@moldau/protocol'
import { BatchScanner } from '../src/batch-scanner.ts'
import { decodeEpochs } from '../src/checkpoints.ts'
import { OffsetIndex } from '../src/offset-index.ts'
import { TimeIndex } from '../src/time-index.ts'
import { append, batchOf, FOLDER, openLog, readValues } from './support/fixtures.ts'
import { Stopped, TestWorld } from './support/test-world.ts'

const LOG = `${FOLDER}/00000000000000000000.log`

/** A log with `count` durable records, checkpointed, and one more that is only written. */
async function running(count: number): Promise<TestWorld> {
  const world = new TestWorld()
  const { logs, log } = await openLog(world)
  logs.startTasks()
  for (let i = 0; i < count; i++) append(log, batchOf([`v${i}`]))
  await world.settle(6000)
  world.faults = []
  world.autoComplete = false
  append(log, batchOf(['tail']))
  world.tick()
  return world
}

test('cuts a torn tail and counts it', async () => {
  const world = await running(3)
  const torn = world.crash((path, synced, written) =>
    path === LOG ? written.subarray(0, synced.length + 20) : synced,
  )
  const { log } = await openLog(torn)
  assert.deepEqual([log.logEndOffset, log.cutBytes, log.failure], [3, 20, undefined])
  assert.deepEqual(await readValues(torn, log), ['0=v0', '1=v1', '2=v2'])
  append(log, batchOf(['next']))
  await torn.settle()
  assert.deepEqual((await readValues(torn, log))[3], '3=next')
})

test('keeps what a killed process had written, and makes it durable', async () => {
  const world = (await running(3)).kill()
  const { log } = await openLog(world)
  assert.deepEqual([log.logEndOffset, log.durableOffset], [4, 4])
  const cut = world.crash()
  assert.equal((await openLog(cut)).log.logEndOffset, 4)
})

test('cuts a tail of zeros', async () => {
  const world = await running(3)
  const torn = world.crash((path, synced) =>
    path === LOG ? Buffer.concat([synced, Buffer.alloc(4096)]) : synced,
  )
  const { log } = await openLog(torn)
  assert.deepEqual([log.logEndOffset, log.cutBytes], [3, 4096])
})

test('never cuts damage below the durable offset: the partition is offline, its files stay', async () => {
  const world = await running(3)
  let before = Buffer.alloc(0)
  const rotten = world.crash((path, synced, written) => {
    if (path !== LOG) return synced
    before = Buffer.from(written)
    before[batch.sizeInBytes(before, 0) + 65]! ^= 1
    return before
  })
  const { logs, log } = await openLog(rotten)
  assert.match(log.failure?.message ?? '', /damaged.*below the durable offset 3/)
  assert.equal(
    log.append(batchOf(['x']), { origin: 'client', leaderEpoch: 0 }).error,
    'KAFKA_STORAGE_ERROR',
  )
  assert.deepEqual(rotten.bytes(LOG), before)
  await rotten.run(logs.close())
  const again = rotten.kill()
  assert.match((await openLog(again)).log.failure?.message ?? '', /damaged|durable/)
  assert.deepEqual(again.bytes(LOG), before)
})

test('notices that a durable end is missing', async () => {
  const world = await running(3)
  const short = world.crash((path, synced) =>
    path === LOG ? synced.subarray(0, batch.sizeInBytes(synced, 0)) : synced,
  )
  const { log } = await openLog(short)
  assert.match(log.failure?.message ?? '', /ends at offset 1, but offsets below 3 were durable/)
})

test('falls back to the other slot of its checkpoint when one is torn', async () => {
  const world = await running(3)
  const slots = ['/data/moldau-durable-offsets.0', '/data/moldau-durable-offsets.1'].filter(path =>
    world.files.exists(path),
  )
  for (const slot of slots) {
    const torn = world.crash((path, synced) => (path === slot ? synced.subarray(0, 30) : synced))
    const { log } = await openLog(torn)
    assert.deepEqual([log.logEndOffset, log.failure], [3, undefined])
  }
})

test('believes Kafka’s checkpoints when another program has used the directory since', async () => {
  const world = new TestWorld()
  const { logs, log } = await openLog(world)
  for (let i = 0; i < 3; i++) append(log, batchOf([`v${i}`]))
  await world.run(logs.close())
  // The other program has cut the log to one record, stopped cleanly, and written its own checkpoint.
  const other = world.kill()
  const file = other.files.open(LOG, 'write')
  file.truncate(batch.sizeInBytes(other.bytes(LOG), 0))
  file.close()
  for (const suffix of ['.index', '.timeindex']) other.files.remove(LOG.replace('.log', suffix))
  other.files.remove(`${FOLDER}/00000000000000000003.snapshot`)
  other.files.replace('/data/recovery-point-offset-checkpoint', Buffer.from('0\n1\norders 0 1\n'))
  const { log: log2 } = await openLog(other)
  assert.deepEqual([log2.logEndOffset, log2.failure], [1, undefined])
})

test('keeps what it promised over a crash at any file call, during recovery too', async () => {
  const total = (await workload(new TestWorld(), Infinity)).calls
  let crashes = 0
  for (let callsLeft = 0; callsLeft <= total; callsLeft++) {
    const run = await workload(new TestWorld(), callsLeft)
    for (const keep of keeps) {
      const image = run.world.crash(keep)
      await checkImage(image, run.durable, run.values)
      crashes++
    }
    // A second crash in the middle of the recovery, at a call that walks through it as the first one walks.
    const second = run.world.crash(keeps[2])
    second.callsLeft = callsLeft % 7
    await openLog(second).catch(error => assert.ok(error instanceof Stopped))
    await checkImage(second.crash(keeps[callsLeft % 3]), run.durable, run.values)
  }
  assert.ok(crashes > 200)
})

/** What a power cut leaves of a file: what was synced, all, or half of what was not. */
const keeps: ((path: string, synced: Buffer, written: Buffer) => Buffer)[] = [
  (_, synced) => synced,
  (_, __, written) => written,
  (_, synced, written) =>
    written.length <= synced.length
      ? written
      : written.subarray(0, synced.length + Math.floor((written.length - synced.length) / 2)),
]

async function workload(
  world: TestWorld,
  callsLeft: number,
): Promise<{ world: TestWorld; durable: number; values: string[]; calls: number }> {
  const values: string[] = []
  let durable = 0
  try {
    const { logs, log } = await openLog(world, {
      'segment.bytes': 1200,
      'index.interval.bytes': 200,
    })
    logs.startTasks()
    world.calls = []
    world.callsLeft = callsLeft
    for (let i = 0; i < 24; i++) {
      // What was not acknowledged may be there all the same.
      values.push(`${i}=v${i}`)
      const result = log.append(
        batchOf([`v${i}`], { producerId: 3, producerEpoch: 0, baseSequence: i, valueBytes: 150 }),
        { origin: 'client', leaderEpoch: Math.floor(i / 5) },
      )
      if (result.error !== undefined) break
      if (i % 2 === 0) await world.settle(i === 10 ? 6000 : 0)
      durable = log.durableOffset
    }
    await world.settle(6000)
    durable = log.durableOffset
    await world.run(logs.close())
  } catch (error) {
    assert.ok(error instanceof Stopped, String(error))
  }
  return { world, durable, values, calls: world.calls.length }
}

async function checkImage(
  image: TestWorld,
  durable: number,
  values: readonly string[],
): Promise<void> {
  const { logs, log } = await openLog(image, { 'segment.bytes': 1200, 'index.interval.bytes': 200 })
  assert.equal(log.failure, undefined)
  const end = log.logEndOffset
  assert.ok(end >= durable, `the log ends at ${end}, ${durable} were durable`)
  assert.deepEqual(await readValues(image, log), values.slice(0, end))
  checkFiles(image, false)
  // The producer goes on where it was.
  if (end > 0) {
    const repeated = log.append(
      batchOf([`v${end - 1}`], {
        producerId: 3,
        producerEpoch: 0,
        baseSequence: end - 1,
        valueBytes: 150,
      }),
      { origin: 'client', leaderEpoch: 3 },
    )
    assert.ok(repeated.error === undefined && repeated.duplicate === true)
  }
  // Recovering what was recovered changes nothing (L6).
  const before = image.bytes.length
  const again = image.kill()
  const { log: log2 } = await openLog(again)
  assert.equal(log2.logEndOffset, end)
  assert.equal(log2.cutBytes, 0)
  assert.equal(image.bytes.length, before)
  await image.run(logs.close())
  checkFiles(image, true)
}

/** L1, L2, L3 and L5 on the files. */
function checkFiles(world: TestWorld, isClosed: boolean): void {
  if (!world.files.exists(FOLDER)) return
  const names = world.files.list(FOLDER).map(entry => entry.name)
  let nextOffset = 0
  const epochs: { epoch: number; startOffset: number }[] = []
  const logs = names.filter(candidate => candidate.endsWith('.log'))
  for (const name of logs) {
    const path = `${FOLDER}/${name}`
    const file = world.files.open(path, 'read')
    const base = Number.parseInt(name, 10)
    const scanner = new BatchScanner(file, {
      from: 0,
      to: file.size(),
      nextOffset: Math.max(base, nextOffset),
      checksCrc: true,
    })
    const positions = new Map<number, number>()
    while (scanner.next()) {
      positions.set(batch.lastOffset(scanner.buffer, scanner.at), scanner.position)
      const epoch = batch.partitionLeaderEpoch(scanner.buffer, scanner.at)
      if (epochs.at(-1)?.epoch !== epoch)
        epochs.push({ epoch, startOffset: batch.baseOffset(scanner.buffer, scanner.at) })
    }
    assert.equal(scanner.problem, undefined, path)
    nextOffset = scanner.nextOffset
    const indexPath = path.replace('.log', '.index')
    // The indexes of the active segment are in memory until it is closed.
    if (isClosed || name !== logs.at(-1)) {
      const index = OffsetIndex.load(world.files, indexPath, base, file.size())
      assert.ok(index !== undefined, indexPath)
      for (const [offset, position] of positions) assert.ok(index.positionFor(offset) <= position)
      const bytes = world.bytes(indexPath)
      for (let at = 0; at < bytes.length; at += 8)
        assert.equal(positions.get(base + bytes.readInt32BE(at)), bytes.readInt32BE(at + 4))
      assert.ok(TimeIndex.load(world.files, path.replace('.log', '.timeindex'), base) !== undefined)
    }
    file.close()
  }
  const epochPath = `${FOLDER}/leader-epoch-checkpoint`
  if (world.files.exists(epochPath)) {
    const stored = decodeEpochs(world.bytes(epochPath).toString())
    assert.ok(stored !== undefined)
    for (const entry of stored.slice(0, -1))
      assert.ok(
        epochs.some(
          found => found.epoch === entry.epoch && found.startOffset === entry.startOffset,
        ),
      )
  }
}

test('knows the last five batches of a producer after a crash, however often segments were rolled', async () => {
  const world = new TestWorld()
  const { logs, log } = await openLog(world, { 'segment.bytes': 80 })
  logs.startTasks()
  const send = (to: typeof log, sequence: number) =>
    append(to, batchOf(['v'], { producerId: 3, producerEpoch: 0, baseSequence: sequence }))
  for (let i = 0; i < 8; i++) send(log, i)
  await world.settle()
  const afterKill = await openLog(world.kill())
  for (const [sequence, offset] of [3, 4, 5, 6, 7].entries()) {
    const answer = send(afterKill.log, sequence + 3)
    assert.deepEqual([answer.duplicate, answer.baseOffset], [true, offset])
  }
  assert.equal(send(afterKill.log, 8).duplicate, undefined)
  // Killed when all was durable and checkpointed, so that the files are believed.
  await world.settle(6000)
  const afterPause = await openLog(world.kill())
  assert.equal(send(afterPause.log, 4).baseOffset, 4)
})
