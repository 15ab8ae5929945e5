import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  decodeMetadataRecord,
  encodeMetadataRecord,
  type MetadataRecordInput,
} from '../../src/core/records.ts'
import { imageOf, metadataVersion, partition, registration, topic, topicId } from '../support.ts'

const change = (value: object): MetadataRecordInput =>
  ({
    type: 'PartitionChangeRecord',
    version: 2,
    value: { partitionId: 0, topicId, ...value },
  }) as MetadataRecordInput

test('a topic is found by name and by id, with its partitions', () => {
  const image = imageOf([topic, partition(0), partition(1)])
  const found = image.topics.byName('orders')
  assert.equal(found, image.topics.byId(topicId))
  assert.equal(found?.partitions.length, 2)
  assert.equal(found?.partitions[1]?.leader, 1)
})

test('a new leader raises the leader epoch, any change the partition epoch', () => {
  const image = imageOf([
    topic,
    partition(0),
    change({ leader: -1 }),
    change({ isr: [1] }),
    change({ leader: 1 }),
  ])
  const found = image.topics.byName('orders')?.partitions[0]
  assert.equal(found?.leader, 1)
  assert.equal(found?.leaderEpoch, 2)
  assert.equal(found?.partitionEpoch, 3)
})

test('a leader that is written again raises the leader epoch too', () => {
  const image = imageOf([topic, partition(0), change({ leader: 1 })])
  assert.equal(image.topics.byName('orders')?.partitions[0]?.leaderEpoch, 1)
})

test('deleting a topic takes its configs along', () => {
  const image = imageOf([
    topic,
    partition(0),
    {
      type: 'ConfigRecord',
      version: 0,
      value: { resourceType: 2, resourceName: 'orders', name: 'retention.ms', value: '1' },
    },
    { type: 'RemoveTopicRecord', version: 0, value: { topicId } },
  ])
  assert.equal(image.topics.size, 0)
  assert.equal(image.topics.byName('orders'), undefined)
  assert.equal(image.configs.of('topic', 'orders').size, 0)
})

test('a config set to null is gone', () => {
  const config = (value: string | null): MetadataRecordInput => ({
    type: 'ConfigRecord',
    version: 0,
    value: { resourceType: 4, resourceName: '', name: 'log.cleaner.threads', value },
  })
  assert.deepEqual(
    [...imageOf([config('2')]).configs.of('broker', '')],
    [['log.cleaner.threads', '2']],
  )
  assert.deepEqual([...imageOf([config('2'), config(null)]).configs.of('broker', '')], [])
})

test('a broker is fenced, unfenced and shut down by its registration changes', () => {
  const of = (value: object): MetadataRecordInput =>
    ({
      type: 'BrokerRegistrationChangeRecord',
      version: 1,
      value: { brokerId: 1, brokerEpoch: 14, ...value },
    }) as MetadataRecordInput
  assert.equal(imageOf([registration]).brokers.byId(1)?.fenced, true)
  assert.equal(imageOf([registration, of({ fenced: -1 })]).brokers.byId(1)?.fenced, false)
  assert.equal(
    imageOf([registration, of({ fenced: -1 }), of({ fenced: 1 })]).brokers.byId(1)?.fenced,
    true,
  )
  assert.equal(
    imageOf([registration, of({ inControlledShutdown: 1 })]).brokers.byId(1)?.inControlledShutdown,
    true,
  )
})

test('a registration change of another epoch is a fault', () => {
  const stale: MetadataRecordInput = {
    type: 'BrokerRegistrationChangeRecord',
    version: 0,
    value: { brokerId: 1, brokerEpoch: 13, fenced: -1 },
  }
  assert.throws(() => imageOf([registration, stale]), /Broker 1 has epoch 14, not 13/)
})

test('a partition of an unknown topic is a fault', () => {
  assert.throws(() => imageOf([partition(0)]), /does not exist/)
})

test('a topic with a hole among its partitions is a fault', () => {
  assert.throws(() => imageOf([topic, partition(0), partition(2)]), /has no partition 1/)
})

test('a metadata.version above ours is refused in one sentence', () => {
  const newer = {
    ...metadataVersion,
    value: { name: 'metadata.version', featureLevel: 31 },
  } as MetadataRecordInput
  assert.throws(
    () => imageOf([newer]),
    /^Error: Cannot read this cluster's metadata: its metadata.version 31 is above 30 \(4.3-IV0\), the highest that Moldau knows$/,
  )
})

test('a record type of a later Kafka is refused', () => {
  assert.throws(() => decodeMetadataRecord(Buffer.from([1, 99, 0])), /type 99 is unknown/)
})

test('a record version of a later Kafka is refused', () => {
  assert.throws(
    () => decodeMetadataRecord(Buffer.from([1, 2, 9])),
    /version 9 is not within 0 to 0/,
  )
})

test('a stored record is the bytes that Apache Kafka 4.3.1 writes', () => {
  const bytes = encodeMetadataRecord(metadataVersion)
  assert.equal(bytes.toString('hex'), '010c00116d657461646174612e76657273696f6e001e00')
})

test('the old images of a chain stay as they were', () => {
  const first = imageOf([topic, partition(0)])
  const second = imageOf([change({ leader: -1 })], first)
  assert.equal(first.topics.byName('orders')?.partitions[0]?.leader, 1)
  assert.equal(second.topics.byName('orders')?.partitions[0]?.leader, -1)
})
