/** A record of `__cluster_metadata`: ClientQuotaRecord. */
import { array, boolean, float64, stored, string, type MessageOf } from '../../schema.ts'

export const ClientQuotaRecord = stored('ClientQuotaRecord', 14, [0, 0], 0, {
  entity: array({
    entityType: string,
    entityName: string.nullable(),
  }),
  key: string,
  value: float64,
  remove: boolean,
})
export type ClientQuotaRecord = MessageOf<typeof ClientQuotaRecord>
