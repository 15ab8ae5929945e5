/** DeleteRecords (API key 21). */
import { array, int16, int32, int64, message, string, type MessageOf } from '../schema.ts'

export const DeleteRecordsRequest = message('DeleteRecordsRequest', [0, 2], 2, {
  topics: array({
    name: string,
    partitions: array({
      partitionIndex: int32,
      offset: int64,
    }),
  }),
  timeoutMs: int32,
})
export type DeleteRecordsRequest = MessageOf<typeof DeleteRecordsRequest>

export const DeleteRecordsResponse = message('DeleteRecordsResponse', [0, 2], 2, {
  throttleTimeMs: int32.default(0),
  topics: array({
    name: string.mapKey(),
    partitions: array({
      partitionIndex: int32.mapKey(),
      lowWatermark: int64,
      errorCode: int16,
    }),
  }),
})
export type DeleteRecordsResponse = MessageOf<typeof DeleteRecordsResponse>
