/** DescribeQuorum (API key 55). */
import {
  array,
  int16,
  int32,
  int64,
  message,
  string,
  struct,
  uint16,
  uuid,
  type MessageOf,
} from '../schema.ts'

export const DescribeQuorumRequest = message('DescribeQuorumRequest', [0, 2], 0, {
  topics: array({
    topicName: string,
    partitions: array({
      partitionIndex: int32,
    }),
  }),
})
export type DescribeQuorumRequest = MessageOf<typeof DescribeQuorumRequest>

const replicaState = struct({
  replicaId: int32,
  replicaDirectoryId: uuid.since(2),
  logEndOffset: int64,
  lastFetchTimestamp: int64.since(1).default(-1).ignorable(),
  lastCaughtUpTimestamp: int64.since(1).default(-1).ignorable(),
})

export const DescribeQuorumResponse = message('DescribeQuorumResponse', [0, 2], 0, {
  errorCode: int16,
  errorMessage: string.since(2).nullable(2).ignorable(),
  topics: array({
    topicName: string,
    partitions: array({
      partitionIndex: int32,
      errorCode: int16,
      errorMessage: string.since(2).nullable(2).ignorable(),
      leaderId: int32,
      leaderEpoch: int32,
      highWatermark: int64,
      currentVoters: array(replicaState),
      observers: array(replicaState),
    }),
  }),
  nodes: array({
    nodeId: int32.mapKey(),
    listeners: array({
      name: string.mapKey(),
      host: string,
      port: uint16,
    }),
  }).since(2),
})
export type DescribeQuorumResponse = MessageOf<typeof DescribeQuorumResponse>
