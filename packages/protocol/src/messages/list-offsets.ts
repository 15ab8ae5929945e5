/** ListOffsets (API key 2). */
import { array, int16, int32, int64, int8, message, string, type MessageOf } from '../schema.ts'

export const ListOffsetsRequest = message('ListOffsetsRequest', [1, 11], 6, {
  replicaId: int32,
  isolationLevel: int8.since(2),
  topics: array({
    name: string,
    partitions: array({
      partitionIndex: int32,
      currentLeaderEpoch: int32.since(4).default(-1).ignorable(),
      timestamp: int64,
    }),
  }),
  timeoutMs: int32.since(10).ignorable(),
})
export type ListOffsetsRequest = MessageOf<typeof ListOffsetsRequest>

export const ListOffsetsResponse = message('ListOffsetsResponse', [1, 11], 6, {
  throttleTimeMs: int32.since(2).default(0).ignorable(),
  topics: array({
    name: string,
    partitions: array({
      partitionIndex: int32,
      errorCode: int16,
      timestamp: int64.default(-1),
      offset: int64.default(-1),
      leaderEpoch: int32.since(4).default(-1),
    }),
  }),
})
export type ListOffsetsResponse = MessageOf<typeof ListOffsetsResponse>
