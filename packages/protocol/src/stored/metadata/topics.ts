/** Records of topics and partitions in `__cluster_metadata`. */
import { array, int32, int8, stored, string, uuid, type MessageOf } from '../../schema.ts'

export const TopicRecord = stored('TopicRecord', 2, [0, 0], 0, {
  name: string,
  topicId: uuid,
})
export type TopicRecord = MessageOf<typeof TopicRecord>

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

export const RemoveTopicRecord = stored('RemoveTopicRecord', 9, [0, 0], 0, {
  topicId: uuid,
})
export type RemoveTopicRecord = MessageOf<typeof RemoveTopicRecord>

export const ClearElrRecord = stored('ClearElrRecord', 28, [0, 0], 0, {
  topicName: string,
})
export type ClearElrRecord = MessageOf<typeof ClearElrRecord>
