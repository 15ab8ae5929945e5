import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLogger } from '@moldau/base'
import type { GroupCoordinator } from '@moldau/coordinators'
import { changesBetween, emptyImage } from '@moldau/metadata'
import { KafkaError } from '@moldau/protocol'
import { CoordinatorElections, OffsetsTopicStorage } from '../src/offsets-topic.ts'
import { batchOf, DataPath } from './data-path.ts'
import { ManualWorld } from './manual-world.ts'

async function setUp(loadBytes = 1024, flushPolicy = 'commit') {
  const world = new ManualWorld()
  const path = await DataPath.open(world, '/data', { 'flush.policy': flushPolicy })
  const topicId = path.createTopic('__consumer_offsets', 2)
  return { world, path, topicId, storage: new OffsetsTopicStorage(path.replicas, loadBytes) }
}

test('an append resolves with the offset behind it when it is committed', async () => {
  const { world, storage } = await setUp()
  world.isDiskStalled = true
  const ends: number[] = []
  for (const batch of [batchOf('a', 'b'), batchOf('c')]) {
    void storage.append(1, batch, false).then(end => ends.push(end))
  }
  await world.settle()
  assert.deepEqual(ends, [])
  world.isDiskStalled = false
  await world.settle()
  assert.deepEqual(ends, [2, 3])
})

test('under flush=os only what must be on disk waits for it', async () => {
  const { world, storage } = await setUp(1024, 'os')
  world.isDiskStalled = true
  const ends: number[] = []
  void storage.append(1, batchOf('offset'), true).then(end => ends.push(end))
  void storage.append(1, batchOf('member'), false).then(end => ends.push(end))
  await world.settle()
  assert.deepEqual(ends, [2])
  world.isDiskStalled = false
  await world.settle()
  assert.deepEqual(ends, [2, 1])
})

test('a stop under flush=os waits for what must be on disk', async () => {
  const { world, path, storage } = await setUp(1024, 'os')
  world.isDiskStalled = true
  const events: string[] = []
  void storage.append(1, batchOf('offset'), true).then(() => events.push('on disk'))
  void storage.append(1, batchOf('member'), false)
  await world.settle()
  void path.replicas.settled().then(() => events.push('settled'))
  await world.settle()
  assert.deepEqual(events, [])
  world.isDiskStalled = false
  await world.settle()
  assert.deepEqual(events, ['on disk', 'settled'])
})

test('gives back what was appended', async () => {
  const { world, storage } = await setUp()
  void storage.append(1, batchOf('a', 'b'), false)
  void storage.append(1, batchOf('c'), false)
  await world.settle()
  let bytes = 0
  for await (const batches of storage.load(1)) bytes += batches.length
  assert.equal(bytes, batchOf('a', 'b').length + batchOf('c').length)
  for await (const batches of storage.load(0)) assert.fail(`unexpected ${batches.length} bytes`)
})

test('reads as much at a time as it is told, at least one batch', async () => {
  const size = batchOf('a').length
  for (const [loadBytes, reads] of [
    [1, 4],
    [2 * size, 2],
    [100 * size, 1],
  ] as const) {
    const { world, storage } = await setUp(loadBytes)
    for (const value of ['a', 'b', 'c', 'd']) void storage.append(1, batchOf(value), false)
    await world.settle()
    const pieces = []
    for await (const batches of storage.load(1)) pieces.push(batches.length)
    assert.equal(pieces.length, reads)
    assert.equal(
      pieces.reduce((sum, bytes) => sum + bytes, 0),
      4 * size,
    )
  }
})

test('an append that loses its partition is refused', async () => {
  const { world, path, topicId, storage } = await setUp()
  world.isDiskStalled = true
  const append = storage.append(0, batchOf('a'), true)
  path.deleteTopic(topicId)
  await assert.rejects(append, KafkaError)
  await assert.rejects(storage.append(0, batchOf('b'), true), /not kept here/)
})

test('elects the shards of the partitions that this broker leads', async () => {
  const { path } = await setUp()
  const events: string[] = []
  const groups = {
    elected: (partition: number, epoch: number) => {
      events.push(`elected ${partition} in ${epoch}`)
      return Promise.resolve()
    },
    resigned: (partition: number) => void events.push(`resigned ${partition}`),
    topicsDeleted: (names: readonly string[]) => void events.push(`deleted ${names.join(' ')}`),
  } as unknown as GroupCoordinator
  const elections = new CoordinatorElections(1, groups, silentLogger)
  const before = emptyImage('cluster')
  const after = path.image
  elections.publish(after, changesBetween(before, after))
  assert.deepEqual(events, ['elected 0 in 0', 'elected 1 in 0'])
  events.length = 0
  elections.publish(before, changesBetween(after, before))
  assert.deepEqual(events, ['resigned 0', 'resigned 1', 'deleted __consumer_offsets'])
})
