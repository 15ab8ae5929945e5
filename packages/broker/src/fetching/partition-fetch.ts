/**
 * Reads one partition for a fetch: who may read up to where, and what the answer tells apart from records.
 */
import { ZERO_UUID } from '@moldau/base'
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
  /** Versions below 10 cannot carry zstd. */
  readonly knowsZstd: boolean
}

/** The partition that a target means, or why there is none. */
export function resolveTarget(
  target: FetchTarget,
  replicas: ReplicaManager,
): Partition | ErrorName {
  if (target.topicId === ZERO_UUID) {
    return (
      replicas.topic(target.topic)?.partitions[target.partition] ??
      replicas.problemOf(target.topic, target.partition)
    )
  }
  const partition = replicas.topicById(target.topicId)?.partitions[target.partition]
  if (partition !== undefined) return partition
  const error = replicas.problemOfId(target.topicId, target.partition)
  // The session knew the id under a name that another topic has now.
  const isRecreated =
    error === 'UNKNOWN_TOPIC_ID' &&
    target.topic !== '' &&
    replicas.topic(target.topic) !== undefined
  return isRecreated ? 'INCONSISTENT_TOPIC_ID' : error
}

/** Reads; a Promise only where records must come from the disk. */
export function readPartition(
  target: FetchTarget,
  partition: Partition,
  options: ReadOptions,
  limits: { maxBytes: number; minOneBatch: boolean },
): PartitionFetch | Promise<PartitionFetch> {
  const { log } = partition
  const problem = problemOf(target, partition, options)
  if (problem !== undefined) return failedFetch(target, partition, problem)
  const { fetchOffset } = target
  const diverging = divergence(target, partition)
  const upTo = partition.readableEnd(options.isolation)
  if (
    diverging !== undefined ||
    fetchOffset >= upTo ||
    (limits.maxBytes <= 0 && !limits.minOneBatch)
  ) {
    if (
      diverging === undefined &&
      (fetchOffset < log.logStartOffset || fetchOffset > log.logEndOffset)
    ) {
      return failedFetch(target, partition, 'OFFSET_OUT_OF_RANGE')
    }
    return fetched(target, partition, options, undefined, diverging)
  }
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

function problemOf(
  target: FetchTarget,
  partition: Partition,
  options: ReadOptions,
): ErrorName | undefined {
  const epochProblem = partition.epochProblem(target.currentLeaderEpoch)
  if (epochProblem !== undefined) return epochProblem
  if (partition.log.failure !== undefined) return 'KAFKA_STORAGE_ERROR'
  const isZstd = partition.log.config['compression.type'] === 'zstd'
  return isZstd && !options.knowsZstd ? 'UNSUPPORTED_COMPRESSION_TYPE' : undefined
}

/** Where the reader's log and this one part (KIP-595), for readers that tell the epoch of their last record. */
function divergence({ lastFetchedEpoch, fetchOffset }: FetchTarget, { log }: Partition) {
  if (lastFetchedEpoch < 0) return undefined
  const end = log.epochEndOffset(lastFetchedEpoch)
  const parts = end.epoch >= 0 && (end.epoch < lastFetchedEpoch || end.endOffset < fetchOffset)
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
    aborted: undefined,
    records: undefined,
  }
}
