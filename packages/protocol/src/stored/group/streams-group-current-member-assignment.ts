/** A record of `__consumer_offsets` (type 22): key and value. */
import { array, int32, int8, never, stored, string, struct, type MessageOf } from '../../schema.ts'

export const StreamsGroupCurrentMemberAssignmentKey = stored(
  'StreamsGroupCurrentMemberAssignmentKey',
  22,
  [0, 0],
  never,
  {
    groupId: string,
    memberId: string,
  },
)
export type StreamsGroupCurrentMemberAssignmentKey = MessageOf<
  typeof StreamsGroupCurrentMemberAssignmentKey
>

const taskIds = struct({
  subtopologyId: string,
  partitions: array(int32),
  assignmentEpochs: array(int32).nullable().tagged(0),
})

export const StreamsGroupCurrentMemberAssignmentValue = stored(
  'StreamsGroupCurrentMemberAssignmentValue',
  22,
  [0, 0],
  0,
  {
    memberEpoch: int32,
    previousMemberEpoch: int32,
    state: int8,
    activeTasks: array(taskIds),
    standbyTasks: array(taskIds),
    warmupTasks: array(taskIds),
    activeTasksPendingRevocation: array(taskIds),
    standbyTasksPendingRevocation: array(taskIds),
    warmupTasksPendingRevocation: array(taskIds),
  },
)
export type StreamsGroupCurrentMemberAssignmentValue = MessageOf<
  typeof StreamsGroupCurrentMemberAssignmentValue
>
