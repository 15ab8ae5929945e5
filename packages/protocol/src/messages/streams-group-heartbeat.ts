/** StreamsGroupHeartbeat (API key 88). */
import {
  array,
  boolean,
  int16,
  int32,
  int64,
  int8,
  message,
  string,
  struct,
  uint16,
  type MessageOf,
} from '../schema.ts'

const keyValue = struct({
  key: string,
  value: string,
})

const topicInfo = struct({
  name: string,
  partitions: int32,
  replicationFactor: int16,
  topicConfigs: array(keyValue),
})

const taskIds = struct({
  subtopologyId: string,
  partitions: array(int32),
})

const endpoint = struct({
  host: string,
  port: uint16,
})

const taskOffset = struct({
  subtopologyId: string,
  partition: int32,
  offset: int64,
})

export const StreamsGroupHeartbeatRequest = message('StreamsGroupHeartbeatRequest', [0, 0], 0, {
  groupId: string,
  memberId: string,
  memberEpoch: int32,
  endpointInformationEpoch: int32,
  instanceId: string.nullable().default(null),
  rackId: string.nullable().default(null),
  rebalanceTimeoutMs: int32.default(-1),
  topology: struct({
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
    .nullable()
    .default(null),
  activeTasks: array(taskIds).nullable().default(null),
  standbyTasks: array(taskIds).nullable().default(null),
  warmupTasks: array(taskIds).nullable().default(null),
  processId: string.nullable().default(null),
  userEndpoint: endpoint.nullable().default(null),
  clientTags: array(keyValue).nullable().default(null),
  taskOffsets: array(taskOffset).nullable().default(null),
  taskEndOffsets: array(taskOffset).nullable().default(null),
  shutdownApplication: boolean.default(false),
})
export type StreamsGroupHeartbeatRequest = MessageOf<typeof StreamsGroupHeartbeatRequest>

const status = struct({
  statusCode: int8,
  statusDetail: string,
})

const streamsGroupHeartbeatResponseTaskIds = struct({
  subtopologyId: string,
  partitions: array(int32),
})

const streamsGroupHeartbeatResponseEndpoint = struct({
  host: string,
  port: uint16,
})

const topicPartition = struct({
  topic: string,
  partitions: array(int32),
})

export const StreamsGroupHeartbeatResponse = message('StreamsGroupHeartbeatResponse', [0, 0], 0, {
  throttleTimeMs: int32.default(0),
  errorCode: int16,
  errorMessage: string.nullable().default(null),
  memberId: string,
  memberEpoch: int32,
  heartbeatIntervalMs: int32,
  acceptableRecoveryLag: int32,
  taskOffsetIntervalMs: int32,
  status: array(status).nullable(),
  activeTasks: array(streamsGroupHeartbeatResponseTaskIds).nullable().default(null),
  standbyTasks: array(streamsGroupHeartbeatResponseTaskIds).nullable().default(null),
  warmupTasks: array(streamsGroupHeartbeatResponseTaskIds).nullable().default(null),
  endpointInformationEpoch: int32,
  partitionsByUserEndpoint: array({
    userEndpoint: streamsGroupHeartbeatResponseEndpoint,
    activePartitions: array(topicPartition),
    standbyPartitions: array(topicPartition),
  })
    .nullable()
    .default(null),
})
export type StreamsGroupHeartbeatResponse = MessageOf<typeof StreamsGroupHeartbeatResponse>
