/** EndTxn (API key 26). */
import { boolean, int16, int32, int64, message, string, type MessageOf } from '../schema.ts'

export const EndTxnRequest = message('EndTxnRequest', [0, 5], 3, {
  transactionalId: string,
  producerId: int64,
  producerEpoch: int16,
  committed: boolean,
})
export type EndTxnRequest = MessageOf<typeof EndTxnRequest>

export const EndTxnResponse = message('EndTxnResponse', [0, 5], 3, {
  throttleTimeMs: int32.default(0),
  errorCode: int16,
  producerId: int64.since(5).default(-1).ignorable(),
  producerEpoch: int16.since(5).default(-1).ignorable(),
})
export type EndTxnResponse = MessageOf<typeof EndTxnResponse>
