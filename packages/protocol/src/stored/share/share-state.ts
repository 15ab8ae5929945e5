/** Records of `__share_group_state`: which records of a share partition are in what state. */
import {
  array,
  int16,
  int32,
  int64,
  int8,
  never,
  stored,
  string,
  uuid,
  type MessageOf,
} from '../../schema.ts'

export const ShareSnapshotKey = stored('ShareSnapshotKey', 0, [0, 0], never, {
  groupId: string,
  topicId: uuid,
  partition: int32,
})
export type ShareSnapshotKey = MessageOf<typeof ShareSnapshotKey>

export const ShareSnapshotValue = stored('ShareSnapshotValue', 0, [0, 0], 0, {
  snapshotEpoch: int32,
  stateEpoch: int32,
  leaderEpoch: int32,
  startOffset: int64,
  deliveryCompleteCount: int32.tagged(0).default(-1),
  createTimestamp: int64,
  writeTimestamp: int64,
  stateBatches: array({
    firstOffset: int64,
    lastOffset: int64,
    deliveryState: int8,
    deliveryCount: int16,
  }),
})
export type ShareSnapshotValue = MessageOf<typeof ShareSnapshotValue>

export const ShareUpdateKey = stored('ShareUpdateKey', 1, [0, 0], never, {
  groupId: string,
  topicId: uuid,
  partition: int32,
})
export type ShareUpdateKey = MessageOf<typeof ShareUpdateKey>

export const ShareUpdateValue = stored('ShareUpdateValue', 1, [0, 0], 0, {
  snapshotEpoch: int32,
  leaderEpoch: int32,
  startOffset: int64,
  deliveryCompleteCount: int32.tagged(0).default(-1),
  stateBatches: array({
    firstOffset: int64,
    lastOffset: int64,
    deliveryState: int8,
    deliveryCount: int16,
  }),
})
export type ShareUpdateValue = MessageOf<typeof ShareUpdateValue>
