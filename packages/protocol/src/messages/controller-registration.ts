/** ControllerRegistration (API key 70). */
import {
  array,
  boolean,
  int16,
  int32,
  message,
  string,
  uint16,
  uuid,
  type MessageOf,
} from '../schema.ts'

export const ControllerRegistrationRequest = message('ControllerRegistrationRequest', [0, 0], 0, {
  controllerId: int32,
  incarnationId: uuid,
  zkMigrationReady: boolean,
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
})
export type ControllerRegistrationRequest = MessageOf<typeof ControllerRegistrationRequest>

export const ControllerRegistrationResponse = message('ControllerRegistrationResponse', [0, 0], 0, {
  throttleTimeMs: int32.default(0),
  errorCode: int16,
  errorMessage: string.nullable(),
})
export type ControllerRegistrationResponse = MessageOf<typeof ControllerRegistrationResponse>
