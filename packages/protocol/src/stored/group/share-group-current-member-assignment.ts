/** A record of `__consumer_offsets` (type 14): key and value. */
import {
  array,
  int32,
  int8,
  never,
  stored,
  string,
  struct,
  uuid,
  type MessageOf,
} from '../../schema.ts'

export const ShareGroupCurrentMemberAssignmentKey = stored(
  'ShareGroupCurrentMemberAssignmentKey',
  14,
  [0, 0],
  never,
  {
    groupId: string,
    memberId: string,
  },
)
export type ShareGroupCurrentMemberAssignmentKey = MessageOf<
  typeof ShareGroupCurrentMemberAssignmentKey
>

const topicPartitions = struct({
  topicId: uuid,
  partitions: array(int32),
})

export const ShareGroupCurrentMemberAssignmentValue = stored(
  'ShareGroupCurrentMemberAssignmentValue',
  14,
  [0, 0],
  0,
  {
    memberEpoch: int32,
    previousMemberEpoch: int32,
    state: int8,
    assignedPartitions: array(topicPartitions),
  },
)
export type ShareGroupCurrentMemberAssignmentValue = MessageOf<
  typeof ShareGroupCurrentMemberAssignmentValue
>
