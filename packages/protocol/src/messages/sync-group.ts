/** SyncGroup (API key 14). */
import { array, bytes, int16, int32, message, string, type MessageOf } from '../schema.ts'

export const SyncGroupRequest = message('SyncGroupRequest', [0, 5], 4, {
  groupId: string,
  generationId: int32,
  memberId: string,
  groupInstanceId: string.since(3).nullable(3).default(null),
  protocolType: string.since(5).nullable(5).default(null).ignorable(),
  protocolName: string.since(5).nullable(5).default(null).ignorable(),
  assignments: array({
    memberId: string,
    assignment: bytes,
  }),
})
export type SyncGroupRequest = MessageOf<typeof SyncGroupRequest>

export const SyncGroupResponse = message('SyncGroupResponse', [0, 5], 4, {
  throttleTimeMs: int32.since(1).default(0).ignorable(),
  errorCode: int16,
  protocolType: string.since(5).nullable(5).default(null).ignorable(),
  protocolName: string.since(5).nullable(5).default(null).ignorable(),
  assignment: bytes,
})
export type SyncGroupResponse = MessageOf<typeof SyncGroupResponse>
