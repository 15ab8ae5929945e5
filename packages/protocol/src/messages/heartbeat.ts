/** Heartbeat (API key 12). */
import { int16, int32, message, string, type MessageOf } from '../schema.ts'

export const HeartbeatRequest = message('HeartbeatRequest', [0, 4], 4, {
  groupId: string,
  generationId: int32,
  memberId: string,
  groupInstanceId: string.since(3).nullable(3).default(null),
})
export type HeartbeatRequest = MessageOf<typeof HeartbeatRequest>

export const HeartbeatResponse = message('HeartbeatResponse', [0, 4], 4, {
  throttleTimeMs: int32.since(1).default(0).ignorable(),
  errorCode: int16,
})
export type HeartbeatResponse = MessageOf<typeof HeartbeatResponse>
