/** A record of `__consumer_offsets` (type 13): key and value. */
import { array, int32, never, stored, string, uuid, type MessageOf } from '../../schema.ts'

export const ShareGroupTargetAssignmentMemberKey = stored(
  'ShareGroupTargetAssignmentMemberKey',
  13,
  [0, 0],
  never,
  {
    groupId: string,
    memberId: string,
  },
)
export type ShareGroupTargetAssignmentMemberKey = MessageOf<
  typeof ShareGroupTargetAssignmentMemberKey
>

export const ShareGroupTargetAssignmentMemberValue = stored(
  'ShareGroupTargetAssignmentMemberValue',
  13,
  [0, 0],
  0,
  {
    topicPartitions: array({
      topicId: uuid,
      partitions: array(int32),
    }),
  },
)
export type ShareGroupTargetAssignmentMemberValue = MessageOf<
  typeof ShareGroupTargetAssignmentMemberValue
>
