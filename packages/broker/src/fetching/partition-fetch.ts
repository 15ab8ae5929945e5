/**
 * Reads one partition for a fetch: who may read up to where, and what the answer tells apart from records.
 */
import type { AbortedTransaction, LogRecords } from '@moldau/log'
import type { ErrorName } from '@moldau/protocol'
import type { Isolation, Partition } from '../replication/partition.ts'
import type { ReplicaManager } from '../replication/replica-manager.ts'
import type { FetchedState, FetchTarget } from './fetch-session.ts'

/** What one fetch has of one partition. */
export interface PartitionFetch extends FetchedState {
  readonly target: FetchTarget
  readonly partition: Partition | undefined
  readonly error: ErrorName
  readonly divergingEpoch: { readonly epoch: number; readonly endOffset: number } | undefined
  /** Undefined for a consumer that reads uncommitted records. */
  readonly aborted: readonly AbortedTransaction[] | undefined
  readonly records: LogRecords | undefined
}

/** How a fetch reads. */
export interface ReadOptions {
  readonly isolation: Isolation
}

/** The partition that a target means by its topic's id or name, or why there is none. */
export function resolveTarget(
  target: FetchTarget,
  usesIds: boolean,
  replicas: ReplicaManager,
): Partition | ErrorName {
  if (!usesIds) {
    return (
      replicas.topic(target.topic)?.partitions[target.partition] ??
      replicas.problemOf(target.topic, target.partition)
    )
  }
  const partition = replicas.topicById(target.topicId)?.partitions[target.partition]
  if (partition !== undefined) return partition
  const error = replicas.problemOfId(target.topicId, target.partition)
  if (error !== 'UNKNOWN_TOPIC_ID' || target.topic === '') return error
  // The session knew the id under this name: the topic is gone, or was made anew.
  return replicas.topic(target.topic) === undefined
    ? 'UNKNOWN_TOPIC_OR_PARTITION'
    : 'INCONSISTENT_TOPIC_ID'
}

/** Reads; a Promise only where records must come from the disk. */
export function readPartition(
  target: FetchTarget,
  partition: Partition,
  options: ReadOptions,
  limits: { maxBytes: number; minOneBatch: boolean },
): PartitionFetch | Promise<PartitionFetch> {
  const { log } = partition
  const problem = problemOf(target, partition)
  if (problem !== undefined) return failedFetch(target, partition, problem)
  const { fetchOffset } = target
  const diverging = divergence(target, partition)
  if (diverging?.epoch === -1) return failedFetch(target, partition, 'OFFSET_OUT_OF_RANGE')
  const upTo = partition.readableEnd(options.isolation)
  if (
    diverging !== undefined ||
    fetchOffset >= upTo ||
    (limits.maxBytes === 0 && !limits.minOneBatch)
  ) {
    if (
      diverging === undefined &&
      (fetchOffset < log.logStartOffset || fetchOffset > log.logEndOffset)
    ) {
      return failedFetch(target, partition, 'OFFSET_OUT_OF_RANGE')
    }
    return fetched(target, partition, options, undefined, diverging)
  }
  // Kafka 4.3.1 fails over a negative number of bytes where there are records to read.
  if (limits.maxBytes < 0) return failedFetch(target, partition, 'UNKNOWN_SERVER_ERROR')
  const read = log.read(fetchOffset, {
    upTo,
    maxBytes: limits.maxBytes,
    minOneBatch: limits.minOneBatch,
  })
  const toFetch = (result: Awaited<typeof read>) =>
    'error' in result
      ? failedFetch(target, partition, result.error)
      : fetched(target, partition, options, result, undefined)
  return read instanceof Promise ? read.then(toFetch) : toFetch(read)
}

function problemOf(target: FetchTarget, partition: Partition): ErrorName | undefined {
  const epochProblem = partition.epochProblem(target.currentLeaderEpoch)
  if (epochProblem !== undefined) return epochProblem
  return partition.log.failure === undefined ? undefined : 'KAFKA_STORAGE_ERROR'
}

/**
 * Where the reader's log and this one part (KIP-595), for readers that tell the epoch of their last record. Epoch -1
 * for an epoch that is not known here.
 */
function divergence({ lastFetchedEpoch, fetchOffset }: FetchTarget, { log }: Partition) {
  if (lastFetchedEpoch < 0) return undefined
  const end = log.epochEndOffset(lastFetchedEpoch)
  const parts = end.epoch < lastFetchedEpoch || end.endOffset < fetchOffset
  return parts ? end : undefined
}

function fetched(
  target: FetchTarget,
  partition: Partition,
  { isolation }: ReadOptions,
  records: LogRecords | undefined,
  divergingEpoch: PartitionFetch['divergingEpoch'],
): PartitionFetch {
  const { log } = partition
  const hasRecords = records !== undefined && records.sizeInBytes > 0
  const lastStableOffset = log.lastStableOffset
  let aborted: readonly AbortedTransaction[] | undefined
  if (isolation === 'read-committed') {
    aborted = hasRecords ? log.abortedTransactions(target.fetchOffset, lastStableOffset) : []
  }
  return {
    target,
    partition,
    error: 'NONE',
    hasError: false,
    hasRecords,
    highWatermark: log.highWatermark,
    lastStableOffset,
    logStartOffset: log.logStartOffset,
    hasDivergingEpoch: divergingEpoch !== undefined,
    preferredReadReplica: -1,
    divergingEpoch,
    aborted,
    records,
  }
}

/** The answer for a partition that cannot be read. */
export function failedFetch(
  target: FetchTarget,
  partition: Partition | undefined,
  error: ErrorName,
): PartitionFetch {
  return {
    target,
    partition,
    error,
    hasError: true,
    hasRecords: false,
    highWatermark: -1,
    lastStableOffset: -1,
    logStartOffset: -1,
    hasDivergingEpoch: false,
    preferredReadReplica: -1,
    divergingEpoch: undefined,
    // Kafka 4.3.1 tells an empty list of what it does not have, null of what cannot be read or was made anew.
    aborted: partition === undefined && error !== 'INCONSISTENT_TOPIC_ID' ? [] : undefined,
    records: undefined,
  }
}
