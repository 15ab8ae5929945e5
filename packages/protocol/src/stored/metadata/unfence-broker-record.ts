/** A record of `__cluster_metadata`: UnfenceBrokerRecord. */
import { int32, int64, stored, type MessageOf } from '../../schema.ts'

export const UnfenceBrokerRecord = stored('UnfenceBrokerRecord', 8, [0, 0], 0, {
  id: int32,
  epoch: int64,
})
export type UnfenceBrokerRecord = MessageOf<typeof UnfenceBrokerRecord>
