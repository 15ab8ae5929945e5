/**
 * An image as records, in the order in which Kafka 4.3.1 writes a snapshot: features first (metadata.version before
 * all), then brokers, controllers, topics, configs, quotas, producer ids, ACLs, credentials, delegation tokens.
 */
import { ConfigResourceTypes } from './core/configs.ts'
import { METADATA_VERSION } from './core/features.ts'
import type { ClusterImage } from './core/image.ts'
import type { MetadataRecordInput } from './core/records.ts'
import type { PartitionRegistration, TopicImage } from './core/topics.ts'

/** The records from which `image` is made again. */
export function* snapshotRecords(image: ClusterImage): Generator<MetadataRecordInput> {
  yield* featureRecords(image)
  yield* nodeRecords(image)
  for (const topic of image.topics)
    yield* topicRecords(topic, image.features.recordVersions.partition)
  for (const { type, name: resourceName, values } of image.configs) {
    const resourceType = ConfigResourceTypes[type]
    for (const [name, value] of values) {
      yield { type: 'ConfigRecord', version: 0, value: { resourceType, resourceName, name, value } }
    }
  }
  for (const { entity, values } of image.clientQuotas.values()) {
    for (const [key, value] of values) {
      yield { type: 'ClientQuotaRecord', version: 0, value: { entity, key, value, remove: false } }
    }
  }
  if (image.producerIds.next > 0) {
    const nextProducerId = image.producerIds.next
    yield {
      type: 'ProducerIdsRecord',
      version: 0,
      value: { brokerId: -1, brokerEpoch: -1, nextProducerId },
    }
  }
  for (const value of image.acls.values())
    yield { type: 'AccessControlEntryRecord', version: 0, value }
  for (const value of image.credentials.values())
    yield { type: 'UserScramCredentialRecord', version: 0, value }
  for (const value of image.delegationTokens.values())
    yield { type: 'DelegationTokenRecord', version: 0, value }
}

function* featureRecords(image: ClusterImage): Generator<MetadataRecordInput> {
  const names = [...image.features.levels.keys()]
    .filter(name => name !== METADATA_VERSION)
    .toSorted()
  for (const name of [METADATA_VERSION, ...names]) {
    const featureLevel = image.features.level(name)
    if (featureLevel > 0)
      yield { type: 'FeatureLevelRecord', version: 0, value: { name, featureLevel } }
  }
}

function* nodeRecords(image: ClusterImage): Generator<MetadataRecordInput> {
  const versions = image.features.recordVersions
  for (const broker of image.brokers) {
    const {
      id: brokerId,
      epoch: brokerEpoch,
      incarnationId,
      rack,
      fenced,
      inControlledShutdown,
    } = broker
    yield {
      type: 'RegisterBrokerRecord',
      version: versions.registerBroker,
      value: {
        brokerId,
        brokerEpoch,
        incarnationId,
        endPoints: [...broker.endPoints],
        features: [...broker.features],
        rack,
        fenced,
        ...(versions.registerBroker >= 1 && { inControlledShutdown }),
        ...(versions.registerBroker >= 2 && { isMigratingZkBroker: broker.isMigratingZkBroker }),
        ...(versions.registerBroker >= 3 && { logDirs: [...broker.logDirs] }),
        ...(versions.registerBroker >= 4 && {
          cordonedLogDirs: broker.cordonedLogDirs && [...broker.cordonedLogDirs],
        }),
      },
    }
  }
  if (!versions.hasControllerRegistration) return
  for (const controller of image.controllers.values()) {
    const { id: controllerId, incarnationId, zkMigrationReady } = controller
    const endPoints = [...controller.endPoints]
    const features = [...controller.features]
    yield {
      type: 'RegisterControllerRecord',
      version: 0,
      value: { controllerId, incarnationId, zkMigrationReady, endPoints, features },
    }
  }
}

function* topicRecords(topic: TopicImage, version: number): Generator<MetadataRecordInput> {
  yield { type: 'TopicRecord', version: 0, value: { name: topic.name, topicId: topic.id } }
  for (const [partitionId, partition] of topic.partitions.entries()) {
    yield partitionRecord(topic.id, partitionId, partition, version)
  }
}

/** The record that makes `partition`, in a version of PartitionRecord. */
export function partitionRecord(
  topicId: string,
  partitionId: number,
  partition: PartitionRegistration,
  version: number,
): MetadataRecordInput {
  return {
    type: 'PartitionRecord',
    version,
    value: {
      partitionId,
      topicId,
      replicas: [...partition.replicas],
      isr: [...partition.isr],
      removingReplicas: [...partition.removingReplicas],
      addingReplicas: [...partition.addingReplicas],
      leader: partition.leader,
      leaderRecoveryState: partition.leaderRecoveryState,
      leaderEpoch: partition.leaderEpoch,
      partitionEpoch: partition.partitionEpoch,
      ...(version >= 1 && { directories: [...partition.directories] }),
      ...(version >= 2 &&
        partition.eligibleLeaderReplicas.length > 0 && {
          eligibleLeaderReplicas: [...partition.eligibleLeaderReplicas],
        }),
      ...(version >= 2 &&
        partition.lastKnownElr.length > 0 && { lastKnownElr: [...partition.lastKnownElr] }),
    },
  }
}
