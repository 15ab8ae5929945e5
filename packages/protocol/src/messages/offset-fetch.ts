/** OffsetFetch (API key 9). */
import {
  array,
  boolean,
  int16,
  int32,
  int64,
  message,
  string,
  uuid,
  type MessageOf,
} from '../schema.ts'

export const OffsetFetchRequest = message('OffsetFetchRequest', [1, 10], 6, {
  groupId: string.until(7),
  topics: array({
    name: string,
    partitionIndexes: array(int32),
  })
    .until(7)
    .nullable(2),
  groups: array({
    groupId: string,
    memberId: string.since(9).nullable(9).default(null).ignorable(),
    memberEpoch: int32.since(9).default(-1).ignorable(),
    topics: array({
      name: string.until(9).ignorable(),
      topicId: uuid.since(10).ignorable(),
      partitionIndexes: array(int32),
    }).nullable(),
  }).since(8),
  requireStable: boolean.since(7).default(false),
})
export type OffsetFetchRequest = MessageOf<typeof OffsetFetchRequest>

export const OffsetFetchResponse = message('OffsetFetchResponse', [1, 10], 6, {
  throttleTimeMs: int32.since(3).default(0).ignorable(),
  topics: array({
    name: string,
    partitions: array({
      partitionIndex: int32,
      committedOffset: int64,
      committedLeaderEpoch: int32.since(5).default(-1).ignorable(),
      metadata: string.nullable(),
      errorCode: int16,
    }),
  }).until(7),
  errorCode: int16.since(2).until(7).default(0).ignorable(),
  groups: array({
    groupId: string,
    topics: array({
      name: string.until(9).ignorable(),
      topicId: uuid.since(10).ignorable(),
      partitions: array({
        partitionIndex: int32,
        committedOffset: int64,
        committedLeaderEpoch: int32.default(-1).ignorable(),
        metadata: string.nullable(),
        errorCode: int16,
      }),
    }),
    errorCode: int16.default(0),
  }).since(8),
})
export type OffsetFetchResponse = MessageOf<typeof OffsetFetchResponse>
