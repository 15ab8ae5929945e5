/**
 * ListOffsets (key 2), versions 1 to 11: the offset at a time, or one of the named ones.
 *
 * v2: isolation level. v4: leader epochs. v7: the record of the largest timestamp (KIP-734). v8: the earliest local
 * offset, v9: the latest tiered one, v11: the earliest that waits for upload (KIP-405, KIP-1005, KIP-1023); nothing is tiered here.
 * v10: a timeout, of use with tiered storage only.
 */
import {
  Apis,
  ErrorCode,
  KafkaError,
  type ErrorName,
  type ListOffsetsRequest,
} from '@moldau/protocol'
import type { Isolation, Partition } from '../replication/partition.ts'
import type { RequestContext } from '../services.ts'
import { serve } from './serve.ts'

const LATEST = -1
const EARLIEST = -2
const MAX_TIMESTAMP = -3
const EARLIEST_LOCAL = -4
const LATEST_TIERED = -5
const EARLIEST_PENDING_UPLOAD = -6

/** Version from which a negative timestamp has a meaning. */
const sinceVersion = new Map([
  [LATEST, 1],
  [EARLIEST, 1],
  [MAX_TIMESTAMP, 7],
  [EARLIEST_LOCAL, 8],
  [LATEST_TIERED, 9],
  [EARLIEST_PENDING_UPLOAD, 11],
])

interface Found {
  readonly offset: number
  readonly timestamp: number
  readonly leaderEpoch: number
}

const nothing: Found = { offset: -1, timestamp: -1, leaderEpoch: -1 }

export const listOffsets = serve(Apis.ListOffsets, {
  authorize() {},

  handle(request, context) {
    // A topic of which nothing is asked is left out, as by Kafka.
    const asked = request.topics.filter(({ partitions }) => partitions.length > 0)
    const searches = asked.map(({ name, partitions }) =>
      mentionedOnce(partitions).map(({ one, isRepeated }): Search => {
        const isolation = isolationOf(request.isolationLevel)
        const found = isRepeated ? 'INVALID_REQUEST' : find(name, one, isolation, context)
        return { partitionIndex: one.partitionIndex, found }
      }),
    )
    const answer = (ended: readonly EndedSearch[][]) => ({
      topics: asked.map(({ name }, index) => ({
        name,
        partitions: (ended[index] ?? []).map(search => answerOf(search, context.apiVersion)),
      })),
    })
    return areEnded(searches) ? answer(searches) : Promise.all(searches.map(endOf)).then(answer)
  },

  divide: { request: 'topics', response: 'topics' },

  refuse: (request, { errorCode }) => ({
    topics: request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })),
    })),
  }),
})

type Asked = ListOffsetsRequest['topics'][number]['partitions'][number]

/** What is found in a partition, now or later. */
interface Search {
  readonly partitionIndex: number
  readonly found: Found | ErrorName | Promise<Found | ErrorName>
}

interface EndedSearch extends Search {
  readonly found: Found | ErrorName
}

function areEnded(searches: readonly Search[][]): searches is EndedSearch[][] {
  return !searches.some(ofTopic => ofTopic.some(({ found }) => found instanceof Promise))
}

function endOf(searches: readonly Search[]): Promise<EndedSearch[]> {
  return Promise.all(
    searches.map(async ({ partitionIndex, found }) => ({ partitionIndex, found: await found })),
  )
}

function answerOf({ partitionIndex, found }: EndedSearch, apiVersion: number) {
  const error: ErrorName = typeof found === 'string' ? found : 'NONE'
  const { offset, timestamp, leaderEpoch } = typeof found === 'string' ? nothing : found
  return {
    partitionIndex,
    errorCode: ErrorCode[error],
    offset,
    timestamp,
    ...(apiVersion >= 4 && { leaderEpoch }),
  }
}

/** @throws KafkaError for a level that there is not, over which Kafka 4.3.1 fails */
function isolationOf(level: number): Isolation {
  if (level !== 0 && level !== 1)
    throw new KafkaError('UNKNOWN_SERVER_ERROR', `There is no isolation level ${level}`)
  return level === 1 ? 'read-committed' : 'read-uncommitted'
}

/** Each partition once, and whether the request names it more often, which is an error of its own. */
function mentionedOnce<T extends { partitionIndex: number }>(
  partitions: readonly T[],
): { one: T; isRepeated: boolean }[] {
  const byIndex = new Map<number, { one: T; isRepeated: boolean }>()
  for (const one of partitions) {
    byIndex.set(one.partitionIndex, { one, isRepeated: byIndex.has(one.partitionIndex) })
  }
  return [...byIndex.values()]
}

function find(
  topic: string,
  asked: Asked,
  isolation: Isolation,
  context: RequestContext,
): Search['found'] {
  try {
    return findNow(topic, asked, isolation, context)
  } catch (error) {
    // As a Promise: thrown, it would leave the searches before it with nobody to tell that they failed.
    return Promise.reject(error instanceof Error ? error : new Error(String(error)))
  }
}

function findNow(
  topic: string,
  { partitionIndex, timestamp, currentLeaderEpoch }: Asked,
  isolation: Isolation,
  { broker, apiVersion }: RequestContext,
): Search['found'] {
  const partition = broker.replicas.partition(topic, partitionIndex)
  if (partition === undefined) return broker.replicas.problemOf(topic, partitionIndex)
  const epochProblem = partition.epochProblem(currentLeaderEpoch)
  if (epochProblem !== undefined) return epochProblem
  if (timestamp < 0 && apiVersion < (sinceVersion.get(timestamp) ?? Infinity))
    return 'UNSUPPORTED_VERSION'
  if (partition.log.failure !== undefined) return 'KAFKA_STORAGE_ERROR'
  return named(partition, timestamp, isolation) ?? byTime(partition, timestamp, isolation)
}

function named(partition: Partition, timestamp: number, isolation: Isolation): Found | undefined {
  const { log } = partition
  switch (timestamp) {
    case LATEST:
      return {
        offset: partition.readableEnd(isolation),
        timestamp: -1,
        leaderEpoch: partition.leaderEpoch,
      }
    case EARLIEST:
    case EARLIEST_LOCAL: {
      const offset = log.logStartOffset
      return { offset, timestamp: -1, leaderEpoch: log.leaderEpochs.epochFor(offset) ?? -1 }
    }
    case LATEST_TIERED:
    case EARLIEST_PENDING_UPLOAD:
      return nothing
    default:
      return undefined
  }
}

function byTime(partition: Partition, timestamp: number, isolation: Isolation): Search['found'] {
  const { log } = partition
  const found =
    timestamp === MAX_TIMESTAMP ? log.offsetForMaxTimestamp() : log.offsetForTimestamp(timestamp)
  if (!(found instanceof Promise)) return readable(found, partition, isolation)
  return found.then(
    later => readable(later, partition, isolation),
    (error: unknown) => {
      // The topic was deleted meanwhile, or the disk has failed.
      if (log.failure !== undefined) return 'KAFKA_STORAGE_ERROR'
      throw error
    },
  )
}

/** What a consumer cannot read yet is not found for it either. */
function readable(found: Found | undefined, partition: Partition, isolation: Isolation): Found {
  return found !== undefined && found.offset < partition.readableEnd(isolation) ? found : nothing
}
