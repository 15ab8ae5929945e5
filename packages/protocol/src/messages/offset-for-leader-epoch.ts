/** OffsetForLeaderEpoch (API key 23). */
import { array, int16, int32, int64, message, string, type MessageOf } from '../schema.ts'

export const OffsetForLeaderEpochRequest = message('OffsetForLeaderEpochRequest', [2, 4], 4, {
  replicaId: int32.since(3).default(-2).ignorable(),
  topics: array({
    topic: string.mapKey(),
    partitions: array({
      partition: int32,
      currentLeaderEpoch: int32.default(-1).ignorable(),
      leaderEpoch: int32,
    }),
  }),
})
export type OffsetForLeaderEpochRequest = MessageOf<typeof OffsetForLeaderEpochRequest>

export const OffsetForLeaderEpochResponse = message('OffsetForLeaderEpochResponse', [2, 4], 4, {
  throttleTimeMs: int32.default(0).ignorable(),
  topics: array({
    topic: string.mapKey(),
    partitions: array({
      errorCode: int16,
      partition: int32,
      leaderEpoch: int32.default(-1).ignorable(),
      endOffset: int64.default(-1),
    }),
  }),
})
export type OffsetForLeaderEpochResponse = MessageOf<typeof OffsetForLeaderEpochResponse>
