/** A record of `__cluster_metadata`: RemoveDelegationTokenRecord. */
import { stored, string, type MessageOf } from '../../schema.ts'

export const RemoveDelegationTokenRecord = stored('RemoveDelegationTokenRecord', 26, [0, 0], 0, {
  tokenId: string,
})
export type RemoveDelegationTokenRecord = MessageOf<typeof RemoveDelegationTokenRecord>
