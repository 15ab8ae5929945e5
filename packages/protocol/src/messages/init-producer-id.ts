/** InitProducerId (API key 22). */
import { boolean, int16, int32, int64, message, string, type MessageOf } from '../schema.ts'

export const InitProducerIdRequest = message('InitProducerIdRequest', [0, 6], 2, {
  transactionalId: string.nullable(),
  transactionTimeoutMs: int32,
  producerId: int64.since(3).default(-1),
  producerEpoch: int16.since(3).default(-1),
  enable2Pc: boolean.since(6).default(false),
  keepPreparedTxn: boolean.since(6).default(false),
})
export type InitProducerIdRequest = MessageOf<typeof InitProducerIdRequest>

export const InitProducerIdResponse = message('InitProducerIdResponse', [0, 6], 2, {
  throttleTimeMs: int32.default(0).ignorable(),
  errorCode: int16,
  producerId: int64.default(-1),
  producerEpoch: int16,
  ongoingTxnProducerId: int64.since(6).default(-1),
  ongoingTxnProducerEpoch: int16.since(6).default(-1),
})
export type InitProducerIdResponse = MessageOf<typeof InitProducerIdResponse>
