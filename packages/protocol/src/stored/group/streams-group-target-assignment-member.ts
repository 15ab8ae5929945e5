/** A record of `__consumer_offsets` (type 21): key and value. */
import { array, int32, never, stored, string, struct, type MessageOf } from '../../schema.ts'

export const StreamsGroupTargetAssignmentMemberKey = stored(
  'StreamsGroupTargetAssignmentMemberKey',
  21,
  [0, 0],
  never,
  {
    groupId: string,
    memberId: string,
  },
)
export type StreamsGroupTargetAssignmentMemberKey = MessageOf<
  typeof StreamsGroupTargetAssignmentMemberKey
>

const taskIds = struct({
  subtopologyId: string,
  partitions: array(int32),
})

export const StreamsGroupTargetAssignmentMemberValue = stored(
  'StreamsGroupTargetAssignmentMemberValue',
  21,
  [0, 0],
  0,
  {
    activeTasks: array(taskIds),
    standbyTasks: array(taskIds),
    warmupTasks: array(taskIds),
  },
)
export type StreamsGroupTargetAssignmentMemberValue = MessageOf<
  typeof StreamsGroupTargetAssignmentMemberValue
>
