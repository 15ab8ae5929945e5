/** AlterShareGroupOffsets (API key 91). */
import { array, int16, int32, int64, message, string, uuid, type MessageOf } from '../schema.ts'

export const AlterShareGroupOffsetsRequest = message('AlterShareGroupOffsetsRequest', [0, 0], 0, {
  groupId: string,
  topics: array({
    topicName: string.mapKey(),
    partitions: array({
      partitionIndex: int32,
      startOffset: int64,
    }),
  }),
})
export type AlterShareGroupOffsetsRequest = MessageOf<typeof AlterShareGroupOffsetsRequest>

export const AlterShareGroupOffsetsResponse = message('AlterShareGroupOffsetsResponse', [0, 0], 0, {
  throttleTimeMs: int32.default(0),
  errorCode: int16,
  errorMessage: string.nullable().default(null),
  responses: array({
    topicName: string.mapKey(),
    topicId: uuid,
    partitions: array({
      partitionIndex: int32,
      errorCode: int16,
      errorMessage: string.nullable().default(null),
    }),
  }),
})
export type AlterShareGroupOffsetsResponse = MessageOf<typeof AlterShareGroupOffsetsResponse>
