/** DeleteTopics (API key 20). */
import { array, int16, int32, message, string, uuid, type MessageOf } from '../schema.ts'

export const DeleteTopicsRequest = message('DeleteTopicsRequest', [1, 6], 4, {
  topics: array({
    name: string.nullable().default(null),
    topicId: uuid,
  }).since(6),
  topicNames: array(string).until(5).ignorable(),
  timeoutMs: int32,
})
export type DeleteTopicsRequest = MessageOf<typeof DeleteTopicsRequest>

export const DeleteTopicsResponse = message('DeleteTopicsResponse', [1, 6], 4, {
  throttleTimeMs: int32.default(0).ignorable(),
  responses: array({
    name: string.nullable(6).mapKey(),
    topicId: uuid.since(6).ignorable(),
    errorCode: int16,
    errorMessage: string.since(5).nullable(5).default(null).ignorable(),
  }),
})
export type DeleteTopicsResponse = MessageOf<typeof DeleteTopicsResponse>
