/**
 * What the client knows of the cluster: brokers, topics, leaders. Filled by Metadata answers; an answer that knows
 * of an older leader epoch than we do does not set us back.
 */
import type { Address } from './connection.ts'

/** A broker that clients can reach. */
export interface BrokerMetadata extends Address {
  readonly nodeId: number
  readonly rack: string | null
}

/** A partition; `leader` is −1 while there is none. @public */
export interface PartitionMetadata {
  readonly partition: number
  readonly leader: number
  readonly leaderEpoch: number
  readonly replicas: readonly number[]
  readonly isr: readonly number[]
  readonly offlineReplicas: readonly number[]
}

/** A topic; `partitions` is ordered and has no holes. @public */
export interface TopicMetadata {
  readonly name: string
  readonly topicId: string
  readonly isInternal: boolean
  readonly partitions: readonly PartitionMetadata[]
}

/** The part of a Metadata answer that is used. */
export interface MetadataAnswer {
  readonly brokers: readonly { nodeId: number; host: string; port: number; rack: string | null }[]
  readonly clusterId: string | null
  readonly controllerId: number
  readonly topics: readonly {
    readonly errorCode: number
    readonly name: string | null
    readonly topicId: string
    readonly isInternal: boolean
    readonly partitions: readonly {
      readonly partitionIndex: number
      readonly leaderId: number
      readonly leaderEpoch: number
      readonly replicaNodes: readonly number[]
      readonly isrNodes: readonly number[]
      readonly offlineReplicas: readonly number[]
    }[]
  }[]
}

interface CachedTopic {
  readonly topic: TopicMetadata
  readonly learnedAt: number
  isStale: boolean
}

/** More topics than this are not remembered: the oldest go. */
const topicsMax = 10_000

export class Metadata {
  clusterId: string | undefined
  controllerId = -1
  readonly #maxAgeMs: number
  #brokers: ReadonlyMap<number, BrokerMetadata> = new Map()
  readonly #topics = new Map<string, CachedTopic>()
  readonly #namesById = new Map<string, string>()

  constructor(maxAgeMs: number) {
    this.#maxAgeMs = maxAgeMs
  }

  get brokers(): ReadonlyMap<number, BrokerMetadata> {
    return this.#brokers
  }

  /** The topic as last heard, however old that is. */
  known(name: string): TopicMetadata | undefined {
    return this.#topics.get(name)?.topic
  }

  /** The topic, unless it is unknown, outdated or marked stale. */
  fresh(name: string, now: number): TopicMetadata | undefined {
    const cached = this.#topics.get(name)
    if (cached === undefined || cached.isStale || now - cached.learnedAt > this.#maxAgeMs)
      return undefined
    return cached.topic
  }

  /** Name of a topic id that was heard of. */
  nameOf(topicId: string): string | undefined {
    return this.#namesById.get(topicId)
  }

  /** The broker that leads, if there is one and it is known. */
  leader(topic: string, partition: number): BrokerMetadata | undefined {
    const found = this.known(topic)?.partitions[partition]
    return found === undefined ? undefined : this.#brokers.get(found.leader)
  }

  /** Makes `fresh` forget the topic: what it told turned out wrong. */
  markStale(topic: string): void {
    const cached = this.#topics.get(topic)
    if (cached !== undefined) cached.isStale = true
  }

  /** Takes over an answer. Topics with an error are forgotten. */
  update(answer: MetadataAnswer, now: number): void {
    this.#brokers = new Map(answer.brokers.map(broker => [broker.nodeId, { ...broker }]))
    this.clusterId = answer.clusterId ?? this.clusterId
    this.controllerId = answer.controllerId
    for (const row of answer.topics) {
      if (row.name === null) continue
      if (row.errorCode !== 0 && row.partitions.length === 0) {
        this.forget(row.name)
        continue
      }
      this.#remember(row.name, row, now)
    }
  }

  forget(name: string): void {
    const cached = this.#topics.get(name)
    if (cached === undefined) return
    this.#topics.delete(name)
    this.#namesById.delete(cached.topic.topicId)
  }

  #remember(name: string, row: MetadataAnswer['topics'][number], now: number): void {
    const before = this.known(name)
    const isSame = before?.topicId === row.topicId
    if (!isSame) this.forget(name)
    const partitions = [...row.partitions]
      .sort((a, b) => a.partitionIndex - b.partitionIndex)
      .map((found): PartitionMetadata => {
        const old = isSame ? before?.partitions[found.partitionIndex] : undefined
        const isOlder =
          old !== undefined && found.leaderEpoch >= 0 && found.leaderEpoch < old.leaderEpoch
        return {
          partition: found.partitionIndex,
          leader: isOlder ? old.leader : found.leaderId,
          leaderEpoch: isOlder ? old.leaderEpoch : found.leaderEpoch,
          replicas: found.replicaNodes,
          isr: found.isrNodes,
          offlineReplicas: found.offlineReplicas,
        }
      })
    const topic = { name, topicId: row.topicId, isInternal: row.isInternal, partitions }
    this.#topics.delete(name)
    this.#topics.set(name, { topic, learnedAt: now, isStale: false })
    this.#namesById.set(row.topicId, name)
    if (this.#topics.size > topicsMax) {
      const [oldest] = this.#topics.keys()
      if (oldest !== undefined) this.forget(oldest)
    }
  }
}
