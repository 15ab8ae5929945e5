/** A record of `__cluster_metadata`: ProducerIdsRecord. */
import { int32, int64, stored, type MessageOf } from '../../schema.ts'

export const ProducerIdsRecord = stored('ProducerIdsRecord', 15, [0, 0], 0, {
  brokerId: int32,
  brokerEpoch: int64.default(-1),
  nextProducerId: int64,
})
export type ProducerIdsRecord = MessageOf<typeof ProducerIdsRecord>
