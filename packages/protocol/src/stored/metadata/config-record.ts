/** A record of `__cluster_metadata`: ConfigRecord. */
import { int8, stored, string, type MessageOf } from '../../schema.ts'

export const ConfigRecord = stored('ConfigRecord', 4, [0, 0], 0, {
  resourceType: int8,
  resourceName: string,
  name: string,
  value: string.nullable(),
})
export type ConfigRecord = MessageOf<typeof ConfigRecord>
