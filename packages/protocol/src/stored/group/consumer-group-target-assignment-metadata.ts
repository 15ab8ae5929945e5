/** A record of `__consumer_offsets` (type 6): key and value. */
import { int32, int64, never, stored, string, type MessageOf } from '../../schema.ts'

export const ConsumerGroupTargetAssignmentMetadataKey = stored(
  'ConsumerGroupTargetAssignmentMetadataKey',
  6,
  [0, 0],
  never,
  {
    groupId: string,
  },
)
export type ConsumerGroupTargetAssignmentMetadataKey = MessageOf<
  typeof ConsumerGroupTargetAssignmentMetadataKey
>

export const ConsumerGroupTargetAssignmentMetadataValue = stored(
  'ConsumerGroupTargetAssignmentMetadataValue',
  6,
  [0, 0],
  0,
  {
    assignmentEpoch: int32,
    assignmentTimestamp: int64.tagged(0).default(0).ignorable(),
  },
)
export type ConsumerGroupTargetAssignmentMetadataValue = MessageOf<
  typeof ConsumerGroupTargetAssignmentMetadataValue
>
