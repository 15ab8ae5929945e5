/** UpdateFeatures (API key 57). */
import { array, boolean, int16, int32, int8, message, string, type MessageOf } from '../schema.ts'

export const UpdateFeaturesRequest = message('UpdateFeaturesRequest', [0, 2], 0, {
  timeoutMs: int32.default(60000),
  featureUpdates: array({
    feature: string.mapKey(),
    maxVersionLevel: int16,
    allowDowngrade: boolean.until(0),
    upgradeType: int8.since(1).default(1),
  }),
  validateOnly: boolean.since(1).default(false),
})
export type UpdateFeaturesRequest = MessageOf<typeof UpdateFeaturesRequest>

export const UpdateFeaturesResponse = message('UpdateFeaturesResponse', [0, 2], 0, {
  throttleTimeMs: int32.default(0),
  errorCode: int16,
  errorMessage: string.nullable(),
  results: array({
    feature: string.mapKey(),
    errorCode: int16,
    errorMessage: string.nullable(),
  })
    .until(1)
    .ignorable(),
})
export type UpdateFeaturesResponse = MessageOf<typeof UpdateFeaturesResponse>
