/** RemoveRaftVoter (API key 81). */
import { int16, int32, message, string, uuid, type MessageOf } from '../schema.ts'

export const RemoveRaftVoterRequest = message('RemoveRaftVoterRequest', [0, 0], 0, {
  clusterId: string.nullable(),
  voterId: int32,
  voterDirectoryId: uuid,
})
export type RemoveRaftVoterRequest = MessageOf<typeof RemoveRaftVoterRequest>

export const RemoveRaftVoterResponse = message('RemoveRaftVoterResponse', [0, 0], 0, {
  throttleTimeMs: int32.default(0),
  errorCode: int16,
  errorMessage: string.nullable().ignorable(),
})
export type RemoveRaftVoterResponse = MessageOf<typeof RemoveRaftVoterResponse>
