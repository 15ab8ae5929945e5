/** Fetch (API key 1). */
import { LONG_MAX } from '@moldau/base'
import {
  array,
  int16,
  int32,
  int64,
  int8,
  message,
  records,
  string,
  struct,
  uuid,
  type MessageOf,
} from '../schema.ts'

export const FetchRequest = message('FetchRequest', [4, 18], 12, {
  clusterId: string.since(12).nullable(12).tagged(0).default(null).ignorable(),
  replicaId: int32.until(14).default(-1),
  replicaState: struct({
    replicaId: int32.default(-1),
    replicaEpoch: int64.default(-1),
  })
    .since(15)
    .tagged(1),
  maxWaitMs: int32,
  minBytes: int32,
  maxBytes: int32.default(2147483647).ignorable(),
  isolationLevel: int8.default(0).ignorable(),
  sessionId: int32.since(7).default(0).ignorable(),
  sessionEpoch: int32.since(7).default(-1).ignorable(),
  topics: array({
    topic: string.until(12).ignorable(),
    topicId: uuid.since(13).ignorable(),
    partitions: array({
      partition: int32,
      currentLeaderEpoch: int32.since(9).default(-1).ignorable(),
      fetchOffset: int64,
      lastFetchedEpoch: int32.since(12).default(-1),
      logStartOffset: int64.since(5).default(-1).ignorable(),
      partitionMaxBytes: int32,
      replicaDirectoryId: uuid.since(17).tagged(0).ignorable(),
      highWatermark: int64.since(18).tagged(1).default(LONG_MAX).ignorable(),
    }),
  }),
  forgottenTopicsData: array({
    topic: string.until(12).ignorable(),
    topicId: uuid.since(13).ignorable(),
    partitions: array(int32),
  }).since(7),
  rackId: string.since(11).default('').ignorable(),
})
export type FetchRequest = MessageOf<typeof FetchRequest>

export const FetchResponse = message('FetchResponse', [4, 18], 12, {
  throttleTimeMs: int32.default(0).ignorable(),
  errorCode: int16.since(7).ignorable(),
  sessionId: int32.since(7).default(0),
  responses: array({
    topic: string.until(12).ignorable(),
    topicId: uuid.since(13).ignorable(),
    partitions: array({
      partitionIndex: int32,
      errorCode: int16,
      highWatermark: int64,
      lastStableOffset: int64.default(-1).ignorable(),
      logStartOffset: int64.since(5).default(-1).ignorable(),
      divergingEpoch: struct({
        epoch: int32.default(-1),
        endOffset: int64.default(-1),
      })
        .since(12)
        .tagged(0),
      currentLeader: struct({
        leaderId: int32.default(-1),
        leaderEpoch: int32.default(-1),
      })
        .since(12)
        .tagged(1),
      snapshotId: struct({
        endOffset: int64.default(-1),
        epoch: int32.default(-1),
      })
        .since(12)
        .tagged(2),
      abortedTransactions: array({
        producerId: int64,
        firstOffset: int64,
      })
        .nullable()
        .ignorable(),
      preferredReadReplica: int32.since(11).default(-1),
      records: records.nullable(),
    }),
  }),
  nodeEndpoints: array({
    nodeId: int32.mapKey(),
    host: string,
    port: int32,
    rack: string.nullable().default(null),
  })
    .since(16)
    .tagged(0),
})
export type FetchResponse = MessageOf<typeof FetchResponse>
