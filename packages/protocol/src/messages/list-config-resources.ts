/** ListConfigResources (API key 74). */
import { array, int16, int32, int8, message, string, type MessageOf } from '../schema.ts'

export const ListConfigResourcesRequest = message('ListConfigResourcesRequest', [0, 1], 0, {
  resourceTypes: array(int8).since(1),
})
export type ListConfigResourcesRequest = MessageOf<typeof ListConfigResourcesRequest>

export const ListConfigResourcesResponse = message('ListConfigResourcesResponse', [0, 1], 0, {
  throttleTimeMs: int32.default(0),
  errorCode: int16,
  configResources: array({
    resourceName: string,
    resourceType: int8.since(1).default(16).ignorable(),
  }),
})
export type ListConfigResourcesResponse = MessageOf<typeof ListConfigResourcesResponse>
