/** ShareGroupDescribe (API key 77). */
import {
  array,
  boolean,
  int16,
  int32,
  message,
  string,
  struct,
  uuid,
  type MessageOf,
} from '../schema.ts'

export const ShareGroupDescribeRequest = message('ShareGroupDescribeRequest', [1, 1], 0, {
  groupIds: array(string),
  includeAuthorizedOperations: boolean,
})
export type ShareGroupDescribeRequest = MessageOf<typeof ShareGroupDescribeRequest>

const topicPartitions = struct({
  topicId: uuid,
  topicName: string,
  partitions: array(int32),
})

const assignment = struct({
  topicPartitions: array(topicPartitions),
})

export const ShareGroupDescribeResponse = message('ShareGroupDescribeResponse', [1, 1], 0, {
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
      rackId: string.nullable().default(null),
      memberEpoch: int32,
      clientId: string,
      clientHost: string,
      subscribedTopicNames: array(string),
      assignment: assignment,
    }),
    authorizedOperations: int32.default(-2147483648),
  }),
})
export type ShareGroupDescribeResponse = MessageOf<typeof ShareGroupDescribeResponse>
