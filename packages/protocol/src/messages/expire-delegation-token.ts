/** ExpireDelegationToken (API key 40). */
import { bytes, int16, int32, int64, message, type MessageOf } from '../schema.ts'

export const ExpireDelegationTokenRequest = message('ExpireDelegationTokenRequest', [1, 2], 2, {
  hmac: bytes,
  expiryTimePeriodMs: int64,
})
export type ExpireDelegationTokenRequest = MessageOf<typeof ExpireDelegationTokenRequest>

export const ExpireDelegationTokenResponse = message('ExpireDelegationTokenResponse', [1, 2], 2, {
  errorCode: int16,
  expiryTimestampMs: int64,
  throttleTimeMs: int32.default(0),
})
export type ExpireDelegationTokenResponse = MessageOf<typeof ExpireDelegationTokenResponse>
