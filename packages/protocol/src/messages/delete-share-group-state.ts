/** DeleteShareGroupState (API key 86). */
import { array, int16, int32, message, string, uuid, type MessageOf } from '../schema.ts'

export const DeleteShareGroupStateRequest = message('DeleteShareGroupStateRequest', [0, 0], 0, {
  groupId: string,
  topics: array({
    topicId: uuid,
    partitions: array({
      partition: int32,
    }),
  }),
})
export type DeleteShareGroupStateRequest = MessageOf<typeof DeleteShareGroupStateRequest>

export const DeleteShareGroupStateResponse = message('DeleteShareGroupStateResponse', [0, 0], 0, {
  results: array({
    topicId: uuid,
    partitions: array({
      partition: int32,
      errorCode: int16,
      errorMessage: string.nullable().default(null),
    }),
  }),
})
export type DeleteShareGroupStateResponse = MessageOf<typeof DeleteShareGroupStateResponse>
