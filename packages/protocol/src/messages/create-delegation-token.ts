/** CreateDelegationToken (API key 38). */
import { array, bytes, int16, int32, int64, message, string, type MessageOf } from '../schema.ts'

export const CreateDelegationTokenRequest = message('CreateDelegationTokenRequest', [1, 3], 2, {
  ownerPrincipalType: string.since(3).nullable(3),
  ownerPrincipalName: string.since(3).nullable(3),
  renewers: array({
    principalType: string,
    principalName: string,
  }),
  maxLifetimeMs: int64,
})
export type CreateDelegationTokenRequest = MessageOf<typeof CreateDelegationTokenRequest>

export const CreateDelegationTokenResponse = message('CreateDelegationTokenResponse', [1, 3], 2, {
  errorCode: int16,
  principalType: string,
  principalName: string,
  tokenRequesterPrincipalType: string.since(3),
  tokenRequesterPrincipalName: string.since(3),
  issueTimestampMs: int64,
  expiryTimestampMs: int64,
  maxTimestampMs: int64,
  tokenId: string,
  hmac: bytes,
  throttleTimeMs: int32.default(0),
})
export type CreateDelegationTokenResponse = MessageOf<typeof CreateDelegationTokenResponse>
