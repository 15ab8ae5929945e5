/** ShareAcknowledge (API key 79). */
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
  uuid,
  type MessageOf,
} from '../schema.ts'

export const ShareAcknowledgeRequest = message('ShareAcknowledgeRequest', [1, 2], 0, {
  groupId: string.nullable().default(null),
  memberId: string.nullable(),
  shareSessionEpoch: int32,
  isRenewAck: boolean.since(2).default(false),
  topics: array({
    topicId: uuid.mapKey(),
    partitions: array({
      partitionIndex: int32.mapKey(),
      acknowledgementBatches: array({
        firstOffset: int64,
        lastOffset: int64,
        acknowledgeTypes: array(int8),
      }),
    }),
  }),
})
export type ShareAcknowledgeRequest = MessageOf<typeof ShareAcknowledgeRequest>

export const ShareAcknowledgeResponse = message('ShareAcknowledgeResponse', [1, 2], 0, {
  throttleTimeMs: int32.default(0),
  errorCode: int16,
  errorMessage: string.nullable().default(null),
  acquisitionLockTimeoutMs: int32.since(2).ignorable(),
  responses: array({
    topicId: uuid.mapKey(),
    partitions: array({
      partitionIndex: int32,
      errorCode: int16,
      errorMessage: string.nullable().default(null),
      currentLeader: struct({
        leaderId: int32,
        leaderEpoch: int32,
      }),
    }),
  }),
  nodeEndpoints: array({
    nodeId: int32.mapKey(),
    host: string,
    port: int32,
    rack: string.nullable().default(null),
  }),
})
export type ShareAcknowledgeResponse = MessageOf<typeof ShareAcknowledgeResponse>
