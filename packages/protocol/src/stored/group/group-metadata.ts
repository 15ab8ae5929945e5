/** A record of `__consumer_offsets` (type 2): key and value. */
import {
  array,
  bytes,
  int32,
  int64,
  never,
  stored,
  string,
  struct,
  type MessageOf,
} from '../../schema.ts'

export const GroupMetadataKey = stored('GroupMetadataKey', 2, [0, 0], never, {
  group: string,
})
export type GroupMetadataKey = MessageOf<typeof GroupMetadataKey>

const memberMetadata = struct({
  memberId: string,
  groupInstanceId: string.since(3).nullable(3).default(null).ignorable(),
  clientId: string,
  clientHost: string,
  rebalanceTimeout: int32.since(1).default(-1).ignorable(),
  sessionTimeout: int32,
  subscription: bytes,
  assignment: bytes,
})

export const GroupMetadataValue = stored('GroupMetadataValue', 2, [0, 4], 4, {
  protocolType: string,
  generation: int32,
  protocol: string.nullable(),
  leader: string.nullable(),
  currentStateTimestamp: int64.since(2).default(-1).ignorable(),
  members: array(memberMetadata),
})
export type GroupMetadataValue = MessageOf<typeof GroupMetadataValue>
