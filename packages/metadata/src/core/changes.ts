/**
 * What differs between two images. Computed from the images themselves (parts that are shared are skipped), so that a
 * batch, a snapshot and many batches at once are told in the same way.
 */
import type { ConfigResource } from './configs.ts'
import type { ClusterImage } from './image.ts'
import type { PartitionRegistration, TopicImage } from './topics.ts'

/** A partition that is new, or differs. Partitions of deleted topics are not listed. */
export interface PartitionChange {
  readonly topic: TopicImage
  readonly partition: number
  /** Undefined for a new partition. */
  readonly before: PartitionRegistration | undefined
  readonly after: PartitionRegistration
}

/** The differences, for publishers. */
export interface ImageChanges {
  readonly createdTopics: readonly TopicImage[]
  /** As they were. A topic that was deleted and made again is in both lists: its id differs. */
  readonly deletedTopics: readonly TopicImage[]
  /** Partitions of created and of changed topics. */
  readonly partitions: readonly PartitionChange[]
  readonly configs: readonly ConfigResource[]
  /** Ids of brokers that were registered, changed or unregistered. */
  readonly brokers: readonly number[]
  readonly features: boolean
  readonly clientQuotas: boolean
  readonly acls: boolean
  readonly credentials: boolean
  readonly delegationTokens: boolean
}

/** What changed from `before` to `after`. */
export function changesBetween(before: ClusterImage, after: ClusterImage): ImageChanges {
  const createdTopics: TopicImage[] = []
  const deletedTopics: TopicImage[] = []
  const partitions: PartitionChange[] = []
  for (const difference of after.topics.differencesTo(before.topics)) {
    const topic = difference.after
    if (topic === undefined) {
      if (difference.before !== undefined) deletedTopics.push(difference.before)
      continue
    }
    if (difference.before === undefined) createdTopics.push(topic)
    topic.partitions.forEach((partition, i) => {
      const old = difference.before?.partitions[i]
      if (old !== partition) partitions.push({ topic, partition: i, before: old, after: partition })
    })
  }
  return {
    createdTopics,
    deletedTopics,
    partitions,
    configs: [...after.configs.differencesTo(before.configs)],
    brokers: changedBrokers(before, after),
    features: before.features !== after.features,
    clientQuotas: before.clientQuotas !== after.clientQuotas,
    acls: before.acls !== after.acls,
    credentials: before.credentials !== after.credentials,
    delegationTokens: before.delegationTokens !== after.delegationTokens,
  }
}

function changedBrokers(before: ClusterImage, after: ClusterImage): number[] {
  if (before.brokers === after.brokers) return []
  const ids = new Set([...before.brokers, ...after.brokers].map(broker => broker.id))
  return [...ids].filter(id => before.brokers.byId(id) !== after.brokers.byId(id))
}
