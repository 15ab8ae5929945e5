/** A record of `__consumer_offsets` (type 0): key and value. */
import { int32, int64, never, stored, string, type MessageOf } from '../../schema.ts'

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
