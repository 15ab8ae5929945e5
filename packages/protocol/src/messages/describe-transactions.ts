/** DescribeTransactions (API key 65). */
import { array, int16, int32, int64, message, string, type MessageOf } from '../schema.ts'

export const DescribeTransactionsRequest = message('DescribeTransactionsRequest', [0, 0], 0, {
  transactionalIds: array(string),
})
export type DescribeTransactionsRequest = MessageOf<typeof DescribeTransactionsRequest>

export const DescribeTransactionsResponse = message('DescribeTransactionsResponse', [0, 0], 0, {
  throttleTimeMs: int32.default(0),
  transactionStates: array({
    errorCode: int16,
    transactionalId: string,
    transactionState: string,
    transactionTimeoutMs: int32,
    transactionStartTimeMs: int64,
    producerId: int64,
    producerEpoch: int16,
    topics: array({
      topic: string.mapKey(),
      partitions: array(int32),
    }),
  }),
})
export type DescribeTransactionsResponse = MessageOf<typeof DescribeTransactionsResponse>
