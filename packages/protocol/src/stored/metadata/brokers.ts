/** Records of brokers and controllers in `__cluster_metadata`. */
import {
  array,
  boolean,
  int16,
  int32,
  int64,
  int8,
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

export const UnregisterBrokerRecord = stored('UnregisterBrokerRecord', 1, [0, 0], 0, {
  brokerId: int32,
  brokerEpoch: int64,
})
export type UnregisterBrokerRecord = MessageOf<typeof UnregisterBrokerRecord>

export const FenceBrokerRecord = stored('FenceBrokerRecord', 7, [0, 0], 0, {
  id: int32,
  epoch: int64,
})
export type FenceBrokerRecord = MessageOf<typeof FenceBrokerRecord>

export const UnfenceBrokerRecord = stored('UnfenceBrokerRecord', 8, [0, 0], 0, {
  id: int32,
  epoch: int64,
})
export type UnfenceBrokerRecord = MessageOf<typeof UnfenceBrokerRecord>

export const RegisterControllerRecord = stored('RegisterControllerRecord', 27, [0, 0], 0, {
  controllerId: int32,
  incarnationId: uuid,
  zkMigrationReady: boolean,
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
})
export type RegisterControllerRecord = MessageOf<typeof RegisterControllerRecord>
