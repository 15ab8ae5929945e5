/** DescribeGroups (API key 15). */
import { array, boolean, bytes, int16, int32, message, string, type MessageOf } from '../schema.ts'

export const DescribeGroupsRequest = message('DescribeGroupsRequest', [0, 6], 5, {
  groups: array(string),
  includeAuthorizedOperations: boolean.since(3),
})
export type DescribeGroupsRequest = MessageOf<typeof DescribeGroupsRequest>

export const DescribeGroupsResponse = message('DescribeGroupsResponse', [0, 6], 5, {
  throttleTimeMs: int32.since(1).default(0).ignorable(),
  groups: array({
    errorCode: int16,
    errorMessage: string.since(6).nullable(6).default(null),
    groupId: string,
    groupState: string,
    protocolType: string,
    protocolData: string,
    members: array({
      memberId: string,
      groupInstanceId: string.since(4).nullable(4).default(null).ignorable(),
      clientId: string,
      clientHost: string,
      memberMetadata: bytes,
      memberAssignment: bytes,
    }),
    authorizedOperations: int32.since(3).default(-2147483648),
  }),
})
export type DescribeGroupsResponse = MessageOf<typeof DescribeGroupsResponse>
