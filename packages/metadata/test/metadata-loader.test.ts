import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLogger } from '@moldau/base'
import { MetadataLoader } from '../src/metadata-loader.ts'
import { encodeMetadataRecord, type MetadataRecordInput } from '../src/core/records.ts'
import { metadataVersion, partition, topic } from './support.ts'

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
    publish: (image, changes, provenance) =>
      published.push(
        `${provenance.offset}: ${image.topics.size} topics, ${changes.createdTopics.length} new`,
      ),
  })
  published.length = 0
  let next = 0
  const commit = (...records: MetadataRecordInput[]) => {
    next += records.length
    loader.committed({
      lastOffset: next - 1,
      epoch: 1,
      appendTimestamp: 5,
      values: records.map(encodeMetadataRecord),
    })
  }
  return { loader, faults, published, commit }
}

test('publishes once for all that was committed', () => {
  const { loader, published, commit } = loaderWith()
  commit(metadataVersion)
  commit(topic, partition(0))
  assert.deepEqual(published, [])
  loader.settled()
  loader.settled()
  assert.deepEqual(published, ['2: 1 topics, 1 new'])
  assert.deepEqual(loader.image.provenance, { offset: 2, epoch: 1, timestamp: 5 })
})

test('a metadata transaction is hidden until it ends', () => {
  const { loader, published, commit } = loaderWith()
  commit({ type: 'BeginTransactionRecord', version: 0, value: {} }, topic)
  loader.settled()
  assert.deepEqual(published, [])
  assert.equal(loader.image.topics.size, 0)
  assert.equal(loader.isInTransaction, true)
  commit(partition(0), { type: 'EndTransactionRecord', version: 0, value: {} })
  loader.settled()
  assert.deepEqual(published, ['3: 1 topics, 1 new'])
})

test('an aborted metadata transaction leaves nothing', () => {
  const { loader, commit } = loaderWith()
  commit({ type: 'BeginTransactionRecord', version: 0, value: {} }, topic)
  commit({ type: 'AbortTransactionRecord', version: 0, value: {} })
  loader.settled()
  assert.equal(loader.image.topics.size, 0)
  assert.equal(loader.image.provenance.offset, 2)
})

test('a snapshot replaces what came before', () => {
  const { loader, published, commit } = loaderWith()
  commit(topic, partition(0))
  loader.settled()
  loader.snapshot({
    endOffset: 10,
    epoch: 2,
    lastContainedLogTimestamp: 6,
    values: () => [metadataVersion].map(encodeMetadataRecord),
  })
  loader.settled()
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
  loader.addPublisher({ name: 'last', publish: () => published.push('last') })
  commit(topic, partition(0))
  loader.settled()
  assert.equal(faults.length, 2)
  assert.equal(published.at(-1), 'last')
})
