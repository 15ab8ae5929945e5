/** Vote (API key 52). */
import {
  array,
  boolean,
  int16,
  int32,
  int64,
  message,
  string,
  uint16,
  uuid,
  type MessageOf,
} from '../schema.ts'

export const VoteRequest = message('VoteRequest', [0, 2], 0, {
  clusterId: string.nullable().default(null),
  voterId: int32.since(1).default(-1).ignorable(),
  topics: array({
    topicName: string,
    partitions: array({
      partitionIndex: int32,
      replicaEpoch: int32,
      replicaId: int32,
      replicaDirectoryId: uuid.since(1).ignorable(),
      voterDirectoryId: uuid.since(1).ignorable(),
      lastOffsetEpoch: int32,
      lastOffset: int64,
      preVote: boolean.since(2),
    }),
  }),
})
export type VoteRequest = MessageOf<typeof VoteRequest>

export const VoteResponse = message('VoteResponse', [0, 2], 0, {
  errorCode: int16,
  topics: array({
    topicName: string,
    partitions: array({
      partitionIndex: int32,
      errorCode: int16,
      leaderId: int32,
      leaderEpoch: int32,
      voteGranted: boolean,
    }),
  }),
  nodeEndpoints: array({
    nodeId: int32.mapKey(),
    host: string,
    port: uint16,
  })
    .since(1)
    .tagged(0),
})
export type VoteResponse = MessageOf<typeof VoteResponse>
