/** ConsumerGroupHeartbeat (API key 68). */
import { array, int16, int32, message, string, struct, uuid, type MessageOf } from '../schema.ts'

export const ConsumerGroupHeartbeatRequest = message('ConsumerGroupHeartbeatRequest', [0, 1], 0, {
  groupId: string,
  memberId: string,
  memberEpoch: int32,
  instanceId: string.nullable().default(null),
  rackId: string.nullable().default(null),
  rebalanceTimeoutMs: int32.default(-1),
  subscribedTopicNames: array(string).nullable().default(null),
  subscribedTopicRegex: string.since(1).nullable(1).default(null),
  serverAssignor: string.nullable().default(null),
  topicPartitions: array({
    topicId: uuid,
    partitions: array(int32),
  })
    .nullable()
    .default(null),
})
export type ConsumerGroupHeartbeatRequest = MessageOf<typeof ConsumerGroupHeartbeatRequest>

const topicPartitions = struct({
  topicId: uuid,
  partitions: array(int32),
})

export const ConsumerGroupHeartbeatResponse = message('ConsumerGroupHeartbeatResponse', [0, 1], 0, {
  throttleTimeMs: int32.default(0),
  errorCode: int16,
  errorMessage: string.nullable().default(null),
  memberId: string.nullable().default(null),
  memberEpoch: int32,
  heartbeatIntervalMs: int32,
  assignment: struct({
    topicPartitions: array(topicPartitions),
  })
    .nullable()
    .default(null),
})
export type ConsumerGroupHeartbeatResponse = MessageOf<typeof ConsumerGroupHeartbeatResponse>
