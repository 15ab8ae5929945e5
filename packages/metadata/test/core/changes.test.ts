import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changesBetween } from '../../src/core/changes.ts'
import { emptyImage } from '../../src/core/image.ts'
import { imageOf, metadataVersion, partition, registration, topic, topicId } from '../support.ts'

const base = imageOf([metadataVersion, registration, topic, partition(0), partition(1)])

test('from nothing, all is new', () => {
  const changes = changesBetween(emptyImage('cluster'), base)
  assert.deepEqual(
    changes.createdTopics.map(created => created.name),
    ['orders'],
  )
  assert.equal(changes.partitions.length, 2)
  assert.deepEqual(changes.brokers, [1])
  assert.equal(changes.features, true)
  assert.equal(changes.acls, false)
})

test('one changed partition is one change', () => {
  const after = imageOf(
    [{ type: 'PartitionChangeRecord', version: 1, value: { partitionId: 1, topicId, leader: -1 } }],
    base,
  )
  const changes = changesBetween(base, after)
  assert.deepEqual(changes.createdTopics, [])
  assert.deepEqual(
    changes.partitions.map(change => [
      change.partition,
      change.before?.leader,
      change.after.leader,
    ]),
    [[1, 1, -1]],
  )
})

test('a deleted topic is told as it was, and a new one of the same name beside it', () => {
  const after = imageOf(
    [
      { type: 'RemoveTopicRecord', version: 0, value: { topicId } },
      {
        type: 'TopicRecord',
        version: 0,
        value: { name: 'orders', topicId: 'RzmPTDekTB2I0MweSVLFEg' },
      },
    ],
    base,
  )
  const changes = changesBetween(base, after)
  assert.deepEqual(
    changes.deletedTopics.map(deleted => deleted.id),
    [topicId],
  )
  assert.deepEqual(
    changes.createdTopics.map(created => created.id),
    ['RzmPTDekTB2I0MweSVLFEg'],
  )
})

test('a config change names its resource', () => {
  const after = imageOf(
    [
      {
        type: 'ConfigRecord',
        version: 0,
        value: { resourceType: 2, resourceName: 'orders', name: 'a', value: 'b' },
      },
    ],
    base,
  )
  assert.deepEqual(changesBetween(base, after).configs, [{ type: 'topic', name: 'orders' }])
})
