/** A record of `__consumer_offsets` (type 7): key and value. */
import { array, int32, never, stored, string, uuid, type MessageOf } from '../../schema.ts'

export const ConsumerGroupTargetAssignmentMemberKey = stored(
  'ConsumerGroupTargetAssignmentMemberKey',
  7,
  [0, 0],
  never,
  {
    groupId: string,
    memberId: string,
  },
)
export type ConsumerGroupTargetAssignmentMemberKey = MessageOf<
  typeof ConsumerGroupTargetAssignmentMemberKey
>

export const ConsumerGroupTargetAssignmentMemberValue = stored(
  'ConsumerGroupTargetAssignmentMemberValue',
  7,
  [0, 0],
  0,
  {
    topicPartitions: array({
      topicId: uuid,
      partitions: array(int32),
    }),
  },
)
export type ConsumerGroupTargetAssignmentMemberValue = MessageOf<
  typeof ConsumerGroupTargetAssignmentMemberValue
>
