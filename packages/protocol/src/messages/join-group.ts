/** JoinGroup (API key 11). */
import { array, boolean, bytes, int16, int32, message, string, type MessageOf } from '../schema.ts'

export const JoinGroupRequest = message('JoinGroupRequest', [0, 9], 6, {
  groupId: string,
  sessionTimeoutMs: int32,
  rebalanceTimeoutMs: int32.since(1).default(-1).ignorable(),
  memberId: string,
  groupInstanceId: string.since(5).nullable(5).default(null),
  protocolType: string,
  protocols: array({
    name: string.mapKey(),
    metadata: bytes,
  }),
  reason: string.since(8).nullable(8).default(null).ignorable(),
})
export type JoinGroupRequest = MessageOf<typeof JoinGroupRequest>

export const JoinGroupResponse = message('JoinGroupResponse', [0, 9], 6, {
  throttleTimeMs: int32.since(2).default(0).ignorable(),
  errorCode: int16,
  generationId: int32.default(-1),
  protocolType: string.since(7).nullable(7).default(null).ignorable(),
  protocolName: string.nullable(7),
  leader: string,
  skipAssignment: boolean.since(9).default(false),
  memberId: string,
  members: array({
    memberId: string,
    groupInstanceId: string.since(5).nullable(5).default(null).ignorable(),
    metadata: bytes,
  }),
})
export type JoinGroupResponse = MessageOf<typeof JoinGroupResponse>
