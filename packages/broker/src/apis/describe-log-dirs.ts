/**
 * DescribeLogDirs (key 35), versions 1 to 5: what lies in each log directory, and how large it is. v3: an error for the
 * whole answer; v4: free and total space (KIP-827); v5: cordoned directories (KIP-1066).
 */
import { resolve } from 'node:path'
import type { DirectoryState, PartitionLog } from '@moldau/log'
import { Apis, ErrorCode, type DescribeLogDirsRequest } from '@moldau/protocol'
import type { RequestContext } from '../services.ts'
import { serve } from './serve.ts'

/** Stands for "not known". */
const UNKNOWN_BYTES = -1

export const describeLogDirs = serve(Apis.DescribeLogDirs, {
  authorize() {},

  handle: (request, context) => ({
    results: context.broker.logs.directories.map(state => describe(state, request, context)),
  }),

  refuse: (_request, { errorCode }) => ({ errorCode, results: [] }),
})

function describe(
  { directory, failure, logs }: DirectoryState,
  request: DescribeLogDirsRequest,
  { broker }: RequestContext,
) {
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
  const topics = describeTopics(logs, request)
  const errorCode = ErrorCode.NONE
  return { errorCode, logDir, topics, totalBytes, usableBytes: freeBytes, isCordoned: false }
}

function describeTopics(logs: Iterable<PartitionLog>, request: DescribeLogDirsRequest) {
  const byTopic = new Map<string, ReturnType<typeof describePartition>[]>()
  for (const log of logs) {
    if (!isWanted(request, log)) continue
    const partitions = byTopic.get(log.topic) ?? []
    partitions.push(describePartition(log))
    byTopic.set(log.topic, partitions)
  }
  return Array.from(byTopic, ([name, partitions]) => ({ name, partitions }))
}

function isWanted({ topics }: DescribeLogDirsRequest, log: PartitionLog): boolean {
  if (topics === null) return true
  return topics.some(
    ({ topic, partitions }) => topic === log.topic && partitions.includes(log.partition),
  )
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
