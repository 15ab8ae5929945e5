/** A record of `__cluster_metadata`: UserScramCredentialRecord. */
import { bytes, int32, int8, stored, string, type MessageOf } from '../../schema.ts'

export const UserScramCredentialRecord = stored('UserScramCredentialRecord', 11, [0, 0], 0, {
  name: string,
  mechanism: int8,
  salt: bytes,
  storedKey: bytes,
  serverKey: bytes,
  iterations: int32,
})
export type UserScramCredentialRecord = MessageOf<typeof UserScramCredentialRecord>
