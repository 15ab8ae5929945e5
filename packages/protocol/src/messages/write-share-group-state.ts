/** WriteShareGroupState (API key 85). */
import {
  array,
  int16,
  int32,
  int64,
  int8,
  message,
  string,
  uuid,
  type MessageOf,
} from '../schema.ts'

export const WriteShareGroupStateRequest = message('WriteShareGroupStateRequest', [0, 1], 0, {
  groupId: string,
  topics: array({
    topicId: uuid,
    partitions: array({
      partition: int32,
      stateEpoch: int32,
      leaderEpoch: int32,
      startOffset: int64,
      deliveryCompleteCount: int32.since(1).default(-1).ignorable(),
      stateBatches: array({
        firstOffset: int64,
        lastOffset: int64,
        deliveryState: int8,
        deliveryCount: int16,
      }),
    }),
  }),
})
export type WriteShareGroupStateRequest = MessageOf<typeof WriteShareGroupStateRequest>

export const WriteShareGroupStateResponse = message('WriteShareGroupStateResponse', [0, 1], 0, {
  results: array({
    topicId: uuid,
    partitions: array({
      partition: int32,
      errorCode: int16,
      errorMessage: string.nullable().default(null),
    }),
  }),
})
export type WriteShareGroupStateResponse = MessageOf<typeof WriteShareGroupStateResponse>
