/** DeleteShareGroupOffsets (API key 92). */
import { array, int16, int32, message, string, uuid, type MessageOf } from '../schema.ts'

export const DeleteShareGroupOffsetsRequest = message('DeleteShareGroupOffsetsRequest', [0, 0], 0, {
  groupId: string,
  topics: array({
    topicName: string,
  }),
})
export type DeleteShareGroupOffsetsRequest = MessageOf<typeof DeleteShareGroupOffsetsRequest>

export const DeleteShareGroupOffsetsResponse = message(
  'DeleteShareGroupOffsetsResponse',
  [0, 0],
  0,
  {
    throttleTimeMs: int32.default(0),
    errorCode: int16,
    errorMessage: string.nullable().default(null),
    responses: array({
      topicName: string,
      topicId: uuid,
      errorCode: int16,
      errorMessage: string.nullable().default(null),
    }),
  },
)
export type DeleteShareGroupOffsetsResponse = MessageOf<typeof DeleteShareGroupOffsetsResponse>
