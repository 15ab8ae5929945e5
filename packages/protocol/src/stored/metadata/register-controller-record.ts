/** A record of `__cluster_metadata`: RegisterControllerRecord. */
import {
  array,
  boolean,
  int16,
  int32,
  stored,
  string,
  uint16,
  uuid,
  type MessageOf,
} from '../../schema.ts'

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
