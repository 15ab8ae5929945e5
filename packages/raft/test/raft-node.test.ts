import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLogger } from '@moldau/base'
import { RaftNode, type CommittedBatch, type RaftListener } from '../src/raft-node.ts'
import { openStorage } from '../src/storage.ts'
import { TestStorage, testWorld } from '@moldau/testing'

const folder = '/data/__cluster_metadata-0'

async function open(
  options: { world?: ReturnType<typeof testWorld>; log?: TestStorage; maxBytes?: number } = {},
) {
  const world = options.world ?? testWorld()
  const log = options.log ?? new TestStorage()
  const faults: Error[] = []
  const storage = openStorage({
    world,
    directories: ['/data'],
    nodeId: 1,
    controllerEndpoint: { name: 'CONTROLLER', host: 'localhost', port: 9093 },
    bootstrapValues: [],
  })
  const opening = RaftNode.open({
    world,
    directory: '/data',
    log,
    nodeId: 1,
    directoryId: storage.directoryIds.get('/data') ?? '',
    retention: { maxBytes: options.maxBytes ?? -1, maxMs: -1 },
    logger: silentLogger,
    onFault: error => faults.push(error),
  })
  return { world, log, faults, opening }
}

function recorder() {
  const seen: string[] = []
  const batches: CommittedBatch[] = []
  const listener: RaftListener = {
    committed(batch) {
      batches.push(batch)
      seen.push(...batch.values.map(String))
    },
    snapshot(snapshot) {
      seen.push(`snapshot ${snapshot.endOffset}`, ...[...snapshot.values()].map(String))
    },
  }
  return { seen, batches, listener }
}

const values = (...texts: string[]) => texts.map(text => Buffer.from(text))

test('opens as the leader of a new epoch, with LeaderChange, kraft.version and voters in its first batch', async () => {
  const { opening, log, world } = await open()
  const node = await opening
  assert.equal(node.isLeader, true)
  assert.equal(node.leaderEpoch, 1)
  assert.equal(node.highWatermark, 3)
  assert.equal(log.highWatermark, 3)
  assert.match(
    world.files.readAll(`${folder}/quorum-state`).toString(),
    /"leaderId":1,"leaderEpoch":1,"votedId":-1/,
  )
})

test('opens again in the next epoch, and does not repeat the voters', async () => {
  const first = await open()
  await (await first.opening).close()
  const second = await open({ world: first.world, log: first.log.crashed() })
  const node = await second.opening
  assert.equal(node.leaderEpoch, 2)
  assert.equal(node.highWatermark, 4)
})

test('an append resolves with its last offset, after listeners have seen it', async () => {
  const node = await (await open()).opening
  const { seen, listener } = recorder()
  await node.register(listener)
  assert.equal(node.logEndOffset, 3)
  const lastOffset = await node.append(values('a', 'b'))
  assert.equal(lastOffset, 4)
  assert.deepEqual(seen, ['snapshot 0', 'a', 'b'])
})

test('what is not durable is not committed', async () => {
  const log = new TestStorage(true)
  const { opening } = await open({ log })
  await Promise.resolve()
  while (log.logEndOffset === 0) await Promise.resolve()
  log.flush()
  const node = await opening
  const { seen, listener } = recorder()
  await node.register(listener)
  const appended = node.append(values('a'))
  assert.equal(node.highWatermark, 3)
  assert.deepEqual(seen, ['snapshot 0'])
  log.flush()
  assert.equal(await appended, 3)
  assert.deepEqual(seen, ['snapshot 0', 'a'])
})

test('a later listener replays what was committed', async () => {
  const node = await (await open()).opening
  await node.append(values('a', 'b'))
  await node.append(values('c'))
  const { seen, batches, listener } = recorder()
  await node.register(listener)
  assert.deepEqual(seen, ['snapshot 0', 'a', 'b', 'c'])
  assert.deepEqual(
    batches.map(batch => [batch.baseOffset, batch.lastOffset, batch.epoch]),
    [
      [0, 2, 1],
      [3, 4, 1],
      [5, 5, 1],
    ],
  )
})

test('a crash keeps what was committed and nothing else', async () => {
  const log = new TestStorage(true)
  const { opening, world } = await open({ log })
  while (log.logEndOffset === 0) await Promise.resolve()
  log.flush()
  const node = await opening
  const kept = node.append(values('kept'))
  log.flush()
  await kept
  void node.append(values('lost')).catch(() => undefined)

  const again = await open({ world, log: log.crashed() })
  while (again.log.logEndOffset < 5) await Promise.resolve()
  again.log.flush()
  const { seen, listener } = recorder()
  await (await again.opening).register(listener)
  assert.deepEqual(seen, ['snapshot 0', 'kept'])
})

test('a snapshot stands for the log before it', async () => {
  const first = await open()
  const node = await first.opening
  await node.append(values('a', 'b'))
  assert.ok(node.bytesSinceSnapshot > 0)
  node.createSnapshot(5, 1, 9, values('ab'))
  assert.equal(node.bytesSinceSnapshot, 0)
  await node.append(values('c'))
  await node.close()

  const second = await open({ world: first.world, log: first.log.crashed() })
  const { seen, listener } = recorder()
  await (await second.opening).register(listener)
  assert.deepEqual(seen, ['snapshot 5', 'ab', 'c'])
  assert.equal((await second.opening).kraftVersion, 1)
})

test('older snapshots and the log below them go when they are too big', async () => {
  const { opening, log, world } = await open({ maxBytes: 0 })
  const node = await opening
  await node.append(values('a'))
  node.createSnapshot(4, 1, 9, values('a'))
  await node.append(values('b'))
  node.createSnapshot(5, 1, 9, values('ab'))
  assert.equal(log.logStartOffset, 5)
  assert.deepEqual(
    world.files
      .list(folder)
      .map(entry => entry.name)
      .filter(name => name.endsWith('.checkpoint')),
    ['00000000000000000005-0000000001.checkpoint'],
  )
})

test('a log that fails rejects what waits, and tells the node to stop', async () => {
  const { opening, log, faults } = await open()
  const node = await opening
  const appended = node.append(values('a'))
  log.fail(new Error('EIO'))
  await assert.rejects(appended, { code: 'NOT_CONTROLLER' })
  await assert.rejects(node.append(values('b')), { code: 'NOT_CONTROLLER' })
  assert.equal(faults[0]?.message, 'EIO')
})

test('a directory that votes under another id is refused', async () => {
  const { world, log } = await open()
  const opening = RaftNode.open({
    world,
    directory: '/data',
    log: log.crashed(),
    nodeId: 1,
    directoryId: 'HFiqZftqSAunIdyxMuFCWQ',
    retention: { maxBytes: -1, maxMs: -1 },
    logger: silentLogger,
    onFault: () => undefined,
  })
  await assert.rejects(opening, /node 1 votes with directory/)
})

test('a quorum of several voters is refused in one sentence', async () => {
  const world = testWorld()
  const opening = RaftNode.open({
    world,
    directory: '/static',
    log: new TestStorage(),
    nodeId: 1,
    directoryId: 'HFiqZftqSAunIdyxMuFCWQ',
    staticVoters: [1, 2, 3],
    retention: { maxBytes: -1, maxMs: -1 },
    logger: silentLogger,
    onFault: () => undefined,
  })
  await assert.rejects(
    opening,
    /the voters of its quorum are 1, 2, 3; Moldau serves a quorum of node 1 alone so far/,
  )
})

test('what a listener does in steps is done in turns, in order, before who appended is answered', async () => {
  const turns: (() => void)[] = []
  let time = 0
  const usual = testWorld()
  const world = {
    ...usual,
    // Each look at the clock comes a turn later.
    clock: { now: usual.clock.now, monotonic: () => (time += 10) },
    timers: { ...usual.timers, later: (task: () => void) => void turns.push(task) },
  }
  const node = await (await open({ world })).opening
  const seen: string[] = []
  await node.register({
    snapshot() {},
    *committed({ values: given }) {
      for (const value of given) {
        seen.push(String(value))
        yield
      }
    },
    settled: () => void seen.push('settled'),
  })
  seen.length = 0
  const settle = () => new Promise(resolve => setImmediate(resolve))
  const append = (...texts: string[]) =>
    void node.append(values(...texts)).then(offset => seen.push(`answered ${offset}`))
  append('a', 'b')
  await settle()
  assert.deepEqual(seen, ['a'])
  append('c')
  const closed = node.close()
  while (turns.length > 0) {
    turns.shift()?.()
    await settle()
  }
  await closed
  assert.deepEqual(seen, ['a', 'b', 'settled', 'answered 4', 'c', 'settled', 'answered 5'])
})

test('a batch of very many values is made in steps, and appended as one', async () => {
  const node = await (await open()).opening
  const { batches, listener } = recorder()
  await node.register(listener)
  const end = node.logEndOffset
  const steps = node.appendInSteps(Array.from({ length: 1000 }, () => Buffer.from('a')))
  let step = steps.next()
  assert.notEqual(step.done, true)
  while (step.done !== true) {
    assert.equal(node.logEndOffset, end)
    step = steps.next()
  }
  assert.equal(await step.value.committed, end + 999)
  assert.equal(batches.at(-1)?.values.length, 1000)
})

test('a snapshot of very many values is written in steps, and has its name when it is whole', async () => {
  const { opening, world } = await open()
  const node = await opening
  const path = `${folder}/00000000000000000003-0000000001.checkpoint`
  const many = Array.from({ length: 1000 }, () => Buffer.from('a'))
  const steps = node.createSnapshotInSteps(3, 1, 9, many)
  let step = steps.next()
  assert.notEqual(step.done, true)
  while (step.done !== true) {
    assert.equal(world.files.exists(path), false)
    step = steps.next()
  }
  assert.equal(world.files.exists(path), true)
})
