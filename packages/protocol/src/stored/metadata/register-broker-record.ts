/** A record of `__cluster_metadata`: RegisterBrokerRecord. */
import {
  array,
  boolean,
  int16,
  int32,
  int64,
  stored,
  string,
  uint16,
  uuid,
  type MessageOf,
} from '../../schema.ts'

export const RegisterBrokerRecord = stored('RegisterBrokerRecord', 0, [0, 4], 0, {
  brokerId: int32,
  isMigratingZkBroker: boolean.since(2).default(false),
  incarnationId: uuid,
  brokerEpoch: int64,
  endPoints: array({
    name: string.mapKey(),
    host: string,
    port: uint16,
    securityProtocol: int16,
  }),
  features: array({
    name: string.mapKey(),
    minSupportedVersion: int16,
    maxSupportedVersion: int16,
  }),
  rack: string.nullable(),
  fenced: boolean.default(true),
  inControlledShutdown: boolean.since(1).default(false),
  logDirs: array(uuid).since(3).tagged(0),
  cordonedLogDirs: array(uuid).since(4).nullable(4).tagged(1).default(null),
})
export type RegisterBrokerRecord = MessageOf<typeof RegisterBrokerRecord>
