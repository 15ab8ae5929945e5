/** ApiVersions (API key 18). */
import { array, boolean, int16, int32, int64, message, string, type MessageOf } from '../schema.ts'

export const ApiVersionsRequest = message('ApiVersionsRequest', [0, 4], 3, {
  clientSoftwareName: string.since(3).ignorable(),
  clientSoftwareVersion: string.since(3).ignorable(),
})
export type ApiVersionsRequest = MessageOf<typeof ApiVersionsRequest>

export const ApiVersionsResponse = message('ApiVersionsResponse', [0, 4], 3, {
  errorCode: int16,
  apiKeys: array({
    apiKey: int16.mapKey(),
    minVersion: int16,
    maxVersion: int16,
  }),
  throttleTimeMs: int32.since(1).default(0).ignorable(),
  supportedFeatures: array({
    name: string.mapKey(),
    minVersion: int16,
    maxVersion: int16,
  })
    .since(3)
    .tagged(0)
    .ignorable(),
  finalizedFeaturesEpoch: int64.since(3).tagged(1).default(-1).ignorable(),
  finalizedFeatures: array({
    name: string.mapKey(),
    maxVersionLevel: int16,
    minVersionLevel: int16,
  })
    .since(3)
    .tagged(2)
    .ignorable(),
  zkMigrationReady: boolean.since(3).tagged(3).default(false).ignorable(),
})
export type ApiVersionsResponse = MessageOf<typeof ApiVersionsResponse>
