/** LeaveGroup (API key 13). */
import { array, int16, int32, message, string, type MessageOf } from '../schema.ts'

export const LeaveGroupRequest = message('LeaveGroupRequest', [0, 5], 4, {
  groupId: string,
  memberId: string.until(2),
  members: array({
    memberId: string,
    groupInstanceId: string.nullable().default(null),
    reason: string.since(5).nullable(5).default(null).ignorable(),
  }).since(3),
})
export type LeaveGroupRequest = MessageOf<typeof LeaveGroupRequest>

export const LeaveGroupResponse = message('LeaveGroupResponse', [0, 5], 4, {
  throttleTimeMs: int32.since(1).default(0).ignorable(),
  errorCode: int16,
  members: array({
    memberId: string,
    groupInstanceId: string.nullable(),
    errorCode: int16,
  }).since(3),
})
export type LeaveGroupResponse = MessageOf<typeof LeaveGroupResponse>
