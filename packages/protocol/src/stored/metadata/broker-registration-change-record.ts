/** A record of `__cluster_metadata`: BrokerRegistrationChangeRecord. */
import { array, int32, int64, int8, stored, uuid, type MessageOf } from '../../schema.ts'

export const BrokerRegistrationChangeRecord = stored(
  'BrokerRegistrationChangeRecord',
  17,
  [0, 3],
  0,
  {
    brokerId: int32,
    brokerEpoch: int64,
    fenced: int8.tagged(0),
    inControlledShutdown: int8.since(1).tagged(1),
    logDirs: array(uuid).since(2).tagged(2),
    cordonedLogDirs: array(uuid).since(3).nullable(3).tagged(3).default(null),
  },
)
export type BrokerRegistrationChangeRecord = MessageOf<typeof BrokerRegistrationChangeRecord>
