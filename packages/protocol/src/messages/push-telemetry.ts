/** PushTelemetry (API key 72). */
import { boolean, bytes, int16, int32, int8, message, uuid, type MessageOf } from '../schema.ts'

export const PushTelemetryRequest = message('PushTelemetryRequest', [0, 0], 0, {
  clientInstanceId: uuid,
  subscriptionId: int32,
  terminating: boolean,
  compressionType: int8,
  metrics: bytes,
})
export type PushTelemetryRequest = MessageOf<typeof PushTelemetryRequest>

export const PushTelemetryResponse = message('PushTelemetryResponse', [0, 0], 0, {
  throttleTimeMs: int32.default(0),
  errorCode: int16,
})
export type PushTelemetryResponse = MessageOf<typeof PushTelemetryResponse>
