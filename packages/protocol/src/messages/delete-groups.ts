/** DeleteGroups (API key 42). */
import { array, int16, int32, message, string, type MessageOf } from '../schema.ts'

export const DeleteGroupsRequest = message('DeleteGroupsRequest', [0, 2], 2, {
  groupsNames: array(string),
})
export type DeleteGroupsRequest = MessageOf<typeof DeleteGroupsRequest>

export const DeleteGroupsResponse = message('DeleteGroupsResponse', [0, 2], 2, {
  throttleTimeMs: int32.default(0),
  results: array({
    groupId: string.mapKey(),
    errorCode: int16,
  }),
})
export type DeleteGroupsResponse = MessageOf<typeof DeleteGroupsResponse>
