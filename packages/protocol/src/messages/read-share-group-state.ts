/** ReadShareGroupState (API key 84). */
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

export const ReadShareGroupStateRequest = message('ReadShareGroupStateRequest', [0, 0], 0, {
  groupId: string,
  topics: array({
    topicId: uuid,
    partitions: array({
      partition: int32,
      leaderEpoch: int32,
    }),
  }),
})
export type ReadShareGroupStateRequest = MessageOf<typeof ReadShareGroupStateRequest>

export const ReadShareGroupStateResponse = message('ReadShareGroupStateResponse', [0, 0], 0, {
  results: array({
    topicId: uuid,
    partitions: array({
      partition: int32,
      errorCode: int16,
      errorMessage: string.nullable().default(null),
      stateEpoch: int32,
      startOffset: int64,
      stateBatches: array({
        firstOffset: int64,
        lastOffset: int64,
        deliveryState: int8,
        deliveryCount: int16,
      }),
    }),
  }),
})
export type ReadShareGroupStateResponse = MessageOf<typeof ReadShareGroupStateResponse>
