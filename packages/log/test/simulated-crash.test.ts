import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simulatedWorld } from '@moldau/io'
import { batch } from '@moldau/protocol'
import { BatchScanner } from '../src/batch-scanner.ts'
import type { Logs, PartitionLog } from '../src/index.ts'
import { batchOf, openLog, readValues } from './support/fixtures.ts'

const SEEDS = 60
const LIVES = 4
const config = { 'segment.bytes': 3000, 'index.interval.bytes': 300 } as const

type SimulatedWorld = ReturnType<typeof simulatedWorld>

/** What was promised so far. */
interface Promises {
  /** Value by offset, the last that was written there. */
  readonly values: Map<number, string>
  durable: number
  logStart: number
  sequence: number
  epoch: number
}

for (let seed = 0; seed < SEEDS; seed++)
  test(`keeps its promises over power cuts on a disk that forgets, seed ${seed}`, async () => {
    let world = simulatedWorld(seed)
    const promises: Promises = { values: new Map(), durable: 0, logStart: 0, sequence: 0, epoch: 0 }
    for (let life = 0; life < LIVES; life++) {
      const cutAt = world.disk.stepCount + 1 + world.random.below(120)
      world.disk.faultAt = step => (step.number >= cutAt ? 'power-cut' : undefined)
      await live(world, promises)
      world = world.disk.hasPower && world.random.below(3) === 0 ? world.kill() : world.crash()
      world.disk.faultAt = undefined
    }
    const { logs, log } = await openLog2(world)
    await check(world, log, promises)
    await world.run(logs.close())
    checkSegments(world)
  })

async function openLog2(world: SimulatedWorld): Promise<{ logs: Logs; log: PartitionLog }> {
  return openLog(world, config)
}

/** One life of the broker, until its power goes or its time is over. */
async function live(world: SimulatedWorld, promises: Promises): Promise<void> {
  let log: PartitionLog
  let logs: Logs
  try {
    ;({ logs, log } = await openLog2(world))
    await check(world, log, promises)
  } catch (error) {
    if (!world.disk.hasPower) return
    throw error
  }
  logs.startTasks()
  promises.epoch++
  for (let i = 0; i < 40 && world.disk.hasPower; i++) {
    const count = 1 + world.random.below(3)
    const values = Array.from({ length: count }, (_, j) => `${promises.epoch}-${i}-${j}`)
    const offset = log.logEndOffset
    values.forEach((value, j) => promises.values.set(offset + j, value))
    const result = log.append(
      batchOf(values, {
        producerId: 8,
        producerEpoch: promises.epoch,
        baseSequence: promises.sequence,
        valueBytes: world.random.below(400),
      }),
      { origin: 'client', leaderEpoch: promises.epoch },
    )
    if (result.error !== undefined) break
    promises.sequence += count
    if (world.random.below(3) > 0) await world.advance(world.random.below(4))
    if (world.random.below(10) === 0) await world.advance(5000)
    if (log.failure === undefined) {
      log.advanceHighWatermark(log.durableOffset)
      if (world.random.below(15) === 0)
        log.deleteRecordsTo(world.random.below(log.highWatermark + 1))
      promises.logStart = Math.max(promises.logStart, log.logStartOffset)
    }
    promises.durable = Math.max(promises.durable, log.durableOffset)
  }
  promises.sequence = 0
  if (world.disk.hasPower && world.random.below(2) === 0) {
    await world.run(logs.close()).catch(error => {
      if (world.disk.hasPower) throw error
    })
  }
  promises.durable = Math.max(promises.durable, log.durableOffset)
}

async function check(world: SimulatedWorld, log: PartitionLog, promises: Promises): Promise<void> {
  const end = log.logEndOffset
  if (log.failure !== undefined && !world.disk.hasPower) return
  assert.equal(log.failure, undefined)
  assert.ok(end >= promises.durable, `the log ends at ${end}, ${promises.durable} were durable`)
  const expected: string[] = []
  for (let offset = log.logStartOffset; offset < end; offset++)
    expected.push(`${offset}=${promises.values.get(offset)}`)
  assert.deepEqual(await readValues(world, log), expected)
  const epochs = log.leaderEpochs.entries
  for (let i = 1; i < epochs.length; i++) {
    assert.ok(epochs[i]!.epoch > epochs[i - 1]!.epoch)
    assert.ok(epochs[i]!.startOffset > epochs[i - 1]!.startOffset)
  }
  assert.ok(log.logStartOffset <= log.highWatermark && log.highWatermark <= end)
}

function checkSegments(world: SimulatedWorld): void {
  let nextOffset = 0
  for (const { name } of world.files.list('/data/orders-0')) {
    if (!name.endsWith('.log')) continue
    const file = world.files.open(`/data/orders-0/${name}`, 'read')
    const scanner = new BatchScanner(file, {
      from: 0,
      to: file.size(),
      nextOffset: Math.max(nextOffset, Number.parseInt(name, 10)),
      checksCrc: true,
    })
    while (scanner.next()) assert.ok(batch.partitionLeaderEpoch(scanner.buffer, scanner.at) > 0)
    assert.equal(scanner.problem, undefined)
    nextOffset = scanner.nextOffset
    file.close()
  }
}
