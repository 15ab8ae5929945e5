/** RenewDelegationToken (API key 39). */
import { bytes, int16, int32, int64, message, type MessageOf } from '../schema.ts'

export const RenewDelegationTokenRequest = message('RenewDelegationTokenRequest', [1, 2], 2, {
  hmac: bytes,
  renewPeriodMs: int64,
})
export type RenewDelegationTokenRequest = MessageOf<typeof RenewDelegationTokenRequest>

export const RenewDelegationTokenResponse = message('RenewDelegationTokenResponse', [1, 2], 2, {
  errorCode: int16,
  expiryTimestampMs: int64,
  throttleTimeMs: int32.default(0),
})
export type RenewDelegationTokenResponse = MessageOf<typeof RenewDelegationTokenResponse>
