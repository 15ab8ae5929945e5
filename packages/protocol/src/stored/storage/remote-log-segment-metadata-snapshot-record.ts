/** Stored beside the log: RemoteLogSegmentMetadataSnapshotRecord. */
import {
  array,
  boolean,
  bytes,
  int32,
  int64,
  int8,
  stored,
  uuid,
  type MessageOf,
} from '../../schema.ts'

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
