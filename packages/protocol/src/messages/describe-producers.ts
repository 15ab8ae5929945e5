/** DescribeProducers (API key 61). */
import { array, int16, int32, int64, message, string, type MessageOf } from '../schema.ts'

export const DescribeProducersRequest = message('DescribeProducersRequest', [0, 0], 0, {
  topics: array({
    name: string,
    partitionIndexes: array(int32),
  }),
})
export type DescribeProducersRequest = MessageOf<typeof DescribeProducersRequest>

export const DescribeProducersResponse = message('DescribeProducersResponse', [0, 0], 0, {
  throttleTimeMs: int32.default(0),
  topics: array({
    name: string,
    partitions: array({
      partitionIndex: int32,
      errorCode: int16,
      errorMessage: string.nullable().default(null),
      activeProducers: array({
        producerId: int64,
        producerEpoch: int32,
        lastSequence: int32.default(-1),
        lastTimestamp: int64.default(-1),
        coordinatorEpoch: int32,
        currentTxnStartOffset: int64.default(-1),
      }),
    }),
  }),
})
export type DescribeProducersResponse = MessageOf<typeof DescribeProducersResponse>
