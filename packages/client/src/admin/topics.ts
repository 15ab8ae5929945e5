/**
 * Topics, partitions, records and the cluster itself: each function asks once and answers per subject with a result
 * or an error.
 */
import { ZERO_UUID } from '@moldau/base'
import { Apis, errorName } from '@moldau/protocol'
import type { Cluster } from '../cluster/cluster.ts'
import type { TopicMetadata } from '../cluster/metadata.ts'
import type { WaitOptions } from '../cluster/retry.ts'
import { KafkaError, plain, protocolError, throwIfError } from '../errors.ts'

/** A topic to make. The broker's defaults count for what is left out. @public */
export interface NewTopic {
  readonly name: string
  readonly partitions?: number
  readonly replicationFactor?: number
  /** Brokers by partition, in place of the two counts. */
  readonly assignments?: ReadonlyMap<number, readonly number[]>
  readonly configs?: Readonly<Record<string, string>>
}

export interface CreateTopicsOptions extends WaitOptions {
  /** Topics that exist are fine. */
  readonly ifNotExists?: boolean
  readonly validateOnly?: boolean
}

/** What was made; −1 where an old broker does not tell. @public */
export interface CreatedTopic {
  readonly topicId: string
  readonly partitions: number
  readonly replicationFactor: number
}

/** More partitions for a topic. @public */
export interface NewPartitions {
  readonly topic: string
  /** The total after the change. */
  readonly count: number
  /** Brokers of each new partition. */
  readonly assignments?: readonly (readonly number[])[]
}

/** @public */
export interface ClusterDescription {
  readonly clusterId: string
  readonly controllerId: number
  readonly brokers: readonly {
    readonly id: number
    readonly host: string
    readonly port: number
    readonly rack: string | null
    readonly isFenced: boolean
  }[]
}

type Results<T> = Promise<Map<string, T | KafkaError>>

export async function createTopics(
  cluster: Cluster,
  wanted: readonly NewTopic[],
  options: CreateTopicsOptions,
): Results<CreatedTopic> {
  const answer = await cluster.call('controller', Apis.CreateTopics, {
    topics: wanted.map(topic => ({
      name: topic.name,
      numPartitions: topic.assignments === undefined ? (topic.partitions ?? -1) : -1,
      replicationFactor: topic.assignments === undefined ? (topic.replicationFactor ?? -1) : -1,
      assignments: [...(topic.assignments ?? [])].map(([partitionIndex, brokerIds]) => ({
        partitionIndex,
        brokerIds: [...brokerIds],
      })),
      configs: Object.entries(topic.configs ?? {}).map(([name, value]) => ({ name, value })),
    })),
    timeoutMs: options.timeoutMs ?? cluster.apiTimeoutMs,
    validateOnly: options.validateOnly ?? false,
  })
  const results = new Map<string, CreatedTopic | KafkaError>()
  for (const row of answer.topics) {
    const isFine =
      row.errorCode === 0 ||
      (options.ifNotExists === true && errorName(row.errorCode) === 'TOPIC_ALREADY_EXISTS')
    results.set(
      row.name,
      isFine
        ? {
            topicId: row.topicId,
            partitions: row.numPartitions,
            replicationFactor: row.replicationFactor,
          }
        : failure('CreateTopics', row.errorCode, row.errorMessage),
    )
  }
  return results
}

export async function deleteTopics(
  cluster: Cluster,
  names: readonly string[],
  options: WaitOptions & { ifExists?: boolean },
): Results<true> {
  const connection = await cluster.connection('controller')
  const isByState = connection.versionOf(Apis.DeleteTopics) >= 6
  const answer = await connection.call(Apis.DeleteTopics, {
    ...(isByState
      ? { topics: names.map(name => ({ name, topicId: ZERO_UUID })) }
      : { topicNames: [...names] }),
    timeoutMs: options.timeoutMs ?? cluster.apiTimeoutMs,
  })
  const results = new Map<string, true | KafkaError>()
  for (const row of answer.responses) {
    const isMissing = errorName(row.errorCode) === 'UNKNOWN_TOPIC_OR_PARTITION'
    const isFine = row.errorCode === 0 || (options.ifExists === true && isMissing)
    if (isFine) cluster.metadata.forget(row.name ?? '')
    results.set(row.name ?? '', isFine || lasting('DeleteTopics', row.errorCode, row.errorMessage))
  }
  return results
}

export async function listTopics(
  cluster: Cluster,
  options: { includeInternal?: boolean },
): Promise<Map<string, { topicId: string; isInternal: boolean }>> {
  const result = new Map<string, { topicId: string; isInternal: boolean }>()
  const names = await cluster.refresh(undefined)
  for (const name of [...names.keys()].sort()) {
    const topic = cluster.metadata.known(name)
    if (topic === undefined || (topic.isInternal && options.includeInternal !== true)) continue
    result.set(name, { topicId: topic.topicId, isInternal: topic.isInternal })
  }
  return result
}

export async function describeTopics(
  cluster: Cluster,
  names: readonly string[] | undefined,
): Results<TopicMetadata> {
  const errors = await cluster.refresh(names)
  const results = new Map<string, TopicMetadata | KafkaError>()
  for (const [name, errorCode] of [...errors].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const topic = cluster.metadata.known(name)
    results.set(name, topic ?? lasting('Metadata', errorCode, null))
  }
  return results
}

export async function createPartitions(
  cluster: Cluster,
  wanted: readonly NewPartitions[],
  options: WaitOptions & { validateOnly?: boolean },
): Results<true> {
  const answer = await cluster.call('controller', Apis.CreatePartitions, {
    topics: wanted.map(({ topic, count, assignments }) => ({
      name: topic,
      count,
      assignments: assignments?.map(brokerIds => ({ brokerIds: [...brokerIds] })) ?? null,
    })),
    timeoutMs: options.timeoutMs ?? cluster.apiTimeoutMs,
    validateOnly: options.validateOnly ?? false,
  })
  const results = new Map<string, true | KafkaError>()
  for (const { name, errorCode, errorMessage } of answer.results) {
    cluster.metadata.markStale(name)
    results.set(name, errorCode === 0 || lasting('CreatePartitions', errorCode, errorMessage))
  }
  return results
}

export async function deleteRecords(
  cluster: Cluster,
  wanted: readonly { topic: string; partition: number; offset: number }[],
): Results<number> {
  await learnLeaders(cluster, wanted)
  const results = new Map<string, number | KafkaError>()
  const byLeader = new Map<number, Map<string, { partitionIndex: number; offset: number }[]>>()
  for (const { topic, partition, offset } of wanted) {
    const leader = cluster.metadata.leader(topic, partition)
    if (leader === undefined) {
      results.set(`${topic}-${partition}`, new KafkaError('LEADER_NOT_AVAILABLE'))
      continue
    }
    const topics = byLeader.get(leader.nodeId) ?? new Map<string, []>()
    byLeader.set(leader.nodeId, topics)
    const rows = topics.get(topic) ?? []
    topics.set(topic, rows)
    rows.push({ partitionIndex: partition, offset })
  }
  for (const [nodeId, topics] of byLeader) {
    const answer = await cluster.call(nodeId, Apis.DeleteRecords, {
      topics: [...topics].map(([name, partitions]) => ({ name, partitions })),
      timeoutMs: cluster.apiTimeoutMs,
    })
    for (const { name, partitions } of answer.topics)
      for (const row of partitions) {
        if (row.errorCode !== 0) cluster.metadata.markStale(name)
        results.set(
          `${name}-${row.partitionIndex}`,
          row.errorCode === 0 ? row.lowWatermark : failure('DeleteRecords', row.errorCode, null),
        )
      }
  }
  return results
}

export async function describeCluster(
  cluster: Cluster,
  options: { includeFenced?: boolean },
): Promise<ClusterDescription> {
  const connection = await cluster.connection('any')
  const isFencedKnown = connection.versionOf(Apis.DescribeCluster) >= 2
  const answer = await connection.call(Apis.DescribeCluster, {
    includeClusterAuthorizedOperations: false,
    ...(isFencedKnown && { includeFencedBrokers: options.includeFenced ?? false }),
  })
  throwIfError(answer.errorCode, {
    api: 'DescribeCluster',
    message: answer.errorMessage ?? undefined,
  })
  return {
    clusterId: answer.clusterId,
    controllerId: answer.controllerId,
    brokers: answer.brokers.map(({ brokerId, host, port, rack, isFenced }) => ({
      id: brokerId,
      host,
      port,
      rack,
      isFenced,
    })),
  }
}

/** Makes sure that the leaders of these partitions are known. @throws KafkaError UNKNOWN_TOPIC_OR_PARTITION */
export async function learnLeaders(
  cluster: Cluster,
  wanted: readonly { topic: string; partition: number }[],
): Promise<void> {
  const now = cluster.world.clock.monotonic()
  const unknown = [...new Set(wanted.map(({ topic }) => topic))].filter(
    topic => cluster.metadata.fresh(topic, now) === undefined,
  )
  if (unknown.length > 0) await cluster.refresh(unknown)
  for (const { topic, partition } of wanted) {
    const count = cluster.metadata.known(topic)?.partitions.length
    if (count !== undefined && partition >= 0 && partition < count) continue
    throw notRetriable(
      protocolError(unknownTopic, {
        message:
          count === undefined
            ? `Topic ${topic} does not exist`
            : `Topic ${topic} has no partition ${partition}`,
        topicPartition: { topic, partition },
      }),
    )
  }
}

const unknownTopic = 3

function failure(api: string, errorCode: number, message: string | null): KafkaError {
  return protocolError(errorCode, { api, message: message ?? undefined })
}

/** As `failure`; but that a topic does not exist is an answer, not something to wait for. */
function lasting(api: string, errorCode: number, message: string | null): KafkaError {
  return notRetriable(failure(api, errorCode === 0 ? unknownTopic : errorCode, message))
}

function notRetriable(error: KafkaError): KafkaError {
  if (error.code !== 'UNKNOWN_TOPIC_OR_PARTITION') return error
  return new KafkaError(error.code, {
    message: plain(error),
    api: error.api,
    topicPartition: error.topicPartition,
    isFinal: true,
  })
}
