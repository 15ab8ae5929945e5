/** CreateAcls (API key 30). */
import { array, int16, int32, int8, message, string, type MessageOf } from '../schema.ts'

export const CreateAclsRequest = message('CreateAclsRequest', [1, 3], 2, {
  creations: array({
    resourceType: int8,
    resourceName: string,
    resourcePatternType: int8.default(3),
    principal: string,
    host: string,
    operation: int8,
    permissionType: int8,
  }),
})
export type CreateAclsRequest = MessageOf<typeof CreateAclsRequest>

export const CreateAclsResponse = message('CreateAclsResponse', [1, 3], 2, {
  throttleTimeMs: int32.default(0),
  results: array({
    errorCode: int16,
    errorMessage: string.nullable(),
  }),
})
export type CreateAclsResponse = MessageOf<typeof CreateAclsResponse>
