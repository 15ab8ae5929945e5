import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  append,
  batchOf,
  openLog,
  openLogs,
  readValues,
  TOPIC_ID,
  configWith,
  FOLDER,
} from './support/fixtures.ts'
import { TestWorld } from './support/test-world.ts'

const MEGABYTE = 1024 * 1024
const client = { origin: 'client', leaderEpoch: 0 } as const

test('refuses clients below the reserve of free space, not the cluster itself, and goes on when there is room', async () => {
  const world = new TestWorld()
  const { logs, log } = await openLog(world)
  logs.startTasks()
  append(log, batchOf(['before']))
  world.freeBytes = 60 * MEGABYTE
  await world.settle(1000)
  const refused = log.append(batchOf(['refused']), client)
  assert.equal(refused.error, 'KAFKA_STORAGE_ERROR')
  assert.match(
    refused.error === undefined ? '' : refused.message,
    /^Cannot append to orders-0: \/data has 60\.0 MB free, less than its reserve of 64\.0 MB \(log\.dir\.reserve\.bytes\)/,
  )
  assert.equal(
    log.append(batchOf(['offset']), { origin: 'coordinator', leaderEpoch: 0 }).error,
    undefined,
  )
  world.freeBytes = 80 * MEGABYTE
  await world.settle(1000)
  append(log, batchOf(['after']))
  await world.settle()
  assert.deepEqual(await readValues(world, log), ['0=before', '1=offset', '2=after'])
  assert.equal(log.failure, undefined)
  await world.run(logs.close())
})

test('looks at the free space again after a part of the reserve was appended', async () => {
  const world = new TestWorld()
  const { logs, log } = await openLog(world)
  append(log, batchOf(['first']))
  world.freeBytes = 60 * MEGABYTE
  let accepted = 0
  while (log.append(batchOf(['x'], { valueBytes: 500_000 }), client).error === undefined) accepted++
  assert.ok(accepted * 500_000 <= 8 * MEGABYTE, `${accepted} batches were accepted`)
  await world.run(logs.close())
})

test('names the directory and what to do when its disk fails', async () => {
  const world = new TestWorld()
  const { log } = await openLog(world)
  world.faults.push({ call: 'datasyncAsync', path: /orders-0.*log$/, code: 'EIO' })
  append(log, batchOf(['a']))
  await world.settle()
  assert.match(
    log.failure?.message ?? '',
    /^Log directory \/data has failed: the disk reported an input\/output error; check the disk .* \(EIO/,
  )
})

test('copies, after a failed sync, what the page cache may call clean to a new file', async () => {
  const world = new TestWorld()
  const { log } = await openLog(world)
  world.faults.push({ call: 'datasyncAsync', path: /orders-0.*log$/, code: 'EIO' })
  append(log, batchOf(['a']))
  await world.settle()
  const after = world.kill()
  const writes = () =>
    after.calls.filter(call => call === `rename ${FOLDER}/00000000000000000000.log.cleaned`).length
  const first = await openLogs(after)
  assert.equal(writes(), 1)
  const again = first.create('orders', 0, TOPIC_ID, configWith({}))
  assert.deepEqual(await readValues(after, again), ['0=a'])
  await after.run(first.close())
  const second = await openLogs(after)
  second.create('orders', 0, TOPIC_ID, configWith({}))
  assert.equal(writes(), 1, 'a start after a clean stop writes nothing again')
  await after.run(second.close())
})

test('does not believe, at the next start, a sync that failed in a recovery', async () => {
  const world = new TestWorld()
  const { log } = await openLog(world)
  append(log, batchOf(['a']))
  world.tick()
  const after = world.kill()
  after.faults.push({ call: 'datasync', path: /orders-0.*log$/, code: 'EIO' })
  await assert.rejects(openLogs(after), /^Error: Log directory \/data has failed: .*input\/output/)
  after.faults = []
  const logs = await openLogs(after)
  assert.ok(after.calls.includes(`rename ${FOLDER}/00000000000000000000.log.cleaned`))
  await after.run(logs.close())
})

test('answers, where the folder of a partition could not be made when it was needed, that the storage failed', async () => {
  const world = new TestWorld()
  const logs = await openLogs(world)
  const made = Array.from({ length: 40 }, (_, i) =>
    logs.create('many', i, TOPIC_ID, configWith({})),
  )
  world.faults.push({ call: 'makeDirectory', path: /many-/, code: 'EIO' })
  for (const log of made.slice(38)) {
    assert.equal(log.append(batchOf(['a']), client).error, 'KAFKA_STORAGE_ERROR')
    assert.deepEqual(log.read(0, { upTo: 1, maxBytes: 1, minOneBatch: true }), {
      error: 'KAFKA_STORAGE_ERROR',
    })
  }
})
