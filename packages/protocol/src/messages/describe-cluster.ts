/** DescribeCluster (API key 60). */
import { array, boolean, int16, int32, int8, message, string, type MessageOf } from '../schema.ts'

export const DescribeClusterRequest = message('DescribeClusterRequest', [0, 2], 0, {
  includeClusterAuthorizedOperations: boolean,
  endpointType: int8.since(1).default(1),
  includeFencedBrokers: boolean.since(2),
})
export type DescribeClusterRequest = MessageOf<typeof DescribeClusterRequest>

export const DescribeClusterResponse = message('DescribeClusterResponse', [0, 2], 0, {
  throttleTimeMs: int32.default(0),
  errorCode: int16,
  errorMessage: string.nullable().default(null),
  endpointType: int8.since(1).default(1),
  clusterId: string,
  controllerId: int32.default(-1),
  brokers: array({
    brokerId: int32.mapKey(),
    host: string,
    port: int32,
    rack: string.nullable().default(null),
    isFenced: boolean.since(2),
  }),
  clusterAuthorizedOperations: int32.default(-2147483648),
})
export type DescribeClusterResponse = MessageOf<typeof DescribeClusterResponse>
