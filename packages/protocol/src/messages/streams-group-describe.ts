/** StreamsGroupDescribe (API key 89). */
import {
  array,
  boolean,
  int16,
  int32,
  int64,
  message,
  string,
  struct,
  uint16,
  type MessageOf,
} from '../schema.ts'

export const StreamsGroupDescribeRequest = message('StreamsGroupDescribeRequest', [0, 0], 0, {
  groupIds: array(string),
  includeAuthorizedOperations: boolean,
})
export type StreamsGroupDescribeRequest = MessageOf<typeof StreamsGroupDescribeRequest>

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

const endpoint = struct({
  host: string,
  port: uint16,
})

const taskOffset = struct({
  subtopologyId: string,
  partition: int32,
  offset: int64,
})

const taskIds = struct({
  subtopologyId: string,
  partitions: array(int32),
})

const assignment = struct({
  activeTasks: array(taskIds),
  standbyTasks: array(taskIds),
  warmupTasks: array(taskIds),
})

export const StreamsGroupDescribeResponse = message('StreamsGroupDescribeResponse', [0, 0], 0, {
  throttleTimeMs: int32.default(0),
  groups: array({
    errorCode: int16,
    errorMessage: string.nullable().default(null),
    groupId: string,
    groupState: string,
    groupEpoch: int32,
    assignmentEpoch: int32,
    topology: struct({
      epoch: int32,
      subtopologies: array({
        subtopologyId: string,
        sourceTopics: array(string),
        repartitionSinkTopics: array(string),
        stateChangelogTopics: array(topicInfo),
        repartitionSourceTopics: array(topicInfo),
      })
        .nullable()
        .default(null),
    })
      .nullable()
      .default(null),
    members: array({
      memberId: string,
      memberEpoch: int32,
      instanceId: string.nullable().default(null),
      rackId: string.nullable().default(null),
      clientId: string,
      clientHost: string,
      topologyEpoch: int32,
      processId: string,
      userEndpoint: endpoint.nullable().default(null),
      clientTags: array(keyValue),
      taskOffsets: array(taskOffset),
      taskEndOffsets: array(taskOffset),
      assignment: assignment,
      targetAssignment: assignment,
      isClassic: boolean,
    }),
    authorizedOperations: int32.default(-2147483648),
  }),
})
export type StreamsGroupDescribeResponse = MessageOf<typeof StreamsGroupDescribeResponse>
