/**
 * Administration of a cluster. Plural calls answer with a Map by name; when some subjects fail they throw one error
 * with all results attached (`error.results`). What may pass by itself is tried again within `timeoutMs`.
 */
import type { Cluster } from '../cluster/cluster.ts'
import { listOffsets, type ListedOffset, type OffsetSpec } from '../cluster/list-offsets.ts'
import type { TopicMetadata } from '../cluster/metadata.ts'
import { retrying, type WaitOptions } from '../cluster/retry.ts'
import type { CommittedOffset, OffsetToCommit } from '../consumer/group-offsets.ts'
import { KafkaError, throwIfAnyFailed } from '../errors.ts'
import * as configs from './configs.ts'
import * as groups from './groups.ts'
import * as topics from './topics.ts'

/** @public */
export class Admin {
  readonly #cluster: Cluster
  readonly #closed: () => void
  #isClosed = false

  constructor(cluster: Cluster, closed: () => void) {
    this.#cluster = cluster
    this.#closed = closed
  }

  /** @throws KafkaError TOPIC_ALREADY_EXISTS (unless `ifNotExists`), INVALID_REPLICATION_FACTOR, … */
  createTopics(
    wanted: readonly topics.NewTopic[],
    options: topics.CreateTopicsOptions = {},
  ): Promise<Map<string, topics.CreatedTopic>> {
    return this.#plural('create topic', options, () =>
      topics.createTopics(this.#cluster, wanted, options),
    )
  }

  /** @throws KafkaError UNKNOWN_TOPIC_OR_PARTITION (unless `ifExists`), … */
  async deleteTopics(
    names: readonly string[],
    options: WaitOptions & { ifExists?: boolean } = {},
  ): Promise<void> {
    await this.#plural('delete topic', options, () =>
      topics.deleteTopics(this.#cluster, names, options),
    )
  }

  /** Names of all topics, internal ones only if asked for. */
  listTopics(
    options: WaitOptions & { includeInternal?: boolean } = {},
  ): Promise<Map<string, { topicId: string; isInternal: boolean }>> {
    return this.#single(options, () => topics.listTopics(this.#cluster, options))
  }

  /** Partitions, leaders and replicas of the named or of all topics. @throws KafkaError UNKNOWN_TOPIC_OR_PARTITION, … */
  describeTopics(
    names?: readonly string[],
    options: WaitOptions = {},
  ): Promise<Map<string, TopicMetadata>> {
    return this.#plural('describe topic', options, () =>
      topics.describeTopics(this.#cluster, names),
    )
  }

  /** Gives topics more partitions: `count` is the new total. @throws KafkaError INVALID_PARTITIONS, … */
  async createPartitions(
    wanted: readonly topics.NewPartitions[],
    options: WaitOptions & { validateOnly?: boolean } = {},
  ): Promise<void> {
    await this.#plural('add partitions to', options, () =>
      topics.createPartitions(this.#cluster, wanted, options),
    )
  }

  /** Offsets by time or by end, by `topic-partition`. @throws KafkaError */
  listOffsets(
    wanted: readonly { topic: string; partition: number; at: OffsetSpec }[],
    options: WaitOptions & { isReadCommitted?: boolean } = {},
  ): Promise<Map<string, ListedOffset>> {
    return this.#plural('list the offsets of', options, async () => {
      await topics.learnLeaders(this.#cluster, wanted)
      return listOffsets(this.#cluster, wanted, options)
    })
  }

  /** Removes records before `offset` (−1: all that are readable). Answers the new starts by `topic-partition`. */
  deleteRecords(
    wanted: readonly { topic: string; partition: number; offset: number }[],
    options: WaitOptions = {},
  ): Promise<Map<string, number>> {
    return this.#plural('delete records of', options, () =>
      topics.deleteRecords(this.#cluster, wanted),
    )
  }

  /** The configuration of topics, brokers and so on, defaults included. @throws KafkaError */
  describeConfigs(
    resources: readonly configs.ConfigResource[],
    options: WaitOptions & configs.DescribeConfigsOptions = {},
  ): Promise<configs.DescribedConfigs[]> {
    return this.#single(options, () => configs.describeConfigs(this.#cluster, resources, options))
  }

  /** @throws KafkaError INVALID_CONFIG, … */
  async incrementalAlterConfigs(
    changes: readonly configs.ConfigChanges[],
    options: WaitOptions & { validateOnly?: boolean } = {},
  ): Promise<void> {
    await this.#plural('change the configuration of', options, () =>
      configs.incrementalAlterConfigs(this.#cluster, changes, options),
    )
  }

  describeCluster(
    options: WaitOptions & { includeFenced?: boolean } = {},
  ): Promise<topics.ClusterDescription> {
    return this.#single(options, () => topics.describeCluster(this.#cluster, options))
  }

  /** The groups of all brokers. @throws KafkaError */
  listGroups(
    options: WaitOptions & { states?: readonly string[]; types?: readonly string[] } = {},
  ): Promise<Map<string, groups.ListedGroup>> {
    return this.#single(options, () => groups.listGroups(this.#cluster, options))
  }

  /** Classic groups with their members. @throws KafkaError GROUP_ID_NOT_FOUND, … */
  describeGroups(
    ids: readonly string[],
    options: WaitOptions = {},
  ): Promise<Map<string, groups.DescribedGroup>> {
    return this.#plural('describe group', options, () => groups.describeGroups(this.#cluster, ids))
  }

  /** @throws KafkaError NON_EMPTY_GROUP, GROUP_ID_NOT_FOUND, … */
  async deleteGroups(ids: readonly string[], options: WaitOptions = {}): Promise<void> {
    await this.#plural('delete group', options, () => groups.deleteGroups(this.#cluster, ids))
  }

  /** What a group has committed, by `topic-partition`. @throws KafkaError */
  listGroupOffsets(id: string, options: WaitOptions = {}): Promise<Map<string, CommittedOffset>> {
    return this.#single(options, () => groups.listGroupOffsets(this.#cluster, id))
  }

  /** Commits offsets for a group without members. @throws KafkaError UNKNOWN_MEMBER_ID when it has some */
  alterGroupOffsets(
    id: string,
    offsets: readonly OffsetToCommit[],
    options: WaitOptions = {},
  ): Promise<void> {
    return this.#single(options, () => groups.alterGroupOffsets(this.#cluster, id, offsets))
  }

  /** Forgets offsets of partitions that no member subscribes to. @throws KafkaError GROUP_SUBSCRIBED_TO_TOPIC, … */
  async deleteGroupOffsets(
    id: string,
    partitions: readonly { topic: string; partition: number }[],
    options: WaitOptions = {},
  ): Promise<void> {
    await this.#plural('delete the offset of', options, () =>
      groups.deleteGroupOffsets(this.#cluster, id, partitions),
    )
  }

  /** How far a group is behind the end, by `topic-partition` of all it has committed. @throws KafkaError */
  async groupLag(id: string, options: WaitOptions = {}): Promise<Map<string, number>> {
    const committed = await this.listGroupOffsets(id, options)
    const wanted = [...committed.values()].map(
      ({ topic, partition }) => ({ topic, partition, at: 'latest' }) as const,
    )
    const ends = await this.listOffsets(wanted, options)
    return new Map(
      [...committed].map(([name, { offset }]) => [
        name,
        Math.max(0, (ends.get(name)?.offset ?? offset) - offset),
      ]),
    )
  }

  /** Connections stay for the other clients of this `Kafka`; the last one closes them. */
  close(): Promise<void> {
    this.#isClosed = true
    this.#closed()
    return Promise.resolve()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #single<T>(options: WaitOptions, attempt: () => Promise<T>): Promise<T> {
    if (this.#isClosed)
      return Promise.reject(new KafkaError('CLOSED', { message: 'The admin was closed' }))
    return retrying(
      this.#cluster.world,
      this.#cluster.policy,
      { timeoutMs: options.timeoutMs ?? this.#cluster.apiTimeoutMs, signal: options.signal },
      attempt,
    )
  }

  #plural<T>(
    action: string,
    options: WaitOptions,
    attempt: () => Promise<Map<string, T | KafkaError>>,
  ): Promise<Map<string, T>> {
    return this.#single(options, async () => {
      const results = await attempt()
      throwIfAnyFailed(action, results)
      return results as Map<string, T>
    })
  }
}
