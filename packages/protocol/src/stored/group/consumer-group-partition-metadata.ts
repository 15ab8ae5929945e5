/** A record of `__consumer_offsets` (type 4): key and value. */
import { array, int32, never, stored, string, uuid, type MessageOf } from '../../schema.ts'

export const ConsumerGroupPartitionMetadataKey = stored(
  'ConsumerGroupPartitionMetadataKey',
  4,
  [0, 0],
  never,
  {
    groupId: string,
  },
)
export type ConsumerGroupPartitionMetadataKey = MessageOf<typeof ConsumerGroupPartitionMetadataKey>

export const ConsumerGroupPartitionMetadataValue = stored(
  'ConsumerGroupPartitionMetadataValue',
  4,
  [0, 0],
  0,
  {
    topics: array({
      topicId: uuid,
      topicName: string,
      numPartitions: int32,
      partitionMetadata: array({
        partition: int32,
        racks: array(string),
      }),
    }),
  },
)
export type ConsumerGroupPartitionMetadataValue = MessageOf<
  typeof ConsumerGroupPartitionMetadataValue
>
