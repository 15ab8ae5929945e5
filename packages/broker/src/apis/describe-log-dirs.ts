/**
 * DescribeLogDirs (key 35), versions 1 to 5: what lies in each log directory, and how large it is. v3: an error for the
 * whole answer; v4: free and total space (KIP-827); v5: cordoned directories (KIP-1066). Looks at many partitions in turns
 * of the event loop.
 */
import { resolve } from 'node:path'
import { inTurns } from '@moldau/io'
import type { DirectoryState, PartitionLog } from '@moldau/log'
import {
  Apis,
  ErrorCode,
  type DescribeLogDirsRequest,
  type DescribeLogDirsResponse,
  type MessageInput,
} from '@moldau/protocol'
import type { RequestContext } from '../services.ts'
import { serve } from './serve.ts'

/** Stands for "not known". */
const UNKNOWN_BYTES = -1

export const describeLogDirs = serve(Apis.DescribeLogDirs, {
  authorize() {},

  handle: (request, context) => inTurns(describeAll(request, context), context.broker.world),

  refuse: (_request, { errorCode }) => ({ errorCode, results: [] }),
})

function* describeAll(request: DescribeLogDirsRequest, context: RequestContext) {
  const wanted = request.topics === null ? undefined : wantedOf(request.topics)
  const results: DescribedDirectory[] = []
  for (const state of context.broker.logs.directories)
    results.push(yield* describe(state, wanted, context))
  return { results }
}

type Wanted = ReadonlyMap<string, ReadonlySet<number>> | undefined
type Response = MessageInput<typeof DescribeLogDirsResponse>
type DescribedDirectory = NonNullable<Response['results']>[number]

/** Partitions by topic. */
function wantedOf(topics: NonNullable<DescribeLogDirsRequest['topics']>): NonNullable<Wanted> {
  const wanted = new Map<string, Set<number>>()
  for (const { topic, partitions } of topics) {
    const indexes = wanted.get(topic) ?? new Set()
    for (const index of partitions) indexes.add(index)
    wanted.set(topic, indexes)
  }
  return wanted
}

function* describe(
  { directory, failure, logs }: DirectoryState,
  wanted: Wanted,
  { broker }: RequestContext,
): Generator<undefined, DescribedDirectory> {
  const logDir = resolve(directory)
  if (failure !== undefined) {
    return {
      errorCode: ErrorCode.KAFKA_STORAGE_ERROR,
      logDir,
      topics: [],
      totalBytes: UNKNOWN_BYTES,
      usableBytes: UNKNOWN_BYTES,
      isCordoned: false,
    }
  }
  const { freeBytes, totalBytes } = broker.world.files.space(directory)
  const topics = yield* describeTopics([...logs], wanted)
  const errorCode = ErrorCode.NONE
  return { errorCode, logDir, topics, totalBytes, usableBytes: freeBytes, isCordoned: false }
}

function* describeTopics(logs: readonly PartitionLog[], wanted: Wanted) {
  const byTopic = new Map<string, ReturnType<typeof describePartition>[]>()
  for (const log of logs) {
    if (wanted !== undefined && wanted.get(log.topic)?.has(log.partition) !== true) continue
    const partitions = byTopic.get(log.topic) ?? []
    partitions.push(describePartition(log))
    byTopic.set(log.topic, partitions)
    yield undefined
  }
  return Array.from(byTopic, ([name, partitions]) => ({ name, partitions }))
}

function describePartition(log: PartitionLog) {
  return {
    partitionIndex: log.partition,
    partitionSize: log.sizeInBytes,
    // How far the log is behind the committed offset: never, on the leader.
    offsetLag: Math.max(0, log.highWatermark - log.logEndOffset),
    isFutureKey: false,
  }
}
