/** TxnOffsetCommit (API key 28). */
import { array, int16, int32, int64, message, string, type MessageOf } from '../schema.ts'

export const TxnOffsetCommitRequest = message('TxnOffsetCommitRequest', [0, 5], 3, {
  transactionalId: string,
  groupId: string,
  producerId: int64,
  producerEpoch: int16,
  generationId: int32.since(3).default(-1),
  memberId: string.since(3).default(''),
  groupInstanceId: string.since(3).nullable(3).default(null),
  topics: array({
    name: string,
    partitions: array({
      partitionIndex: int32,
      committedOffset: int64,
      committedLeaderEpoch: int32.since(2).default(-1).ignorable(),
      committedMetadata: string.nullable(),
    }),
  }),
})
export type TxnOffsetCommitRequest = MessageOf<typeof TxnOffsetCommitRequest>

export const TxnOffsetCommitResponse = message('TxnOffsetCommitResponse', [0, 5], 3, {
  throttleTimeMs: int32.default(0),
  topics: array({
    name: string,
    partitions: array({
      partitionIndex: int32,
      errorCode: int16,
    }),
  }),
})
export type TxnOffsetCommitResponse = MessageOf<typeof TxnOffsetCommitResponse>
