/** BeginQuorumEpoch (API key 53). */
import { array, int16, int32, message, string, uint16, uuid, type MessageOf } from '../schema.ts'

export const BeginQuorumEpochRequest = message('BeginQuorumEpochRequest', [0, 1], 1, {
  clusterId: string.nullable().default(null),
  voterId: int32.since(1).default(-1).ignorable(),
  topics: array({
    topicName: string,
    partitions: array({
      partitionIndex: int32,
      voterDirectoryId: uuid.since(1).ignorable(),
      leaderId: int32,
      leaderEpoch: int32,
    }),
  }),
  leaderEndpoints: array({
    name: string.mapKey(),
    host: string,
    port: uint16,
  })
    .since(1)
    .ignorable(),
})
export type BeginQuorumEpochRequest = MessageOf<typeof BeginQuorumEpochRequest>

export const BeginQuorumEpochResponse = message('BeginQuorumEpochResponse', [0, 1], 1, {
  errorCode: int16,
  topics: array({
    topicName: string,
    partitions: array({
      partitionIndex: int32,
      errorCode: int16,
      leaderId: int32,
      leaderEpoch: int32,
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
export type BeginQuorumEpochResponse = MessageOf<typeof BeginQuorumEpochResponse>
