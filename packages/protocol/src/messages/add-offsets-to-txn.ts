/** AddOffsetsToTxn (API key 25). */
import { int16, int32, int64, message, string, type MessageOf } from '../schema.ts'

export const AddOffsetsToTxnRequest = message('AddOffsetsToTxnRequest', [0, 4], 3, {
  transactionalId: string,
  producerId: int64,
  producerEpoch: int16,
  groupId: string,
})
export type AddOffsetsToTxnRequest = MessageOf<typeof AddOffsetsToTxnRequest>

export const AddOffsetsToTxnResponse = message('AddOffsetsToTxnResponse', [0, 4], 3, {
  throttleTimeMs: int32.default(0),
  errorCode: int16,
})
export type AddOffsetsToTxnResponse = MessageOf<typeof AddOffsetsToTxnResponse>
