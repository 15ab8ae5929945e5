/** BrokerHeartbeat (API key 63). */
import { array, boolean, int16, int32, int64, message, uuid, type MessageOf } from '../schema.ts'

export const BrokerHeartbeatRequest = message('BrokerHeartbeatRequest', [0, 2], 0, {
  brokerId: int32,
  brokerEpoch: int64.default(-1),
  currentMetadataOffset: int64,
  wantFence: boolean,
  wantShutDown: boolean,
  offlineLogDirs: array(uuid).since(1).tagged(0),
  cordonedLogDirs: array(uuid).since(2).nullable(2).tagged(1).default(null),
})
export type BrokerHeartbeatRequest = MessageOf<typeof BrokerHeartbeatRequest>

export const BrokerHeartbeatResponse = message('BrokerHeartbeatResponse', [0, 2], 0, {
  throttleTimeMs: int32.default(0),
  errorCode: int16,
  isCaughtUp: boolean.default(false),
  isFenced: boolean.default(true),
  shouldShutDown: boolean,
})
export type BrokerHeartbeatResponse = MessageOf<typeof BrokerHeartbeatResponse>
