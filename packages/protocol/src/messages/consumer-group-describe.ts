/** ConsumerGroupDescribe (API key 69). */
import {
  array,
  boolean,
  int16,
  int32,
  int8,
  message,
  string,
  struct,
  uuid,
  type MessageOf,
} from '../schema.ts'

export const ConsumerGroupDescribeRequest = message('ConsumerGroupDescribeRequest', [0, 1], 0, {
  groupIds: array(string),
  includeAuthorizedOperations: boolean,
})
export type ConsumerGroupDescribeRequest = MessageOf<typeof ConsumerGroupDescribeRequest>

const topicPartitions = struct({
  topicId: uuid,
  topicName: string,
  partitions: array(int32),
})

const assignment = struct({
  topicPartitions: array(topicPartitions),
})

export const ConsumerGroupDescribeResponse = message('ConsumerGroupDescribeResponse', [0, 1], 0, {
  throttleTimeMs: int32.default(0),
  groups: array({
    errorCode: int16,
    errorMessage: string.nullable().default(null),
    groupId: string,
    groupState: string,
    groupEpoch: int32,
    assignmentEpoch: int32,
    assignorName: string,
    members: array({
      memberId: string,
      instanceId: string.nullable().default(null),
      rackId: string.nullable().default(null),
      memberEpoch: int32,
      clientId: string,
      clientHost: string,
      subscribedTopicNames: array(string),
      subscribedTopicRegex: string.nullable().default(null),
      assignment: assignment,
      targetAssignment: assignment,
      memberType: int8.since(1).default(-1).ignorable(),
    }),
    authorizedOperations: int32.default(-2147483648),
  }),
})
export type ConsumerGroupDescribeResponse = MessageOf<typeof ConsumerGroupDescribeResponse>
