/** Records of committed offsets and of classic groups in `__consumer_offsets`. */
import {
  array,
  bytes,
  int32,
  int64,
  never,
  stored,
  string,
  struct,
  uuid,
  type MessageOf,
} from '../../schema.ts'

export const OffsetCommitKey = stored('OffsetCommitKey', 1, [0, 0], never, {
  group: string,
  topic: string,
  partition: int32,
})
export type OffsetCommitKey = MessageOf<typeof OffsetCommitKey>

export const OffsetCommitValue = stored('OffsetCommitValue', 1, [0, 4], 4, {
  offset: int64,
  leaderEpoch: int32.since(3).default(-1).ignorable(),
  metadata: string,
  commitTimestamp: int64,
  expireTimestamp: int64.since(1).until(1).default(-1).ignorable(),
  topicId: uuid.since(4).tagged(0).ignorable(),
})
export type OffsetCommitValue = MessageOf<typeof OffsetCommitValue>

export const LegacyOffsetCommitKey = stored('LegacyOffsetCommitKey', 0, [0, 0], never, {
  group: string,
  topic: string,
  partition: int32,
})
export type LegacyOffsetCommitKey = MessageOf<typeof LegacyOffsetCommitKey>

export const LegacyOffsetCommitValue = stored('LegacyOffsetCommitValue', 0, [0, 0], never, {
  offset: int64,
  metadata: string,
  commitTimestamp: int64,
})
export type LegacyOffsetCommitValue = MessageOf<typeof LegacyOffsetCommitValue>

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
