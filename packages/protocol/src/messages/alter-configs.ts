/** AlterConfigs (API key 33). */
import { array, boolean, int16, int32, int8, message, string, type MessageOf } from '../schema.ts'

export const AlterConfigsRequest = message('AlterConfigsRequest', [0, 2], 2, {
  resources: array({
    resourceType: int8.mapKey(),
    resourceName: string.mapKey(),
    configs: array({
      name: string.mapKey(),
      value: string.nullable(),
    }),
  }),
  validateOnly: boolean,
})
export type AlterConfigsRequest = MessageOf<typeof AlterConfigsRequest>

export const AlterConfigsResponse = message('AlterConfigsResponse', [0, 2], 2, {
  throttleTimeMs: int32.default(0),
  responses: array({
    errorCode: int16,
    errorMessage: string.nullable(),
    resourceType: int8,
    resourceName: string,
  }),
})
export type AlterConfigsResponse = MessageOf<typeof AlterConfigsResponse>
