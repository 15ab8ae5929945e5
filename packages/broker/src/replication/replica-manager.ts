/**
 * The partitions that this broker keeps, as the metadata says: a publisher of the metadata loader. Folders are made
 * here when a topic appears and go when it is deleted; a folder that the metadata does not know is left alone. There
 * may be thousands of them in one image: each is a step, and one that is not here yet is told as not led here.
 */
import type { Logger, Steps } from '@moldau/base'
import type { LogConfig, Logs } from '@moldau/log'
import type {
  ClusterImage,
  ImageChanges,
  MetadataPublisher,
  PartitionChange,
  TopicImage,
} from '@moldau/metadata'
import type { ErrorName } from '@moldau/protocol'
import { Partition } from './partition.ts'
import type { Deadlines } from './waiting-requests.ts'

/** A topic with partitions kept here. */
export interface HostedTopic {
  readonly name: string
  readonly id: string
  /** By number; undefined for those kept elsewhere. */
  readonly partitions: (Partition | undefined)[]
}

/** What the replica manager needs. */
export interface ReplicaManagerOptions {
  readonly nodeId: number
  readonly logs: Logs
  readonly logger: Logger
  readonly deadlines: Deadlines
  /** Configs of a topic: its own over the broker's. */
  readonly topicConfig: (image: ClusterImage, topic: string) => LogConfig
}

export class ReplicaManager implements MetadataPublisher {
  readonly name = 'replica-manager'
  /** Timeouts of produces. */
  readonly deadlines: Deadlines
  readonly #options: ReplicaManagerOptions
  readonly #byName = new Map<string, HostedTopic>()
  readonly #byId = new Map<string, HostedTopic>()
  #image: ClusterImage | undefined
  /** Of all topics without configs of their own. */
  #sharedConfig: LogConfig | undefined
  /** Of the topic that was looked at last. */
  #lastConfig: { image: ClusterImage; topic: string; config: LogConfig } | undefined

  constructor(options: ReplicaManagerOptions) {
    this.#options = options
    this.deadlines = options.deadlines
  }

  topic(name: string): HostedTopic | undefined {
    return this.#byName.get(name)
  }

  topicById(id: string): HostedTopic | undefined {
    return this.#byId.get(id)
  }

  partition(topic: string, index: number): Partition | undefined {
    return this.#byName.get(topic)?.partitions[index]
  }

  /** All partitions kept here. */
  *partitions(): Generator<Partition> {
    for (const topic of this.#byName.values()) {
      for (const partition of topic.partitions) if (partition !== undefined) yield partition
    }
  }

  /** Resolves when no produce waits any more for what is appended now. */
  async settled(): Promise<void> {
    await Promise.all(Array.from(this.partitions(), partition => partition.settled()))
  }

  /** Why a named partition is not kept here: it does not exist, or another broker has it. */
  problemOf(topic: string, index: number): ErrorName {
    const known = this.#image?.topics.byName(topic)
    return known?.partitions[index] === undefined
      ? 'UNKNOWN_TOPIC_OR_PARTITION'
      : 'NOT_LEADER_OR_FOLLOWER'
  }

  /** The same for a topic id. */
  problemOfId(topicId: string, index: number): ErrorName {
    const known = this.#image?.topics.byId(topicId)
    if (known === undefined) return 'UNKNOWN_TOPIC_ID'
    return known.partitions[index] === undefined
      ? 'UNKNOWN_TOPIC_OR_PARTITION'
      : 'NOT_LEADER_OR_FOLLOWER'
  }

  *publish(image: ClusterImage, changes: ImageChanges): Steps<void> {
    this.#image = image
    if (changes.configs.some(({ type }) => type === 'broker')) this.#sharedConfig = undefined
    for (const topic of changes.deletedTopics) yield* this.#drop(topic)
    for (const change of changes.partitions) {
      this.#change(image, change)
      yield
    }
    for (const { type, name } of changes.configs) {
      if (type === 'topic') yield* this.#reconfigure(image, name)
      // Broker configs are the defaults of all topics.
      else if (type === 'broker')
        for (const topic of this.#byName.keys()) yield* this.#reconfigure(image, topic)
    }
  }

  /**
   * Warns of folders that no topic of the metadata owns. Called once, when the metadata was read to its end. They are
   * kept, as Kafka 4.3.1 keeps them: whoever lost the metadata wants them back.
   */
  reportStrays(): void {
    for (const { topic, partition, topicId, directory } of this.#options.logs.existing()) {
      if (topic === '__cluster_metadata') continue
      const known = this.#image?.topics.byId(topicId)
      if (known?.partitions[partition]?.replicas.includes(this.#options.nodeId) === true) continue
      this.#options.logger.warn('stray partition folder ignored', {
        topic,
        partition,
        topicId,
        directory,
      })
    }
  }

  #change(image: ClusterImage, { topic, partition: index, after }: PartitionChange): void {
    const existing = this.#byId.get(topic.id)?.partitions[index]
    if (!after.replicas.includes(this.#options.nodeId)) {
      if (existing !== undefined) this.#remove(existing, 'NOT_LEADER_OR_FOLLOWER')
      return
    }
    if (existing !== undefined) {
      existing.update(after)
      return
    }
    const { logs, nodeId, logger } = this.#options
    try {
      const log = logs.create(topic.name, index, topic.id, this.#configOf(image, topic.name))
      this.#hosted(topic).partitions[index] = new Partition(log, after, nodeId)
    } catch (error) {
      // One damaged partition must not keep the others from being served.
      logger.error('partition cannot be opened', {
        topic: topic.name,
        partition: index,
        error: String(error),
      })
    }
  }

  #hosted(topic: TopicImage): HostedTopic {
    let hosted = this.#byId.get(topic.id)
    if (hosted === undefined) {
      hosted = { name: topic.name, id: topic.id, partitions: [] }
      this.#byId.set(topic.id, hosted)
      this.#byName.set(topic.name, hosted)
    }
    return hosted
  }

  *#drop({ id }: TopicImage): Steps<void> {
    const hosted = this.#byId.get(id)
    if (hosted === undefined) return
    this.#byId.delete(id)
    if (this.#byName.get(hosted.name)?.id === id) this.#byName.delete(hosted.name)
    for (const partition of hosted.partitions) {
      if (partition !== undefined) this.#remove(partition, 'UNKNOWN_TOPIC_OR_PARTITION')
      yield
    }
  }

  #remove(partition: Partition, error: ErrorName): void {
    partition.removed(error)
    const hosted = this.#byId.get(partition.topicId)
    if (hosted !== undefined) hosted.partitions[partition.index] = undefined
    this.#options.logs.delete(partition.topic, partition.index)
  }

  *#reconfigure(image: ClusterImage, name: string): Steps<void> {
    const hosted = this.#byName.get(name)
    if (hosted === undefined) return
    const config = this.#configOf(image, name)
    for (const partition of hosted.partitions) {
      partition?.updateConfig(config)
      yield
    }
  }

  #configOf(image: ClusterImage, topic: string): LogConfig {
    const { topicConfig } = this.#options
    if (image.configs.of('topic', topic).size === 0) {
      return (this.#sharedConfig ??= topicConfig(image, topic))
    }
    const last = this.#lastConfig
    if (last?.image === image && last.topic === topic) return last.config
    const config = topicConfig(image, topic)
    this.#lastConfig = { image, topic, config }
    return config
  }
}
