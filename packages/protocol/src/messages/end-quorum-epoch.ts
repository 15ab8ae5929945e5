/** EndQuorumEpoch (API key 54). */
import { array, int16, int32, message, string, uint16, uuid, type MessageOf } from '../schema.ts'

export const EndQuorumEpochRequest = message('EndQuorumEpochRequest', [0, 1], 1, {
  clusterId: string.nullable().default(null),
  topics: array({
    topicName: string,
    partitions: array({
      partitionIndex: int32,
      leaderId: int32,
      leaderEpoch: int32,
      preferredSuccessors: array(int32).until(0).ignorable(),
      preferredCandidates: array({
        candidateId: int32,
        candidateDirectoryId: uuid,
      })
        .since(1)
        .ignorable(),
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
export type EndQuorumEpochRequest = MessageOf<typeof EndQuorumEpochRequest>

export const EndQuorumEpochResponse = message('EndQuorumEpochResponse', [0, 1], 1, {
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
export type EndQuorumEpochResponse = MessageOf<typeof EndQuorumEpochResponse>
