/** A record of `__consumer_offsets` (type 12): key and value. */
import { int32, int64, never, stored, string, type MessageOf } from '../../schema.ts'

export const ShareGroupTargetAssignmentMetadataKey = stored(
  'ShareGroupTargetAssignmentMetadataKey',
  12,
  [0, 0],
  never,
  {
    groupId: string,
  },
)
export type ShareGroupTargetAssignmentMetadataKey = MessageOf<
  typeof ShareGroupTargetAssignmentMetadataKey
>

export const ShareGroupTargetAssignmentMetadataValue = stored(
  'ShareGroupTargetAssignmentMetadataValue',
  12,
  [0, 0],
  0,
  {
    assignmentEpoch: int32,
    assignmentTimestamp: int64.tagged(0).default(0).ignorable(),
  },
)
export type ShareGroupTargetAssignmentMetadataValue = MessageOf<
  typeof ShareGroupTargetAssignmentMetadataValue
>
