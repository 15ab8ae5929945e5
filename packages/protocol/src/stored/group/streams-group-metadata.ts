/** A record of `__consumer_offsets` (type 17): key and value. */
import { array, int32, int64, never, stored, string, struct, type MessageOf } from '../../schema.ts'

export const StreamsGroupMetadataKey = stored('StreamsGroupMetadataKey', 17, [0, 0], never, {
  groupId: string,
})
export type StreamsGroupMetadataKey = MessageOf<typeof StreamsGroupMetadataKey>

const lastAssignmentConfig = struct({
  key: string,
  value: string,
})

export const StreamsGroupMetadataValue = stored('StreamsGroupMetadataValue', 17, [0, 0], 0, {
  epoch: int32,
  metadataHash: int64,
  validatedTopologyEpoch: int32.tagged(0).default(-1),
  lastAssignmentConfigs: array(lastAssignmentConfig).nullable().tagged(1),
})
export type StreamsGroupMetadataValue = MessageOf<typeof StreamsGroupMetadataValue>
