/** A record of `__cluster_metadata`: PartitionChangeRecord. */
import { array, int32, int8, stored, uuid, type MessageOf } from '../../schema.ts'

export const PartitionChangeRecord = stored('PartitionChangeRecord', 5, [0, 2], 0, {
  partitionId: int32.default(-1),
  topicId: uuid,
  isr: array(int32).nullable().tagged(0).default(null),
  leader: int32.tagged(1).default(-2),
  replicas: array(int32).nullable().tagged(2).default(null),
  removingReplicas: array(int32).nullable().tagged(3).default(null),
  addingReplicas: array(int32).nullable().tagged(4).default(null),
  leaderRecoveryState: int8.tagged(5).default(-1),
  directories: array(uuid).since(1).nullable(1).tagged(8).default(null),
  eligibleLeaderReplicas: array(int32).since(2).nullable(2).tagged(6).default(null),
  lastKnownElr: array(int32).since(2).nullable(2).tagged(7).default(null),
})
export type PartitionChangeRecord = MessageOf<typeof PartitionChangeRecord>
