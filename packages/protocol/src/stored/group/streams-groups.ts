/** Records of streams groups (KIP-1071) in `__consumer_offsets`. */
import {
  array,
  int16,
  int32,
  int64,
  int8,
  never,
  stored,
  string,
  struct,
  uint16,
  type MessageOf,
} from '../../schema.ts'

export const StreamsGroupCurrentMemberAssignmentKey = stored(
  'StreamsGroupCurrentMemberAssignmentKey',
  22,
  [0, 0],
  never,
  {
    groupId: string,
    memberId: string,
  },
)
export type StreamsGroupCurrentMemberAssignmentKey = MessageOf<
  typeof StreamsGroupCurrentMemberAssignmentKey
>

const taskIds = struct({
  subtopologyId: string,
  partitions: array(int32),
  assignmentEpochs: array(int32).nullable().tagged(0),
})

export const StreamsGroupCurrentMemberAssignmentValue = stored(
  'StreamsGroupCurrentMemberAssignmentValue',
  22,
  [0, 0],
  0,
  {
    memberEpoch: int32,
    previousMemberEpoch: int32,
    state: int8,
    activeTasks: array(taskIds),
    standbyTasks: array(taskIds),
    warmupTasks: array(taskIds),
    activeTasksPendingRevocation: array(taskIds),
    standbyTasksPendingRevocation: array(taskIds),
    warmupTasksPendingRevocation: array(taskIds),
  },
)
export type StreamsGroupCurrentMemberAssignmentValue = MessageOf<
  typeof StreamsGroupCurrentMemberAssignmentValue
>

export const StreamsGroupMemberMetadataKey = stored(
  'StreamsGroupMemberMetadataKey',
  19,
  [0, 0],
  never,
  {
    groupId: string,
    memberId: string,
  },
)
export type StreamsGroupMemberMetadataKey = MessageOf<typeof StreamsGroupMemberMetadataKey>

const endpoint = struct({
  host: string,
  port: uint16,
})

const keyValue = struct({
  key: string,
  value: string,
})

export const StreamsGroupMemberMetadataValue = stored(
  'StreamsGroupMemberMetadataValue',
  19,
  [0, 0],
  0,
  {
    instanceId: string.nullable(),
    rackId: string.nullable(),
    clientId: string,
    clientHost: string,
    rebalanceTimeoutMs: int32.default(-1),
    topologyEpoch: int32,
    processId: string,
    userEndpoint: endpoint.nullable().default(null),
    clientTags: array(keyValue),
  },
)
export type StreamsGroupMemberMetadataValue = MessageOf<typeof StreamsGroupMemberMetadataValue>

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

export const StreamsGroupTargetAssignmentMemberKey = stored(
  'StreamsGroupTargetAssignmentMemberKey',
  21,
  [0, 0],
  never,
  {
    groupId: string,
    memberId: string,
  },
)
export type StreamsGroupTargetAssignmentMemberKey = MessageOf<
  typeof StreamsGroupTargetAssignmentMemberKey
>

const targetAssignmentMemberTaskIds = struct({
  subtopologyId: string,
  partitions: array(int32),
})

export const StreamsGroupTargetAssignmentMemberValue = stored(
  'StreamsGroupTargetAssignmentMemberValue',
  21,
  [0, 0],
  0,
  {
    activeTasks: array(targetAssignmentMemberTaskIds),
    standbyTasks: array(targetAssignmentMemberTaskIds),
    warmupTasks: array(targetAssignmentMemberTaskIds),
  },
)
export type StreamsGroupTargetAssignmentMemberValue = MessageOf<
  typeof StreamsGroupTargetAssignmentMemberValue
>

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

export const StreamsGroupTopologyKey = stored('StreamsGroupTopologyKey', 23, [0, 0], never, {
  groupId: string,
})
export type StreamsGroupTopologyKey = MessageOf<typeof StreamsGroupTopologyKey>

const topicConfig = struct({
  key: string,
  value: string,
})

const topicInfo = struct({
  name: string,
  partitions: int32,
  replicationFactor: int16,
  topicConfigs: array(topicConfig),
})

export const StreamsGroupTopologyValue = stored('StreamsGroupTopologyValue', 23, [0, 0], 0, {
  epoch: int32,
  subtopologies: array({
    subtopologyId: string,
    sourceTopics: array(string),
    sourceTopicRegex: array(string),
    stateChangelogTopics: array(topicInfo),
    repartitionSinkTopics: array(string),
    repartitionSourceTopics: array(topicInfo),
    copartitionGroups: array({
      sourceTopics: array(int16),
      sourceTopicRegex: array(int16),
      repartitionSourceTopics: array(int16),
    }),
  }),
})
export type StreamsGroupTopologyValue = MessageOf<typeof StreamsGroupTopologyValue>
