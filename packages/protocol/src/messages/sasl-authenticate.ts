/** SaslAuthenticate (API key 36). */
import { bytes, int16, int64, message, string, type MessageOf } from '../schema.ts'

export const SaslAuthenticateRequest = message('SaslAuthenticateRequest', [0, 2], 2, {
  authBytes: bytes,
})
export type SaslAuthenticateRequest = MessageOf<typeof SaslAuthenticateRequest>

export const SaslAuthenticateResponse = message('SaslAuthenticateResponse', [0, 2], 2, {
  errorCode: int16,
  errorMessage: string.nullable(),
  authBytes: bytes,
  sessionLifetimeMs: int64.since(1).default(0).ignorable(),
})
export type SaslAuthenticateResponse = MessageOf<typeof SaslAuthenticateResponse>
