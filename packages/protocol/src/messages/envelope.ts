/** Envelope (API key 58). */
import { bytes, int16, message, type MessageOf } from '../schema.ts'

export const EnvelopeRequest = message('EnvelopeRequest', [0, 0], 0, {
  requestData: bytes,
  requestPrincipal: bytes.nullable(),
  clientHostAddress: bytes,
})
export type EnvelopeRequest = MessageOf<typeof EnvelopeRequest>

export const EnvelopeResponse = message('EnvelopeResponse', [0, 0], 0, {
  responseData: bytes.nullable().default(null),
  errorCode: int16,
})
export type EnvelopeResponse = MessageOf<typeof EnvelopeResponse>
