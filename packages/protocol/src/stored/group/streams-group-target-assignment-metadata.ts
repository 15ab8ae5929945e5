/** A record of `__consumer_offsets` (type 20): key and value. */
import { int32, int64, never, stored, string, type MessageOf } from '../../schema.ts'

export const StreamsGroupTargetAssignmentMetadataKey = stored(
  'StreamsGroupTargetAssignmentMetadataKey',
  20,
  [0, 0],
  never,
  {
    groupId: string,
  },
)
export type StreamsGroupTargetAssignmentMetadataKey = MessageOf<
  typeof StreamsGroupTargetAssignmentMetadataKey
>

export const StreamsGroupTargetAssignmentMetadataValue = stored(
  'StreamsGroupTargetAssignmentMetadataValue',
  20,
  [0, 0],
  0,
  {
    assignmentEpoch: int32,
    assignmentTimestamp: int64.tagged(0).default(0).ignorable(),
  },
)
export type StreamsGroupTargetAssignmentMetadataValue = MessageOf<
  typeof StreamsGroupTargetAssignmentMetadataValue
>
