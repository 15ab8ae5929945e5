/** Records of consumer groups (KIP-848) in `__consumer_offsets`. */
import {
  array,
  bytes,
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

export const ConsumerGroupMemberMetadataKey = stored(
  'ConsumerGroupMemberMetadataKey',
  5,
  [0, 0],
  never,
  {
    groupId: string,
    memberId: string,
  },
)
export type ConsumerGroupMemberMetadataKey = MessageOf<typeof ConsumerGroupMemberMetadataKey>

export const ConsumerGroupMemberMetadataValue = stored(
  'ConsumerGroupMemberMetadataValue',
  5,
  [0, 0],
  0,
  {
    instanceId: string.nullable(),
    rackId: string.nullable(),
    clientId: string,
    clientHost: string,
    subscribedTopicNames: array(string),
    subscribedTopicRegex: string.nullable(),
    rebalanceTimeoutMs: int32.default(-1),
    serverAssignor: string.nullable(),
    classicMemberMetadata: struct({
      sessionTimeoutMs: int32,
      supportedProtocols: array({
        name: string,
        metadata: bytes,
      }),
    })
      .nullable()
      .tagged(0),
  },
)
export type ConsumerGroupMemberMetadataValue = MessageOf<typeof ConsumerGroupMemberMetadataValue>

export const ConsumerGroupMetadataKey = stored('ConsumerGroupMetadataKey', 3, [0, 0], never, {
  groupId: string,
})
export type ConsumerGroupMetadataKey = MessageOf<typeof ConsumerGroupMetadataKey>

export const ConsumerGroupMetadataValue = stored('ConsumerGroupMetadataValue', 3, [0, 0], 0, {
  epoch: int32,
  metadataHash: int64.tagged(0).default(0),
})
export type ConsumerGroupMetadataValue = MessageOf<typeof ConsumerGroupMetadataValue>

export const ConsumerGroupPartitionMetadataKey = stored(
  'ConsumerGroupPartitionMetadataKey',
  4,
  [0, 0],
  never,
  {
    groupId: string,
  },
)
export type ConsumerGroupPartitionMetadataKey = MessageOf<typeof ConsumerGroupPartitionMetadataKey>

export const ConsumerGroupPartitionMetadataValue = stored(
  'ConsumerGroupPartitionMetadataValue',
  4,
  [0, 0],
  0,
  {
    topics: array({
      topicId: uuid,
      topicName: string,
      numPartitions: int32,
      partitionMetadata: array({
        partition: int32,
        racks: array(string),
      }),
    }),
  },
)
export type ConsumerGroupPartitionMetadataValue = MessageOf<
  typeof ConsumerGroupPartitionMetadataValue
>

export const ConsumerGroupRegularExpressionKey = stored(
  'ConsumerGroupRegularExpressionKey',
  16,
  [0, 0],
  never,
  {
    groupId: string,
    regularExpression: string,
  },
)
export type ConsumerGroupRegularExpressionKey = MessageOf<typeof ConsumerGroupRegularExpressionKey>

export const ConsumerGroupRegularExpressionValue = stored(
  'ConsumerGroupRegularExpressionValue',
  16,
  [0, 0],
  0,
  {
    topics: array(string),
    version: int64,
    timestamp: int64,
  },
)
export type ConsumerGroupRegularExpressionValue = MessageOf<
  typeof ConsumerGroupRegularExpressionValue
>

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
