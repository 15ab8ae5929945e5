import assert from 'node:assert/strict'
import { test } from 'node:test'
import { append, batchOf, defaultConfig, FOLDER, openLog } from './support/fixtures.ts'
import { TestWorld } from './support/test-world.ts'

const FILE = `${FOLDER}/leader-epoch-checkpoint`

/** A log with a durable record, and nothing that ends by itself from here on. */
async function setUp() {
  const world = new TestWorld()
  const { logs, log } = await openLog(world)
  append(log, batchOf(['a']))
  await world.settle()
  world.autoComplete = false
  world.calls.length = 0
  return { world, logs, log }
}

test('an epoch checkpoint is synced beside the event loop, and then lets the recovery point rise', async () => {
  const { world, log } = await setUp()
  assert.equal(log.known.recoveryPoint, 0)
  const stored = log.storeEpochs()
  void log.storeEpochs()
  assert.equal(world.pending.length, 1)
  assert.equal(world.nodes.has(FILE), false)
  assert.equal(log.hasUnstoredEpochs, true)
  world.completeOne()
  await stored
  assert.equal(world.bytes(FILE).toString(), '0\n1\n0 0\n')
  assert.equal(log.hasUnstoredEpochs, false)
  assert.equal(log.known.recoveryPoint, 1)
})

test('an epoch that begins while the checkpoint is written is for the next one', async () => {
  const { world, log } = await setUp()
  const stored = log.storeEpochs()
  append(log, batchOf(['b']), 7)
  while (world.pending.length > 0) world.completeOne()
  await stored
  assert.equal(world.bytes(FILE).toString(), '0\n1\n0 0\n')
  assert.equal(log.hasUnstoredEpochs, true)
  const storedAgain = log.storeEpochs()
  while (world.pending.length > 0) world.completeOne()
  await storedAgain
  assert.equal(world.bytes(FILE).toString(), '0\n2\n0 0\n7 1\n')
})

test('a partition that is deleted meanwhile leaves the folder to the next of its name', async () => {
  const { world, logs, log } = await setUp()
  const stored = log.storeEpochs()
  logs.delete('orders', 0)
  logs.create('orders', 0, 'AAAAAAAAAAAAAAAAAAAAAg', defaultConfig)
  while (world.pending.length > 0) world.completeOne()
  await stored
  assert.equal(world.nodes.has(FILE), false)
  assert.deepEqual(
    Array.from(logs.directories, directory => directory.failure),
    [undefined],
  )
})

test('a clean stop waits for the checkpoints that are being written', async () => {
  const { world, logs, log } = await setUp()
  logs.startTasks()
  await world.settle(5000)
  assert.ok(world.pending.length > 0)
  append(log, batchOf(['b']), 7)
  world.autoComplete = true
  await world.run(logs.close())
  assert.equal(world.bytes(FILE).toString(), '0\n2\n0 0\n7 1\n')
  assert.equal(world.nodes.has(`${FILE}.tmp`), false)
})

test('a sync of an epoch checkpoint that fails ends the directory', async () => {
  const { world, logs, log } = await setUp()
  world.faults.push({ call: 'datasyncAsync', path: /leader-epoch/, code: 'EIO' })
  const stored = log.storeEpochs()
  while (world.pending.length > 0) world.completeOne()
  await stored
  assert.deepEqual(
    Array.from(logs.directories, ({ failure }) => failure !== undefined),
    [true],
  )
  assert.equal(world.nodes.has(FILE), false)
})
