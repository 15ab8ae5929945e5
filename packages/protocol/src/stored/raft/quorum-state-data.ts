/** What `quorum-state` holds: QuorumStateData. */
import { array, int32, int64, message, string, uuid, type MessageOf } from '../../schema.ts'

export const QuorumStateData = message('QuorumStateData', [0, 1], 0, {
  clusterId: string.until(0),
  leaderId: int32.default(-1),
  leaderEpoch: int32.default(-1),
  votedId: int32.default(-1),
  votedDirectoryId: uuid.since(1),
  appliedOffset: int64.until(0),
  currentVoters: array({
    voterId: int32,
  })
    .until(0)
    .nullable(),
})
export type QuorumStateData = MessageOf<typeof QuorumStateData>
