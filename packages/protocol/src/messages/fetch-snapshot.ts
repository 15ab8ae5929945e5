/** FetchSnapshot (API key 59). */
import {
  array,
  int16,
  int32,
  int64,
  message,
  records,
  string,
  struct,
  uint16,
  uuid,
  type MessageOf,
} from '../schema.ts'

export const FetchSnapshotRequest = message('FetchSnapshotRequest', [0, 1], 0, {
  clusterId: string.nullable().tagged(0).default(null),
  replicaId: int32.default(-1),
  maxBytes: int32.default(2147483647),
  topics: array({
    name: string,
    partitions: array({
      partition: int32,
      currentLeaderEpoch: int32,
      snapshotId: struct({
        endOffset: int64,
        epoch: int32,
      }),
      position: int64,
      replicaDirectoryId: uuid.since(1).tagged(0).ignorable(),
    }),
  }),
})
export type FetchSnapshotRequest = MessageOf<typeof FetchSnapshotRequest>

export const FetchSnapshotResponse = message('FetchSnapshotResponse', [0, 1], 0, {
  throttleTimeMs: int32.default(0).ignorable(),
  errorCode: int16,
  topics: array({
    name: string,
    partitions: array({
      index: int32,
      errorCode: int16,
      snapshotId: struct({
        endOffset: int64,
        epoch: int32,
      }),
      currentLeader: struct({
        leaderId: int32,
        leaderEpoch: int32,
      }).tagged(0),
      size: int64,
      position: int64,
      unalignedRecords: records,
    }),
  }),
  nodeEndpoints: array({
    nodeId: int32.mapKey(),
    host: string,
    port: uint16,
  })
    .since(1)
    .tagged(0),
})
export type FetchSnapshotResponse = MessageOf<typeof FetchSnapshotResponse>
