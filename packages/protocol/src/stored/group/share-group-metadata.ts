/** A record of `__consumer_offsets` (type 11): key and value. */
import { int32, int64, never, stored, string, type MessageOf } from '../../schema.ts'

export const ShareGroupMetadataKey = stored('ShareGroupMetadataKey', 11, [0, 0], never, {
  groupId: string,
})
export type ShareGroupMetadataKey = MessageOf<typeof ShareGroupMetadataKey>

export const ShareGroupMetadataValue = stored('ShareGroupMetadataValue', 11, [0, 0], 0, {
  epoch: int32,
  metadataHash: int64,
})
export type ShareGroupMetadataValue = MessageOf<typeof ShareGroupMetadataValue>
