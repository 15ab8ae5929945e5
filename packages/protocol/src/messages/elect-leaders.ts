/** ElectLeaders (API key 43). */
import { array, int16, int32, int8, message, string, type MessageOf } from '../schema.ts'

export const ElectLeadersRequest = message('ElectLeadersRequest', [0, 2], 2, {
  electionType: int8.since(1),
  topicPartitions: array({
    topic: string.mapKey(),
    partitions: array(int32),
  }).nullable(),
  timeoutMs: int32.default(60000),
})
export type ElectLeadersRequest = MessageOf<typeof ElectLeadersRequest>

export const ElectLeadersResponse = message('ElectLeadersResponse', [0, 2], 2, {
  throttleTimeMs: int32.default(0),
  errorCode: int16.since(1),
  replicaElectionResults: array({
    topic: string,
    partitionResult: array({
      partitionId: int32,
      errorCode: int16,
      errorMessage: string.nullable(),
    }),
  }),
})
export type ElectLeadersResponse = MessageOf<typeof ElectLeadersResponse>
