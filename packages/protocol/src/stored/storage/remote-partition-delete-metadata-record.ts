/** Stored beside the log: RemotePartitionDeleteMetadataRecord. */
import { int32, int64, int8, stored, string, struct, uuid, type MessageOf } from '../../schema.ts'

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
