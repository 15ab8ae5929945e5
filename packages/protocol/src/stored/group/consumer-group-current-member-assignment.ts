/** A record of `__consumer_offsets` (type 8): key and value. */
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

export const ConsumerGroupCurrentMemberAssignmentKey = stored(
  'ConsumerGroupCurrentMemberAssignmentKey',
  8,
  [0, 0],
  never,
  {
    groupId: string,
    memberId: string,
  },
)
export type ConsumerGroupCurrentMemberAssignmentKey = MessageOf<
  typeof ConsumerGroupCurrentMemberAssignmentKey
>

const topicPartitions = struct({
  topicId: uuid,
  partitions: array(int32),
  assignmentEpochs: array(int32).nullable().tagged(0),
})

export const ConsumerGroupCurrentMemberAssignmentValue = stored(
  'ConsumerGroupCurrentMemberAssignmentValue',
  8,
  [0, 0],
  0,
  {
    memberEpoch: int32,
    previousMemberEpoch: int32,
    state: int8,
    assignedPartitions: array(topicPartitions),
    partitionsPendingRevocation: array(topicPartitions),
  },
)
export type ConsumerGroupCurrentMemberAssignmentValue = MessageOf<
  typeof ConsumerGroupCurrentMemberAssignmentValue
>
