/** Records of `__remote_log_metadata`: segments in tiered storage. */
import {
  array,
  boolean,
  bytes,
  int32,
  int64,
  int8,
  stored,
  string,
  struct,
  uuid,
  type MessageOf,
} from '../../schema.ts'

export const RemoteLogSegmentMetadataRecord = stored(
  'RemoteLogSegmentMetadataRecord',
  0,
  [0, 0],
  0,
  {
    remoteLogSegmentId: struct({
      topicIdPartition: struct({
        name: string,
        id: uuid,
        partition: int32,
      }),
      id: uuid,
    }),
    startOffset: int64,
    endOffset: int64,
    brokerId: int32,
    maxTimestampMs: int64,
    eventTimestampMs: int64,
    segmentLeaderEpochs: array({
      leaderEpoch: int32,
      offset: int64,
    }),
    segmentSizeInBytes: int32,
    customMetadata: bytes.nullable().default(null),
    remoteLogSegmentState: int8,
    txnIndexEmpty: boolean.tagged(0),
  },
)
export type RemoteLogSegmentMetadataRecord = MessageOf<typeof RemoteLogSegmentMetadataRecord>

export const RemoteLogSegmentMetadataSnapshotRecord = stored(
  'RemoteLogSegmentMetadataSnapshotRecord',
  3,
  [0, 0],
  0,
  {
    segmentId: uuid,
    startOffset: int64,
    endOffset: int64,
    brokerId: int32,
    maxTimestampMs: int64,
    eventTimestampMs: int64,
    segmentLeaderEpochs: array({
      leaderEpoch: int32,
      offset: int64,
    }),
    segmentSizeInBytes: int32,
    customMetadata: bytes.nullable().default(null),
    remoteLogSegmentState: int8,
    txnIndexEmpty: boolean.tagged(0),
  },
)
export type RemoteLogSegmentMetadataSnapshotRecord = MessageOf<
  typeof RemoteLogSegmentMetadataSnapshotRecord
>

export const RemoteLogSegmentMetadataUpdateRecord = stored(
  'RemoteLogSegmentMetadataUpdateRecord',
  1,
  [0, 0],
  0,
  {
    remoteLogSegmentId: struct({
      topicIdPartition: struct({
        name: string,
        id: uuid,
        partition: int32,
      }),
      id: uuid,
    }),
    brokerId: int32,
    eventTimestampMs: int64,
    customMetadata: bytes.nullable().default(null),
    remoteLogSegmentState: int8,
  },
)
export type RemoteLogSegmentMetadataUpdateRecord = MessageOf<
  typeof RemoteLogSegmentMetadataUpdateRecord
>

export const RemotePartitionDeleteMetadataRecord = stored(
  'RemotePartitionDeleteMetadataRecord',
  2,
  [0, 0],
  0,
  {
    topicIdPartition: struct({
      name: string,
      id: uuid,
      partition: int32,
    }),
    brokerId: int32,
    eventTimestampMs: int64,
    remotePartitionDeleteState: int8,
  },
)
export type RemotePartitionDeleteMetadataRecord = MessageOf<
  typeof RemotePartitionDeleteMetadataRecord
>
