/** Records of access rules, credentials and tokens in `__cluster_metadata`. */
import {
  array,
  bytes,
  int32,
  int64,
  int8,
  stored,
  string,
  uuid,
  type MessageOf,
} from '../../schema.ts'

export const AccessControlEntryRecord = stored('AccessControlEntryRecord', 18, [0, 0], 0, {
  id: uuid,
  resourceType: int8,
  resourceName: string,
  patternType: int8,
  principal: string,
  host: string,
  operation: int8,
  permissionType: int8,
})
export type AccessControlEntryRecord = MessageOf<typeof AccessControlEntryRecord>

export const RemoveAccessControlEntryRecord = stored(
  'RemoveAccessControlEntryRecord',
  19,
  [0, 0],
  0,
  {
    id: uuid,
  },
)
export type RemoveAccessControlEntryRecord = MessageOf<typeof RemoveAccessControlEntryRecord>

export const UserScramCredentialRecord = stored('UserScramCredentialRecord', 11, [0, 0], 0, {
  name: string,
  mechanism: int8,
  salt: bytes,
  storedKey: bytes,
  serverKey: bytes,
  iterations: int32,
})
export type UserScramCredentialRecord = MessageOf<typeof UserScramCredentialRecord>

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

export const RemoveDelegationTokenRecord = stored('RemoveDelegationTokenRecord', 26, [0, 0], 0, {
  tokenId: string,
})
export type RemoveDelegationTokenRecord = MessageOf<typeof RemoveDelegationTokenRecord>
