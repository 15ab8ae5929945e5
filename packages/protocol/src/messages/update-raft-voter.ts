/** UpdateRaftVoter (API key 82). */
import {
  array,
  int16,
  int32,
  message,
  string,
  struct,
  uint16,
  uuid,
  type MessageOf,
} from '../schema.ts'

export const UpdateRaftVoterRequest = message('UpdateRaftVoterRequest', [0, 0], 0, {
  clusterId: string.nullable(),
  currentLeaderEpoch: int32,
  voterId: int32,
  voterDirectoryId: uuid,
  listeners: array({
    name: string.mapKey(),
    host: string,
    port: uint16,
  }),
  kRaftVersionFeature: struct({
    minSupportedVersion: int16,
    maxSupportedVersion: int16,
  }),
})
export type UpdateRaftVoterRequest = MessageOf<typeof UpdateRaftVoterRequest>

export const UpdateRaftVoterResponse = message('UpdateRaftVoterResponse', [0, 0], 0, {
  throttleTimeMs: int32.default(0),
  errorCode: int16,
  currentLeader: struct({
    leaderId: int32.default(-1),
    leaderEpoch: int32.default(-1),
    host: string,
    port: int32,
  }).tagged(0),
})
export type UpdateRaftVoterResponse = MessageOf<typeof UpdateRaftVoterResponse>
