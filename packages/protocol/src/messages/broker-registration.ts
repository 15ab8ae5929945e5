/** BrokerRegistration (API key 62). */
import {
  array,
  boolean,
  int16,
  int32,
  int64,
  message,
  string,
  uint16,
  uuid,
  type MessageOf,
} from '../schema.ts'

export const BrokerRegistrationRequest = message('BrokerRegistrationRequest', [0, 4], 0, {
  brokerId: int32,
  clusterId: string,
  incarnationId: uuid,
  listeners: array({
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
  isMigratingZkBroker: boolean.since(1).default(false),
  logDirs: array(uuid).since(2).ignorable(),
  previousBrokerEpoch: int64.since(3).default(-1).ignorable(),
})
export type BrokerRegistrationRequest = MessageOf<typeof BrokerRegistrationRequest>

export const BrokerRegistrationResponse = message('BrokerRegistrationResponse', [0, 4], 0, {
  throttleTimeMs: int32.default(0),
  errorCode: int16,
  brokerEpoch: int64.default(-1),
})
export type BrokerRegistrationResponse = MessageOf<typeof BrokerRegistrationResponse>
