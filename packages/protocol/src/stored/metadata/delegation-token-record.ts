/** A record of `__cluster_metadata`: DelegationTokenRecord. */
import { array, int64, stored, string, type MessageOf } from '../../schema.ts'

export const DelegationTokenRecord = stored('DelegationTokenRecord', 10, [0, 0], 0, {
  owner: string,
  requester: string,
  renewers: array(string),
  issueTimestamp: int64,
  maxTimestamp: int64,
  expirationTimestamp: int64,
  tokenId: string,
})
export type DelegationTokenRecord = MessageOf<typeof DelegationTokenRecord>
