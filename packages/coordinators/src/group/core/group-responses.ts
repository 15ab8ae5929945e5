/** The answers of the group coordinator, as its core gives them, and the neutral values in them. */
import type { ErrorName, MessageInput } from '@moldau/protocol'
import {
  type DeleteGroupsResponse,
  type DescribeGroupsResponse,
  ErrorCode,
  type HeartbeatResponse,
  type JoinGroupResponse,
  type LeaveGroupResponse,
  type ListGroupsResponse,
  type OffsetCommitRequest,
  type OffsetCommitResponse,
  type OffsetDeleteResponse,
  type OffsetFetchResponse,
  type SyncGroupResponse,
} from '@moldau/protocol'

export type JoinAnswer = MessageInput<typeof JoinGroupResponse>
export type SyncAnswer = MessageInput<typeof SyncGroupResponse>
export type HeartbeatAnswer = MessageInput<typeof HeartbeatResponse>
export type LeaveAnswer = MessageInput<typeof LeaveGroupResponse>
export type CommitAnswer = MessageInput<typeof OffsetCommitResponse>
export type FetchAnswer = MessageInput<typeof OffsetFetchResponse>
export type OffsetDeleteAnswer = MessageInput<typeof OffsetDeleteResponse>
export type ListAnswer = MessageInput<typeof ListGroupsResponse>
export type DescribeAnswer = MessageInput<typeof DescribeGroupsResponse>
export type DeleteAnswer = MessageInput<typeof DeleteGroupsResponse>
export type ListedGroup = ListAnswer['groups'][number]
export type DescribedGroup = DescribeAnswer['groups'][number]
export type FetchedGroup = NonNullable<FetchAnswer['groups']>[number]

export const noBytes = Buffer.alloc(0)
/** The member id of those who have none yet. */
export const UNKNOWN_MEMBER = ''

/** A refused JoinGroup. */
export function refusedJoin(error: ErrorName, memberId: string): JoinAnswer {
  return {
    errorCode: ErrorCode[error],
    generationId: -1,
    protocolType: null,
    protocolName: null,
    leader: '',
    memberId,
    members: [],
  }
}

export function refusedSync(error: ErrorName): SyncAnswer {
  return {
    errorCode: ErrorCode[error],
    protocolType: null,
    protocolName: null,
    assignment: noBytes,
  }
}

/** Every partition of the request refused. */
export function refusedCommit({ topics }: OffsetCommitRequest, error: ErrorName): CommitAnswer {
  return {
    topics: topics.map(({ name, topicId, partitions }) => ({
      name,
      topicId,
      partitions: partitions.map(({ partitionIndex }) => ({
        partitionIndex,
        errorCode: ErrorCode[error],
      })),
    })),
  }
}
