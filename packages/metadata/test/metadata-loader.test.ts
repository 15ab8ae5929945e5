import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLogger } from '@moldau/base'
import { MetadataLoader } from '../src/metadata-loader.ts'
import { encodeMetadataRecord, type MetadataRecordInput } from '../src/core/records.ts'
import { metadataVersion, partition, topic } from './support.ts'

/** All steps at once. */
function finish(steps: Generator<undefined, void>): void {
  while (steps.next().done !== true);
}

function loaderWith() {
  const faults: Error[] = []
  const published: string[] = []
  const loader = new MetadataLoader({
    clusterId: 'cluster',
    logger: silentLogger,
    onFault: error => faults.push(error),
  })
  loader.addPublisher({
    name: 'test',
    publish(image, changes, provenance) {
      published.push(
        `${provenance.offset}: ${image.topics.size} topics, ${changes.createdTopics.length} new`,
      )
    },
  })
  published.length = 0
  let next = 0
  const commit = (...records: MetadataRecordInput[]) => {
    finish(loader.committed(batchOf(records)))
  }
  const batchOf = (records: readonly MetadataRecordInput[]) => {
    next += records.length
    return {
      lastOffset: next - 1,
      epoch: 1,
      appendTimestamp: 5,
      values: records.map(encodeMetadataRecord),
    }
  }
  return { loader, faults, published, batchOf, commit }
}

test('publishes once for all that was committed', () => {
  const { loader, published, commit } = loaderWith()
  commit(metadataVersion)
  commit(topic, partition(0))
  assert.deepEqual(published, [])
  finish(loader.settled())
  finish(loader.settled())
  assert.deepEqual(published, ['2: 1 topics, 1 new'])
  assert.deepEqual(loader.image.provenance, { offset: 2, epoch: 1, timestamp: 5 })
})

test('a metadata transaction is hidden until it ends', () => {
  const { loader, published, commit } = loaderWith()
  commit({ type: 'BeginTransactionRecord', version: 0, value: {} }, topic)
  finish(loader.settled())
  assert.deepEqual(published, [])
  assert.equal(loader.image.topics.size, 0)
  assert.equal(loader.isInTransaction, true)
  commit(partition(0), { type: 'EndTransactionRecord', version: 0, value: {} })
  finish(loader.settled())
  assert.deepEqual(published, ['3: 1 topics, 1 new'])
})

test('an aborted metadata transaction leaves nothing', () => {
  const { loader, commit } = loaderWith()
  commit({ type: 'BeginTransactionRecord', version: 0, value: {} }, topic)
  commit({ type: 'AbortTransactionRecord', version: 0, value: {} })
  finish(loader.settled())
  assert.equal(loader.image.topics.size, 0)
  assert.equal(loader.image.provenance.offset, 2)
})

test('a snapshot replaces what came before', () => {
  const { loader, published, commit } = loaderWith()
  commit(topic, partition(0))
  finish(loader.settled())
  loader.snapshot({
    endOffset: 10,
    epoch: 2,
    lastContainedLogTimestamp: 6,
    values: () => [metadataVersion].map(encodeMetadataRecord),
  })
  finish(loader.settled())
  assert.deepEqual(published.at(-1), '9: 0 topics, 0 new')
})

test('a record that does not fit is a fault', () => {
  const { loader, faults, commit } = loaderWith()
  commit(partition(0))
  assert.match(faults[0]?.message ?? '', /does not exist/)
  assert.equal(loader.fault, faults[0])
})

test('a publisher that throws is a fault, and the others are told', () => {
  const { loader, faults, published, commit } = loaderWith()
  const failing = () => {
    throw new Error('broken')
  }
  loader.addPublisher({ name: 'broken', publish: failing })
  loader.addPublisher({ name: 'last', publish: () => void published.push('last') })
  commit(topic, partition(0))
  finish(loader.settled())
  assert.equal(faults.length, 2)
  assert.equal(published.at(-1), 'last')
})

test('a batch of ten thousand records is seen whole or not at all', () => {
  const { loader, published, batchOf, commit } = loaderWith()
  const records = Array.from({ length: 10_000 }, (_, i) => partition(i))
  const seen = new Set<number>()
  const look = () => seen.add(loader.image.topics.byName('orders')?.partitions.length ?? 0)
  commit(topic)
  for (const steps of [loader.committed(batchOf(records)), loader.settled()])
    while (steps.next().done !== true) look()
  look()
  assert.deepEqual([...seen], [0, 10_000])
  assert.deepEqual(published, ['10000: 1 topics, 1 new'])
})

test('a publisher takes its steps before the next is told', () => {
  const { loader, published, commit } = loaderWith()
  loader.addPublisher({
    name: 'slow',
    *publish() {
      for (const step of [1, 2]) {
        published.push(`step ${step}`)
        yield
      }
    },
  })
  loader.addPublisher({ name: 'last', publish: () => void published.push('last') })
  published.length = 0
  commit(topic, partition(0))
  const steps = loader.settled()
  const turns: string[][] = []
  while (steps.next().done !== true) turns.push(published.splice(0))
  assert.deepEqual(turns.concat(published), [
    [],
    ['1: 1 topics, 1 new'],
    ['step 1'],
    ['step 2'],
    [],
    'last',
  ])
})
