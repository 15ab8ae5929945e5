/** DescribeTopicPartitions (API key 75). */
import {
  array,
  boolean,
  int16,
  int32,
  message,
  string,
  struct,
  uuid,
  type MessageOf,
} from '../schema.ts'

export const DescribeTopicPartitionsRequest = message('DescribeTopicPartitionsRequest', [0, 0], 0, {
  topics: array({
    name: string,
  }),
  responsePartitionLimit: int32.default(2000),
  cursor: struct({
    topicName: string,
    partitionIndex: int32,
  })
    .nullable()
    .default(null),
})
export type DescribeTopicPartitionsRequest = MessageOf<typeof DescribeTopicPartitionsRequest>

export const DescribeTopicPartitionsResponse = message(
  'DescribeTopicPartitionsResponse',
  [0, 0],
  0,
  {
    throttleTimeMs: int32.default(0).ignorable(),
    topics: array({
      errorCode: int16,
      name: string.nullable().mapKey(),
      topicId: uuid.ignorable(),
      isInternal: boolean.default(false).ignorable(),
      partitions: array({
        errorCode: int16,
        partitionIndex: int32,
        leaderId: int32,
        leaderEpoch: int32.default(-1).ignorable(),
        replicaNodes: array(int32),
        isrNodes: array(int32),
        eligibleLeaderReplicas: array(int32).nullable().default(null),
        lastKnownElr: array(int32).nullable().default(null),
        offlineReplicas: array(int32).ignorable(),
      }),
      topicAuthorizedOperations: int32.default(-2147483648),
    }),
    nextCursor: struct({
      topicName: string,
      partitionIndex: int32,
    })
      .nullable()
      .default(null),
  },
)
export type DescribeTopicPartitionsResponse = MessageOf<typeof DescribeTopicPartitionsResponse>
