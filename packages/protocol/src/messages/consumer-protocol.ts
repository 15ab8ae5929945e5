/** What members of a classic consumer group tell each other inside JoinGroup and SyncGroup. */
import { array, bytes, int32, message, never, string, type MessageOf } from '../schema.ts'

export const ConsumerProtocolAssignment = message('ConsumerProtocolAssignment', [0, 3], never, {
  assignedPartitions: array({
    topic: string.mapKey(),
    partitions: array(int32),
  }),
  userData: bytes.nullable().default(null),
})
export type ConsumerProtocolAssignment = MessageOf<typeof ConsumerProtocolAssignment>

export const ConsumerProtocolSubscription = message('ConsumerProtocolSubscription', [0, 3], never, {
  topics: array(string),
  userData: bytes.nullable().default(null),
  ownedPartitions: array({
    topic: string.mapKey(),
    partitions: array(int32),
  })
    .since(1)
    .ignorable(),
  generationId: int32.since(2).default(-1).ignorable(),
  rackId: string.since(3).nullable(3).default(null).ignorable(),
})
export type ConsumerProtocolSubscription = MessageOf<typeof ConsumerProtocolSubscription>
