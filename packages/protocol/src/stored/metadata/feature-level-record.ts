/** A record of `__cluster_metadata`: FeatureLevelRecord. */
import { int16, stored, string, type MessageOf } from '../../schema.ts'

export const FeatureLevelRecord = stored('FeatureLevelRecord', 12, [0, 0], 0, {
  name: string,
  featureLevel: int16,
})
export type FeatureLevelRecord = MessageOf<typeof FeatureLevelRecord>
