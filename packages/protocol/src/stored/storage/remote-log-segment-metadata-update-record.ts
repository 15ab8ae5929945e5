/** Stored beside the log: RemoteLogSegmentMetadataUpdateRecord. */
import {
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
