/** A record of `__cluster_metadata`: PartitionRecord. */
import { array, int32, int8, stored, uuid, type MessageOf } from '../../schema.ts'

export const PartitionRecord = stored('PartitionRecord', 3, [0, 2], 0, {
  partitionId: int32.default(-1),
  topicId: uuid,
  replicas: array(int32),
  isr: array(int32),
  removingReplicas: array(int32),
  addingReplicas: array(int32),
  leader: int32.default(-1),
  leaderRecoveryState: int8.tagged(0).default(0),
  leaderEpoch: int32.default(-1),
  partitionEpoch: int32.default(-1),
  directories: array(uuid).since(1),
  eligibleLeaderReplicas: array(int32).since(2).nullable(2).tagged(1).default(null),
  lastKnownElr: array(int32).since(2).nullable(2).tagged(2).default(null),
})
export type PartitionRecord = MessageOf<typeof PartitionRecord>
