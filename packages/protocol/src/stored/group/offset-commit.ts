/** A record of `__consumer_offsets` (type 1): key and value. */
import { int32, int64, never, stored, string, uuid, type MessageOf } from '../../schema.ts'

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
