/** A record of `__cluster_metadata`: FenceBrokerRecord. */
import { int32, int64, stored, type MessageOf } from '../../schema.ts'

export const FenceBrokerRecord = stored('FenceBrokerRecord', 7, [0, 0], 0, {
  id: int32,
  epoch: int64,
})
export type FenceBrokerRecord = MessageOf<typeof FenceBrokerRecord>
