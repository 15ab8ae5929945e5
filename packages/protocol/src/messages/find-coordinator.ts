/** FindCoordinator (API key 10). */
import { array, int16, int32, int8, message, string, type MessageOf } from '../schema.ts'

export const FindCoordinatorRequest = message('FindCoordinatorRequest', [0, 6], 3, {
  key: string.until(3),
  keyType: int8.since(1).default(0),
  coordinatorKeys: array(string).since(4),
})
export type FindCoordinatorRequest = MessageOf<typeof FindCoordinatorRequest>

export const FindCoordinatorResponse = message('FindCoordinatorResponse', [0, 6], 3, {
  throttleTimeMs: int32.since(1).default(0).ignorable(),
  errorCode: int16.until(3),
  errorMessage: string.since(1).until(3).nullable(1).ignorable(),
  nodeId: int32.until(3),
  host: string.until(3),
  port: int32.until(3),
  coordinators: array({
    key: string,
    nodeId: int32,
    host: string,
    port: int32,
    errorCode: int16,
    errorMessage: string.nullable().ignorable(),
  }).since(4),
})
export type FindCoordinatorResponse = MessageOf<typeof FindCoordinatorResponse>
