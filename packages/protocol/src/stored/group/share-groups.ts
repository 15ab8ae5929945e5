/** Records of share groups (KIP-932) in `__consumer_offsets`. */
import {
  array,
  int32,
  int64,
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

export const ShareGroupMemberMetadataKey = stored(
  'ShareGroupMemberMetadataKey',
  10,
  [0, 0],
  never,
  {
    groupId: string,
    memberId: string,
  },
)
export type ShareGroupMemberMetadataKey = MessageOf<typeof ShareGroupMemberMetadataKey>

export const ShareGroupMemberMetadataValue = stored(
  'ShareGroupMemberMetadataValue',
  10,
  [0, 0],
  0,
  {
    rackId: string.nullable(),
    clientId: string,
    clientHost: string,
    subscribedTopicNames: array(string),
  },
)
export type ShareGroupMemberMetadataValue = MessageOf<typeof ShareGroupMemberMetadataValue>

export const ShareGroupMetadataKey = stored('ShareGroupMetadataKey', 11, [0, 0], never, {
  groupId: string,
})
export type ShareGroupMetadataKey = MessageOf<typeof ShareGroupMetadataKey>

export const ShareGroupMetadataValue = stored('ShareGroupMetadataValue', 11, [0, 0], 0, {
  epoch: int32,
  metadataHash: int64,
})
export type ShareGroupMetadataValue = MessageOf<typeof ShareGroupMetadataValue>

export const ShareGroupStatePartitionMetadataKey = stored(
  'ShareGroupStatePartitionMetadataKey',
  15,
  [0, 0],
  never,
  {
    groupId: string,
  },
)
export type ShareGroupStatePartitionMetadataKey = MessageOf<
  typeof ShareGroupStatePartitionMetadataKey
>

const topicPartitionsInfo = struct({
  topicId: uuid,
  topicName: string,
  partitions: array(int32),
})

const topicInfo = struct({
  topicId: uuid,
  topicName: string,
})

export const ShareGroupStatePartitionMetadataValue = stored(
  'ShareGroupStatePartitionMetadataValue',
  15,
  [0, 0],
  0,
  {
    initializingTopics: array(topicPartitionsInfo),
    initializedTopics: array(topicPartitionsInfo),
    deletingTopics: array(topicInfo),
  },
)
export type ShareGroupStatePartitionMetadataValue = MessageOf<
  typeof ShareGroupStatePartitionMetadataValue
>

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
