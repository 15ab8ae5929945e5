/** Stored beside the log: RemoteLogSegmentMetadataRecord. */
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
