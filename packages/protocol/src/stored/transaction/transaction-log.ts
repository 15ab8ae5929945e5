/** A record of `__transaction_state` (type 0): key and value. */
import {
  array,
  int16,
  int32,
  int64,
  int8,
  never,
  stored,
  string,
  type MessageOf,
} from '../../schema.ts'

export const TransactionLogKey = stored('TransactionLogKey', 0, [0, 0], never, {
  transactionalId: string,
})
export type TransactionLogKey = MessageOf<typeof TransactionLogKey>

export const TransactionLogValue = stored('TransactionLogValue', 0, [0, 1], 1, {
  producerId: int64,
  previousProducerId: int64.since(1).tagged(0).default(-1),
  nextProducerId: int64.since(1).tagged(1).default(-1),
  producerEpoch: int16,
  nextProducerEpoch: int16.since(1).tagged(3).default(-1),
  transactionTimeoutMs: int32,
  transactionStatus: int8,
  transactionPartitions: array({
    topic: string,
    partitionIds: array(int32),
  }).nullable(),
  transactionLastUpdateTimestampMs: int64,
  transactionStartTimestampMs: int64,
  clientTransactionVersion: int16.since(1).tagged(2).default(0),
})
export type TransactionLogValue = MessageOf<typeof TransactionLogValue>
