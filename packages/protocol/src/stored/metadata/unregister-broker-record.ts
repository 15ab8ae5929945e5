/** A record of `__cluster_metadata`: UnregisterBrokerRecord. */
import { int32, int64, stored, type MessageOf } from '../../schema.ts'

export const UnregisterBrokerRecord = stored('UnregisterBrokerRecord', 1, [0, 0], 0, {
  brokerId: int32,
  brokerEpoch: int64,
})
export type UnregisterBrokerRecord = MessageOf<typeof UnregisterBrokerRecord>
