/** ListGroups (API key 16). */
import { array, int16, int32, message, string, type MessageOf } from '../schema.ts'

export const ListGroupsRequest = message('ListGroupsRequest', [0, 5], 3, {
  statesFilter: array(string).since(4),
  typesFilter: array(string).since(5),
})
export type ListGroupsRequest = MessageOf<typeof ListGroupsRequest>

export const ListGroupsResponse = message('ListGroupsResponse', [0, 5], 3, {
  throttleTimeMs: int32.since(1).default(0).ignorable(),
  errorCode: int16,
  groups: array({
    groupId: string,
    protocolType: string,
    groupState: string.since(4).ignorable(),
    groupType: string.since(5).ignorable(),
  }),
})
export type ListGroupsResponse = MessageOf<typeof ListGroupsResponse>
