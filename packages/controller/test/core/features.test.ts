import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { UpdateFeaturesRequest } from '@moldau/protocol'
import { unservedFeatures, updateFeatures } from '../../src/core/features.ts'
import { allocateProducerIds } from '../../src/core/producer-ids.ts'
import { broker, feature, TestCluster } from './support.ts'

const UPGRADE = 1
const SAFE_DOWNGRADE = 2
const prefix = 'The update failed for all features since the following feature had an error: '

function update(on: TestCluster, name: string, level: number, upgradeType = UPGRADE): string {
  const featureUpdates = [
    { feature: name, maxVersionLevel: level, allowDowngrade: false, upgradeType },
  ]
  const request = {
    featureUpdates,
    timeoutMs: 0,
    validateOnly: false,
  } as unknown as UpdateFeaturesRequest
  const { errorCode, errorMessage } = on.decide(context => updateFeatures(request, context, 2))
  return `${errorCode} ${(errorMessage ?? '').replace(prefix, '')}`
}

test('levels that clients would rely on but are not served cannot be finalised', () => {
  assert.equal(
    update(new TestCluster(), 'group.version', 1),
    '95 Invalid update version 1 for feature group.version. Local controller 1 only supports versions 0-0',
  )
})

test('refusals have the texts of Apache Kafka 4.3.1', () => {
  const on = new TestCluster(feature('transaction.version', 2))
  assert.equal(
    update(on, 'foo', 1),
    '95 Invalid update version 1 for feature foo. Local controller 1 does not support this feature.',
  )
  assert.equal(
    update(on, 'metadata.version', 31),
    '95 Invalid update version 31 for feature metadata.version. Local controller 1 only supports versions 7-30',
  )
  assert.equal(
    update(on, 'metadata.version', 29, SAFE_DOWNGRADE),
    '95 Unsupported metadata.version downgrade from 30 to 29. Refusing to perform the requested downgrade because it might delete metadata information.',
  )
  assert.equal(
    update(on, 'transaction.version', 0),
    "95 Invalid update version 0 for feature transaction.version. Can't downgrade the version of this feature without setting the upgrade type to either safe or unsafe downgrade.",
  )
})

test('a level that is found is kept and reported, and can be taken back', () => {
  const on = new TestCluster(
    feature('transaction.version', 2),
    feature('eligible.leader.replicas.version', 1),
  )
  assert.deepEqual(unservedFeatures(on.image), [
    { name: 'transaction.version', level: 2, servedLevel: 0 },
  ])
  assert.equal(update(on, 'transaction.version', 0, SAFE_DOWNGRADE), '0 ')
  assert.deepEqual(unservedFeatures(on.image), [])
})

test('ELR brings a minimum of in-sync replicas for all brokers, in place of their own', () => {
  const name = 'min.insync.replicas'
  const value = { resourceType: 4, resourceName: '1', name, value: '2' }
  const on = new TestCluster(broker(1), { type: 'ConfigRecord', version: 0, value })
  assert.equal(update(on, 'eligible.leader.replicas.version', 1), '0 ')
  assert.equal(on.image.configs.of('broker', '').get(name), '1')
  assert.equal(on.image.configs.of('broker', '1').get(name), undefined)
})

test('producer id blocks are handed out once', () => {
  const on = new TestCluster(broker(1))
  const allocate = (brokerEpoch = 11) =>
    on.decide(context => allocateProducerIds({ brokerId: 1, brokerEpoch } as never, context))
  assert.deepEqual(allocate(), { errorCode: 0, producerIdStart: 0, producerIdLen: 1000 })
  assert.deepEqual(allocate(), { errorCode: 0, producerIdStart: 1000, producerIdLen: 1000 })
  assert.equal(allocate(10).errorCode, 77)
  assert.equal(on.image.producerIds.next, 2000)
})
