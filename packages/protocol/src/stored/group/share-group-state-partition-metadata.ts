/** A record of `__consumer_offsets` (type 15): key and value. */
import { array, int32, never, stored, string, struct, uuid, type MessageOf } from '../../schema.ts'

export const ShareGroupStatePartitionMetadataKey = stored(
  'ShareGroupStatePartitionMetadataKey',
  15,
  [0, 0],
  never,
  {
    groupId: string,
  },
)
export type ShareGroupStatePartitionMetadataKey = MessageOf<
  typeof ShareGroupStatePartitionMetadataKey
>

const topicPartitionsInfo = struct({
  topicId: uuid,
  topicName: string,
  partitions: array(int32),
})

const topicInfo = struct({
  topicId: uuid,
  topicName: string,
})

export const ShareGroupStatePartitionMetadataValue = stored(
  'ShareGroupStatePartitionMetadataValue',
  15,
  [0, 0],
  0,
  {
    initializingTopics: array(topicPartitionsInfo),
    initializedTopics: array(topicPartitionsInfo),
    deletingTopics: array(topicInfo),
  },
)
export type ShareGroupStatePartitionMetadataValue = MessageOf<
  typeof ShareGroupStatePartitionMetadataValue
>
