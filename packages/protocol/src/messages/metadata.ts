/** Metadata (API key 3). */
import { array, boolean, int16, int32, message, string, uuid, type MessageOf } from '../schema.ts'

export const MetadataRequest = message('MetadataRequest', [0, 13], 9, {
  topics: array({
    topicId: uuid.since(10).ignorable(),
    name: string.nullable(10),
  }).nullable(1),
  allowAutoTopicCreation: boolean.since(4).default(true),
  includeClusterAuthorizedOperations: boolean.since(8).until(10),
  includeTopicAuthorizedOperations: boolean.since(8),
})
export type MetadataRequest = MessageOf<typeof MetadataRequest>

export const MetadataResponse = message('MetadataResponse', [0, 13], 9, {
  throttleTimeMs: int32.since(3).default(0).ignorable(),
  brokers: array({
    nodeId: int32.mapKey(),
    host: string,
    port: int32,
    rack: string.since(1).nullable(1).default(null).ignorable(),
  }),
  clusterId: string.since(2).nullable(2).default(null).ignorable(),
  controllerId: int32.since(1).default(-1).ignorable(),
  topics: array({
    errorCode: int16,
    name: string.nullable(12).mapKey(),
    topicId: uuid.since(10).ignorable(),
    isInternal: boolean.since(1).default(false).ignorable(),
    partitions: array({
      errorCode: int16,
      partitionIndex: int32,
      leaderId: int32,
      leaderEpoch: int32.since(7).default(-1).ignorable(),
      replicaNodes: array(int32),
      isrNodes: array(int32),
      offlineReplicas: array(int32).since(5).ignorable(),
    }),
    topicAuthorizedOperations: int32.since(8).default(-2147483648),
  }),
  clusterAuthorizedOperations: int32.since(8).until(10).default(-2147483648),
  errorCode: int16.since(13).ignorable(),
})
export type MetadataResponse = MessageOf<typeof MetadataResponse>
