/** DeleteAcls (API key 31). */
import { array, int16, int32, int8, message, string, type MessageOf } from '../schema.ts'

export const DeleteAclsRequest = message('DeleteAclsRequest', [1, 3], 2, {
  filters: array({
    resourceTypeFilter: int8,
    resourceNameFilter: string.nullable(),
    patternTypeFilter: int8.default(3),
    principalFilter: string.nullable(),
    hostFilter: string.nullable(),
    operation: int8,
    permissionType: int8,
  }),
})
export type DeleteAclsRequest = MessageOf<typeof DeleteAclsRequest>

export const DeleteAclsResponse = message('DeleteAclsResponse', [1, 3], 2, {
  throttleTimeMs: int32.default(0),
  filterResults: array({
    errorCode: int16,
    errorMessage: string.nullable(),
    matchingAcls: array({
      errorCode: int16,
      errorMessage: string.nullable(),
      resourceType: int8,
      resourceName: string,
      patternType: int8.default(3),
      principal: string,
      host: string,
      operation: int8,
      permissionType: int8,
    }),
  }),
})
export type DeleteAclsResponse = MessageOf<typeof DeleteAclsResponse>
