/** AllocateProducerIds (API key 67). */
import { int16, int32, int64, message, type MessageOf } from '../schema.ts'

export const AllocateProducerIdsRequest = message('AllocateProducerIdsRequest', [0, 0], 0, {
  brokerId: int32,
  brokerEpoch: int64.default(-1),
})
export type AllocateProducerIdsRequest = MessageOf<typeof AllocateProducerIdsRequest>

export const AllocateProducerIdsResponse = message('AllocateProducerIdsResponse', [0, 0], 0, {
  throttleTimeMs: int32.default(0),
  errorCode: int16,
  producerIdStart: int64,
  producerIdLen: int32,
})
export type AllocateProducerIdsResponse = MessageOf<typeof AllocateProducerIdsResponse>
