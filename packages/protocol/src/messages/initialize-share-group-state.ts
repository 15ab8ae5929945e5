/** InitializeShareGroupState (API key 83). */
import { array, int16, int32, int64, message, string, uuid, type MessageOf } from '../schema.ts'

export const InitializeShareGroupStateRequest = message(
  'InitializeShareGroupStateRequest',
  [0, 0],
  0,
  {
    groupId: string,
    topics: array({
      topicId: uuid,
      partitions: array({
        partition: int32,
        stateEpoch: int32,
        startOffset: int64,
      }),
    }),
  },
)
export type InitializeShareGroupStateRequest = MessageOf<typeof InitializeShareGroupStateRequest>

export const InitializeShareGroupStateResponse = message(
  'InitializeShareGroupStateResponse',
  [0, 0],
  0,
  {
    results: array({
      topicId: uuid,
      partitions: array({
        partition: int32,
        errorCode: int16,
        errorMessage: string.nullable().default(null),
      }),
    }),
  },
)
export type InitializeShareGroupStateResponse = MessageOf<typeof InitializeShareGroupStateResponse>
