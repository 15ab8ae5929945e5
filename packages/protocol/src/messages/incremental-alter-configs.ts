/** IncrementalAlterConfigs (API key 44). */
import { array, boolean, int16, int32, int8, message, string, type MessageOf } from '../schema.ts'

export const IncrementalAlterConfigsRequest = message('IncrementalAlterConfigsRequest', [0, 1], 1, {
  resources: array({
    resourceType: int8.mapKey(),
    resourceName: string.mapKey(),
    configs: array({
      name: string.mapKey(),
      configOperation: int8.mapKey(),
      value: string.nullable(),
    }),
  }),
  validateOnly: boolean,
})
export type IncrementalAlterConfigsRequest = MessageOf<typeof IncrementalAlterConfigsRequest>

export const IncrementalAlterConfigsResponse = message(
  'IncrementalAlterConfigsResponse',
  [0, 1],
  1,
  {
    throttleTimeMs: int32.default(0),
    responses: array({
      errorCode: int16,
      errorMessage: string.nullable(),
      resourceType: int8,
      resourceName: string,
    }),
  },
)
export type IncrementalAlterConfigsResponse = MessageOf<typeof IncrementalAlterConfigsResponse>
