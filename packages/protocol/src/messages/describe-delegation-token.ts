/** DescribeDelegationToken (API key 41). */
import { array, bytes, int16, int32, int64, message, string, type MessageOf } from '../schema.ts'

export const DescribeDelegationTokenRequest = message('DescribeDelegationTokenRequest', [1, 3], 2, {
  owners: array({
    principalType: string,
    principalName: string,
  }).nullable(),
})
export type DescribeDelegationTokenRequest = MessageOf<typeof DescribeDelegationTokenRequest>

export const DescribeDelegationTokenResponse = message(
  'DescribeDelegationTokenResponse',
  [1, 3],
  2,
  {
    errorCode: int16,
    tokens: array({
      principalType: string,
      principalName: string,
      tokenRequesterPrincipalType: string.since(3),
      tokenRequesterPrincipalName: string.since(3),
      issueTimestamp: int64,
      expiryTimestamp: int64,
      maxTimestamp: int64,
      tokenId: string,
      hmac: bytes,
      renewers: array({
        principalType: string,
        principalName: string,
      }),
    }),
    throttleTimeMs: int32.default(0),
  },
)
export type DescribeDelegationTokenResponse = MessageOf<typeof DescribeDelegationTokenResponse>
