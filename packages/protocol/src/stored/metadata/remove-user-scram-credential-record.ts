/** A record of `__cluster_metadata`: RemoveUserScramCredentialRecord. */
import { int8, stored, string, type MessageOf } from '../../schema.ts'

export const RemoveUserScramCredentialRecord = stored(
  'RemoveUserScramCredentialRecord',
  22,
  [0, 0],
  0,
  {
    name: string,
    mechanism: int8,
  },
)
export type RemoveUserScramCredentialRecord = MessageOf<typeof RemoveUserScramCredentialRecord>
