/** ShareGroupHeartbeat (API key 76). */
import { array, int16, int32, message, string, struct, uuid, type MessageOf } from '../schema.ts'

export const ShareGroupHeartbeatRequest = message('ShareGroupHeartbeatRequest', [1, 1], 0, {
  groupId: string,
  memberId: string,
  memberEpoch: int32,
  rackId: string.nullable().default(null),
  subscribedTopicNames: array(string).nullable().default(null),
})
export type ShareGroupHeartbeatRequest = MessageOf<typeof ShareGroupHeartbeatRequest>

const topicPartitions = struct({
  topicId: uuid,
  partitions: array(int32),
})

export const ShareGroupHeartbeatResponse = message('ShareGroupHeartbeatResponse', [1, 1], 0, {
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
export type ShareGroupHeartbeatResponse = MessageOf<typeof ShareGroupHeartbeatResponse>
