/** ShareFetch (API key 78). */
import {
  array,
  boolean,
  int16,
  int32,
  int64,
  int8,
  message,
  records,
  string,
  struct,
  uuid,
  type MessageOf,
} from '../schema.ts'

export const ShareFetchRequest = message('ShareFetchRequest', [1, 2], 0, {
  groupId: string.nullable().default(null),
  memberId: string.nullable(),
  shareSessionEpoch: int32,
  maxWaitMs: int32,
  minBytes: int32,
  maxBytes: int32.default(2147483647),
  maxRecords: int32,
  batchSize: int32,
  shareAcquireMode: int8.since(2).default(0).ignorable(),
  isRenewAck: boolean.since(2).default(false),
  topics: array({
    topicId: uuid.mapKey(),
    partitions: array({
      partitionIndex: int32.mapKey(),
      partitionMaxBytes: int32.until(0),
      acknowledgementBatches: array({
        firstOffset: int64,
        lastOffset: int64,
        acknowledgeTypes: array(int8),
      }),
    }),
  }),
  forgottenTopicsData: array({
    topicId: uuid,
    partitions: array(int32),
  }),
})
export type ShareFetchRequest = MessageOf<typeof ShareFetchRequest>

export const ShareFetchResponse = message('ShareFetchResponse', [1, 2], 0, {
  throttleTimeMs: int32.default(0),
  errorCode: int16,
  errorMessage: string.nullable().default(null),
  acquisitionLockTimeoutMs: int32,
  responses: array({
    topicId: uuid.mapKey(),
    partitions: array({
      partitionIndex: int32,
      errorCode: int16,
      errorMessage: string.nullable().default(null),
      acknowledgeErrorCode: int16,
      acknowledgeErrorMessage: string.nullable().default(null),
      currentLeader: struct({
        leaderId: int32,
        leaderEpoch: int32,
      }),
      records: records.nullable(1, 0),
      acquiredRecords: array({
        firstOffset: int64,
        lastOffset: int64,
        deliveryCount: int16,
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
export type ShareFetchResponse = MessageOf<typeof ShareFetchResponse>
