import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changesBetween } from '../src/core/changes.ts'
import type { ClusterImage } from '../src/core/image.ts'
import type { MetadataRecordInput } from '../src/core/records.ts'
import { SnapshotGenerator } from '../src/snapshot-generator.ts'
import { snapshotRecords } from '../src/snapshot.ts'
import { silentLogger } from '@moldau/base'
import { imageOf, metadataVersion, partition, registration, topic, topicId } from './support.ts'

const everything: MetadataRecordInput[] = [
  metadataVersion,
  { type: 'FeatureLevelRecord', version: 0, value: { name: 'group.version', featureLevel: 1 } },
  registration,
  {
    type: 'RegisterControllerRecord',
    version: 0,
    value: {
      controllerId: 1,
      incarnationId: topicId,
      zkMigrationReady: false,
      endPoints: [],
      features: [],
    },
  },
  topic,
  partition(0),
  {
    type: 'PartitionChangeRecord',
    version: 2,
    value: { partitionId: 0, topicId, isr: [], eligibleLeaderReplicas: [1] },
  },
  {
    type: 'ConfigRecord',
    version: 0,
    value: { resourceType: 2, resourceName: 'orders', name: 'a', value: '1' },
  },
  {
    type: 'ConfigRecord',
    version: 0,
    value: { resourceType: 4, resourceName: '', name: 'b', value: '' },
  },
  {
    type: 'ConfigRecord',
    version: 0,
    value: { resourceType: 32, resourceName: 'g', name: 'c', value: '2' },
  },
  {
    type: 'ConfigRecord',
    version: 0,
    value: { resourceType: 16, resourceName: 'm', name: 'd', value: '3' },
  },
  {
    type: 'ProducerIdsRecord',
    version: 0,
    value: { brokerId: 1, brokerEpoch: 14, nextProducerId: 4000 },
  },
  {
    type: 'ClientQuotaRecord',
    version: 0,
    value: {
      entity: [
        { entityType: 'user', entityName: null },
        { entityType: 'client-id', entityName: 'c1' },
      ],
      key: 'consumer_byte_rate',
      value: 2048,
      remove: false,
    },
  },
  {
    type: 'AccessControlEntryRecord',
    version: 0,
    value: {
      id: topicId,
      resourceType: 2,
      resourceName: 'orders',
      patternType: 3,
      principal: 'User:alice',
      host: '*',
      operation: 3,
      permissionType: 3,
    },
  },
  {
    type: 'UserScramCredentialRecord',
    version: 0,
    value: {
      name: 'alice',
      mechanism: 1,
      salt: Buffer.from('s'),
      storedKey: Buffer.from('k'),
      serverKey: Buffer.from('v'),
      iterations: 4096,
    },
  },
  {
    type: 'DelegationTokenRecord',
    version: 0,
    value: {
      owner: 'User:a',
      requester: 'User:a',
      renewers: ['User:b'],
      issueTimestamp: 1,
      maxTimestamp: 2,
      expirationTimestamp: 3,
      tokenId: 't',
    },
  },
]

function plain(image: ClusterImage): unknown {
  return {
    features: [...image.features.levels],
    brokers: [...image.brokers],
    controllers: [...image.controllers],
    topics: [...image.topics],
    configs: [...image.configs],
    producerIds: image.producerIds,
    quotas: [...image.clientQuotas.values()],
    acls: [...image.acls.values()],
    credentials: [...image.credentials.values()],
    tokens: [...image.delegationTokens.values()],
  }
}

test('replaying the records of a snapshot gives an equal image', () => {
  const image = imageOf(everything)
  const again = imageOf([...snapshotRecords(image)])
  assert.deepEqual(plain(again), plain(image))
})

test('metadata.version is the first record', () => {
  const [first] = snapshotRecords(imageOf(everything))
  assert.deepEqual(first, metadataVersion)
})

test('under an old metadata.version, records of old versions are written', () => {
  const old = imageOf([
    {
      type: 'FeatureLevelRecord',
      version: 0,
      value: { name: 'metadata.version', featureLevel: 8 },
    },
    {
      ...registration,
      version: 2,
      value: { ...registration.value, logDirs: [] },
    } as MetadataRecordInput,
    topic,
    partition(0),
  ])
  const versions = Object.fromEntries(
    [...snapshotRecords(old)].map(record => [record.type, record.version]),
  )
  assert.equal(versions['RegisterBrokerRecord'], 2)
  assert.equal(versions['PartitionRecord'], 0)
})

test('a snapshot is due after so many bytes, and after so long', () => {
  let now = 0
  const written: number[] = []
  const target = {
    bytesSinceSnapshot: 0,
    newestSnapshotOffset: 0,
    *createSnapshotInSteps(endOffset: number) {
      yield
      written.push(endOffset)
    },
  }
  const generator = new SnapshotGenerator({
    target,
    clock: { now: () => now, monotonic: () => now },
    logger: silentLogger,
    maxBytesBetweenSnapshots: 1000,
    maxIntervalMs: 60_000,
  })
  const image = imageOf(everything)
  const publish = (offset: number) =>
    Array.from(
      generator.publish(image, changesBetween(image, image), { offset, epoch: 1, timestamp: 0 }),
    )
  publish(5)
  target.bytesSinceSnapshot = 1000
  publish(6)
  target.bytesSinceSnapshot = 0
  publish(7)
  now = 60_000
  publish(8)
  assert.deepEqual(written, [7, 9])
})
