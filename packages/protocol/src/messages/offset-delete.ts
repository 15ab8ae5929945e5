/** OffsetDelete (API key 47). */
import { array, int16, int32, message, never, string, type MessageOf } from '../schema.ts'

export const OffsetDeleteRequest = message('OffsetDeleteRequest', [0, 0], never, {
  groupId: string,
  topics: array({
    name: string.mapKey(),
    partitions: array({
      partitionIndex: int32,
    }),
  }),
})
export type OffsetDeleteRequest = MessageOf<typeof OffsetDeleteRequest>

export const OffsetDeleteResponse = message('OffsetDeleteResponse', [0, 0], never, {
  errorCode: int16,
  throttleTimeMs: int32.default(0).ignorable(),
  topics: array({
    name: string.mapKey(),
    partitions: array({
      partitionIndex: int32.mapKey(),
      errorCode: int16,
    }),
  }),
})
export type OffsetDeleteResponse = MessageOf<typeof OffsetDeleteResponse>
