/**
 * From one image and records to the next image: one function for each record type, as Kafka 4.3.1 replays it. Used
 * by the loader on committed records and by the controller on records that it is about to write. A record that does
 * not fit the image (a partition of an unknown topic) is a damaged log or a bug, and throws.
 */
import type { BrokerRegistration } from './brokers.ts'
import { configResourceType, type ConfigsEditor } from './configs.ts'
import type { MapEditor } from './copy-on-write-map.ts'
import { METADATA_VERSION, METADATA_VERSION_MAX } from './features.ts'
import type { ClientQuota, ClusterImage, Provenance } from './image.ts'
import type { MetadataRecord, MetadataRecordType, MetadataRecordValue } from './records.ts'
import { MIGRATING_DIRECTORY, type PartitionRegistration, type TopicsEditor } from './topics.ts'

/** What the record functions change. */
interface Draft {
  image: ClusterImage
  readonly topics: TopicsEditor
  readonly configs: ConfigsEditor
  readonly clientQuotas: MapEditor<ClientQuota>
  readonly acls: MapEditor<MetadataRecordValue<'AccessControlEntryRecord'>>
  readonly credentials: MapEditor<MetadataRecordValue<'UserScramCredentialRecord'>>
  readonly delegationTokens: MapEditor<MetadataRecordValue<'DelegationTokenRecord'>>
}

type Apply<T extends MetadataRecordType> = (draft: Draft, value: MetadataRecordValue<T>) => void

/** Leader of a PartitionChangeRecord that leaves the leader as it is. */
const LEADER_UNCHANGED = -2
const RECOVERY_STATE_UNCHANGED = -1

/** Takes records and makes the next image. */
export class ImageEditor {
  readonly #draft: Draft

  constructor(base: ClusterImage) {
    this.#draft = {
      image: base,
      topics: base.topics.edit(),
      configs: base.configs.edit(),
      clientQuotas: base.clientQuotas.edit(),
      acls: base.acls.edit(),
      credentials: base.credentials.edit(),
      delegationTokens: base.delegationTokens.edit(),
    }
  }

  /** @throws Error for a record that does not fit */
  apply(record: MetadataRecord): void {
    const apply = functions[record.type] as Apply<MetadataRecordType>
    apply(this.#draft, record.value)
  }

  /** The next image. The editor must not be used any more. */
  finish(provenance: Provenance): ClusterImage {
    const { image, topics, configs, clientQuotas, acls, credentials, delegationTokens } =
      this.#draft
    return {
      ...image,
      provenance,
      topics: topics.finish(),
      configs: configs.finish(),
      clientQuotas: clientQuotas.finish(),
      acls: acls.finish(),
      credentials: credentials.finish(),
      delegationTokens: delegationTokens.finish(),
    }
  }
}

/** The image after one record. For many records, one `ImageEditor` is cheaper. */
export function apply(image: ClusterImage, record: MetadataRecord): ClusterImage {
  const editor = new ImageEditor(image)
  editor.apply(record)
  return editor.finish(image.provenance)
}

const functions: { readonly [T in MetadataRecordType]: Apply<T> } = {
  RegisterBrokerRecord(draft, value) {
    const {
      brokerId,
      brokerEpoch,
      incarnationId,
      endPoints,
      features,
      rack,
      fenced,
      inControlledShutdown,
    } = value
    setBroker(draft, brokerId, {
      id: brokerId,
      epoch: brokerEpoch,
      incarnationId,
      endPoints,
      features,
      rack,
      fenced,
      inControlledShutdown,
      isMigratingZkBroker: value.isMigratingZkBroker,
      logDirs: value.logDirs.toSorted(),
      cordonedLogDirs: value.cordonedLogDirs,
    })
  },

  UnregisterBrokerRecord(draft, value) {
    registeredBroker(draft, value.brokerId, value.brokerEpoch)
    setBroker(draft, value.brokerId, undefined)
  },

  FenceBrokerRecord(draft, value) {
    setBroker(draft, value.id, { ...registeredBroker(draft, value.id, value.epoch), fenced: true })
  },

  UnfenceBrokerRecord(draft, value) {
    setBroker(draft, value.id, { ...registeredBroker(draft, value.id, value.epoch), fenced: false })
  },

  BrokerRegistrationChangeRecord(draft, value) {
    const broker = registeredBroker(draft, value.brokerId, value.brokerEpoch)
    setBroker(draft, value.brokerId, {
      ...broker,
      fenced: value.fenced === 0 ? broker.fenced : value.fenced > 0,
      inControlledShutdown: broker.inControlledShutdown || value.inControlledShutdown > 0,
      logDirs: value.logDirs.length > 0 ? value.logDirs.toSorted() : broker.logDirs,
      cordonedLogDirs: value.cordonedLogDirs ?? broker.cordonedLogDirs,
    })
  },

  RegisterControllerRecord(draft, value) {
    const controllers = new Map(draft.image.controllers)
    const { controllerId: id, incarnationId, zkMigrationReady, endPoints, features } = value
    controllers.set(id, { id, incarnationId, zkMigrationReady, endPoints, features })
    draft.image = { ...draft.image, controllers }
  },

  TopicRecord(draft, value) {
    const taken = draft.topics.byId(value.topicId)
    if (taken !== undefined)
      throw new Error(`Topic id ${value.topicId} of ${value.name} is taken by ${taken.name}`)
    draft.topics.add(value.name, value.topicId)
  },

  PartitionRecord(draft, value) {
    knownTopic(draft, value.topicId)
    draft.topics.setPartition(value.topicId, value.partitionId, {
      replicas: trimmed(value.replicas),
      directories:
        value.directories.length > 0
          ? trimmed(value.directories)
          : value.replicas.map(() => MIGRATING_DIRECTORY),
      isr: trimmed(value.isr),
      removingReplicas: trimmed(value.removingReplicas),
      addingReplicas: trimmed(value.addingReplicas),
      eligibleLeaderReplicas: trimmed(value.eligibleLeaderReplicas ?? none),
      lastKnownElr: trimmed(value.lastKnownElr ?? none),
      leader: value.leader,
      leaderRecoveryState: value.leaderRecoveryState,
      leaderEpoch: value.leaderEpoch,
      partitionEpoch: value.partitionEpoch,
    })
  },

  PartitionChangeRecord(draft, value) {
    const partition = knownTopic(draft, value.topicId).partitions[value.partitionId]
    if (partition === undefined)
      throw new Error(`Topic ${value.topicId} has no partition ${value.partitionId}`)
    draft.topics.setPartition(value.topicId, value.partitionId, mergePartition(partition, value))
  },

  ClearElrRecord(draft, value) {
    for (const topic of value.topicName === ''
      ? allTopics(draft)
      : [draft.topics.byName(value.topicName)]) {
      if (topic === undefined) throw new Error(`Topic ${value.topicName} does not exist`)
      topic.partitions.forEach((partition, i) => {
        if (partition.eligibleLeaderReplicas.length === 0 && partition.lastKnownElr.length === 0)
          return
        draft.topics.setPartition(topic.id, i, {
          ...partition,
          eligibleLeaderReplicas: [],
          lastKnownElr: [],
          partitionEpoch: partition.partitionEpoch + 1,
        })
      })
    }
  },

  RemoveTopicRecord(draft, value) {
    const topic = knownTopic(draft, value.topicId)
    draft.topics.remove(topic.id)
    draft.configs.removeAll({ type: 'topic', name: topic.name })
  },

  ConfigRecord(draft, value) {
    const type = configResourceType(value.resourceType)
    if (type === undefined)
      throw new Error(`Configs of resource type ${value.resourceType} are unknown`)
    draft.configs.set({ type, name: value.resourceName }, value.name, value.value)
  },

  FeatureLevelRecord(draft, value) {
    if (value.name === METADATA_VERSION && value.featureLevel > METADATA_VERSION_MAX) {
      throw new Error(
        `Cannot read this cluster's metadata: its metadata.version ${value.featureLevel} is above ${METADATA_VERSION_MAX} (4.3-IV0), the highest that Moldau knows`,
      )
    }
    draft.image = {
      ...draft.image,
      features: draft.image.features.with(value.name, value.featureLevel),
    }
  },

  ProducerIdsRecord(draft, value) {
    draft.image = { ...draft.image, producerIds: { next: value.nextProducerId } }
  },

  ClientQuotaRecord(draft, value) {
    const key = quotaKey(value.entity)
    const values = new Map(draft.clientQuotas.get(key)?.values)
    if (value.remove) values.delete(value.key)
    else values.set(value.key, value.value)
    if (values.size === 0) draft.clientQuotas.delete(key)
    else draft.clientQuotas.set(key, { entity: value.entity, values })
  },

  AccessControlEntryRecord(draft, value) {
    draft.acls.set(value.id, value)
  },

  RemoveAccessControlEntryRecord(draft, value) {
    draft.acls.delete(value.id)
  },

  UserScramCredentialRecord(draft, value) {
    draft.credentials.set(`${value.mechanism}:${value.name}`, value)
  },

  RemoveUserScramCredentialRecord(draft, value) {
    draft.credentials.delete(`${value.mechanism}:${value.name}`)
  },

  DelegationTokenRecord(draft, value) {
    draft.delegationTokens.set(value.tokenId, value)
  },

  RemoveDelegationTokenRecord(draft, value) {
    draft.delegationTokens.delete(value.tokenId)
  },

  // Kafka 4 ignores the state of a migration from ZooKeeper; a snapshot leaves it out, as Kafka's do.
  ZkMigrationStateRecord() {},
  NoOpRecord() {},
  // Whoever feeds the editor holds a metadata transaction back until it ends (`transactions.ts`).
  BeginTransactionRecord() {},
  EndTransactionRecord() {},
  AbortTransactionRecord() {},
}

const none: readonly never[] = []

/** A list without the room to grow that a decoder leaves: there are seven lists for each partition. */
function trimmed<T>(list: readonly T[]): readonly T[] {
  return list.length === 0 ? none : [...list]
}

/** The partition after a change, as `PartitionRegistration.merge` of Kafka 4.3.1. */
function mergePartition(
  partition: PartitionRegistration,
  change: MetadataRecordValue<'PartitionChangeRecord'>,
): PartitionRegistration {
  const leaderChanges = change.leader !== LEADER_UNCHANGED
  return {
    replicas: change.replicas ?? partition.replicas,
    directories: change.directories ?? partition.directories,
    isr: change.isr ?? partition.isr,
    removingReplicas: change.removingReplicas ?? partition.removingReplicas,
    addingReplicas: change.addingReplicas ?? partition.addingReplicas,
    eligibleLeaderReplicas: change.eligibleLeaderReplicas ?? partition.eligibleLeaderReplicas,
    lastKnownElr: change.lastKnownElr ?? partition.lastKnownElr,
    leader: leaderChanges ? change.leader : partition.leader,
    leaderRecoveryState:
      change.leaderRecoveryState === RECOVERY_STATE_UNCHANGED
        ? partition.leaderRecoveryState
        : change.leaderRecoveryState,
    leaderEpoch: leaderChanges ? partition.leaderEpoch + 1 : partition.leaderEpoch,
    partitionEpoch: partition.partitionEpoch + 1,
  }
}

function setBroker(draft: Draft, id: number, broker: BrokerRegistration | undefined): void {
  draft.image = { ...draft.image, brokers: draft.image.brokers.with(id, broker) }
}

function registeredBroker(draft: Draft, id: number, epoch: number): BrokerRegistration {
  const broker = draft.image.brokers.byId(id)
  if (broker === undefined) throw new Error(`Broker ${id} is not registered`)
  if (broker.epoch !== epoch)
    throw new Error(`Broker ${id} has epoch ${broker.epoch}, not ${epoch}`)
  return broker
}

function knownTopic(draft: Draft, id: string) {
  const topic = draft.topics.byId(id)
  if (topic === undefined) throw new Error(`Topic id ${id} does not exist`)
  return topic
}

function allTopics(draft: Draft) {
  return [...draft.topics.entries()]
}

function quotaKey(entity: ClientQuota['entity']): string {
  const parts = entity.map(part => JSON.stringify([part.entityType, part.entityName]))
  return parts.toSorted((a, b) => (a < b ? -1 : 1)).join()
}
