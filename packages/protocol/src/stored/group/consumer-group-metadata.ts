/** A record of `__consumer_offsets` (type 3): key and value. */
import { int32, int64, never, stored, string, type MessageOf } from '../../schema.ts'

export const ConsumerGroupMetadataKey = stored('ConsumerGroupMetadataKey', 3, [0, 0], never, {
  groupId: string,
})
export type ConsumerGroupMetadataKey = MessageOf<typeof ConsumerGroupMetadataKey>

export const ConsumerGroupMetadataValue = stored('ConsumerGroupMetadataValue', 3, [0, 0], 0, {
  epoch: int32,
  metadataHash: int64.tagged(0).default(0),
})
export type ConsumerGroupMetadataValue = MessageOf<typeof ConsumerGroupMetadataValue>
