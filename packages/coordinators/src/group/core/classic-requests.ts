/** SyncGroup, Heartbeat and LeaveGroup of a classic group, and what OffsetCommit asks of its group. */
import {
  ErrorCode,
  type ErrorName,
  type HeartbeatRequest,
  type LeaveGroupRequest,
  type OffsetCommitRequest,
  type SyncGroupRequest,
} from '@moldau/protocol'
import type { Reply, Turn } from '../../runtime/core/turn.ts'
import type { ClassicGroup } from './classic-group.ts'
import type { ClassicMember } from './classic-member.ts'
import {
  answerSync,
  prepareRebalance,
  rebalance,
  removeMember,
  touchSession,
} from './classic-rebalance.ts'
import { fits, groupRecord } from './group-records.ts'
import {
  type HeartbeatAnswer,
  type LeaveAnswer,
  noBytes,
  refusedSync,
  type SyncAnswer,
  UNKNOWN_MEMBER,
} from './group-responses.ts'
import type { GroupSettings } from './group-settings.ts'

/** The leader brings the assignment; everybody else waits for it, or gets it if it is there. */
export function syncClassicGroup(
  group: ClassicGroup,
  request: SyncGroupRequest,
  settings: GroupSettings,
  turn: Turn,
  reply: Reply<SyncAnswer>,
): void {
  const member = group.check(request.memberId, request.groupInstanceId)
  const refusal = typeof member === 'string' ? member : syncRefusal(group, request)
  if (typeof member === 'string' || refusal !== undefined) {
    turn.answer(reply, refusedSync(refusal ?? 'UNKNOWN_MEMBER_ID'))
    return
  }
  group.pendingSync.delete(member.memberId)
  if (group.state === 'Stable') {
    turn.answer(reply, syncAnswer(group, member))
    touchSession(member, turn)
  } else {
    answerSync(member, 'REBALANCE_IN_PROGRESS', turn)
    member.syncReply = reply
    if (group.leaderId === member.memberId) assign(group, request, settings, turn)
  }
  if (group.pendingSync.size === 0) turn.stopTimer(group.syncTimer)
}

function syncRefusal(group: ClassicGroup, request: SyncGroupRequest): ErrorName | undefined {
  const { protocolType, protocolName, generationId } = request
  if (generationId !== group.generationId) return 'ILLEGAL_GENERATION'
  if (
    (protocolType !== null && protocolType !== group.protocolType) ||
    (protocolName !== null && protocolName !== group.protocolName)
  )
    return 'INCONSISTENT_GROUP_PROTOCOL'
  if (group.state === 'Empty') return 'UNKNOWN_MEMBER_ID'
  return group.state === 'PreparingRebalance' ? 'REBALANCE_IN_PROGRESS' : undefined
}

/** Members that the leader left out get nothing: empty bytes. */
function assign(
  group: ClassicGroup,
  { assignments }: SyncGroupRequest,
  settings: GroupSettings,
  turn: Turn,
): void {
  const byMember = new Map(assignments.map(({ memberId, assignment }) => [memberId, assignment]))
  for (const member of group.members) member.assignment = byMember.get(member.memberId) ?? noBytes
  const record = groupRecord(group)
  if (!fits(record, settings)) {
    for (const member of group.members) {
      member.assignment = noBytes
      answerSync(member, 'UNKNOWN_SERVER_ERROR', turn)
    }
    prepareRebalance(group, settings, turn)
    return
  }
  turn.write(record)
  for (const member of group.members) {
    if (member.syncReply === undefined) continue
    turn.answer(member.syncReply, syncAnswer(group, member))
    member.syncReply = undefined
    touchSession(member, turn)
  }
  // The record tells since when there was this generation, as Kafka's does.
  group.enter('Stable', turn.now)
}

function syncAnswer(group: ClassicGroup, member: ClassicMember): SyncAnswer {
  return {
    errorCode: ErrorCode.NONE,
    protocolType: group.protocolType ?? null,
    protocolName: group.protocolName ?? null,
    assignment: member.assignment,
  }
}

export function heartbeatOfClassicGroup(
  group: ClassicGroup,
  request: HeartbeatRequest,
  turn: Turn,
  reply: Reply<HeartbeatAnswer>,
): void {
  const member = group.check(request.memberId, request.groupInstanceId)
  let error: ErrorName = 'NONE'
  if (typeof member === 'string') error = member
  else if (request.generationId !== group.generationId) error = 'ILLEGAL_GENERATION'
  else {
    // The member is there also when it has to join again.
    touchSession(member, turn)
    if (group.state === 'PreparingRebalance') error = 'REBALANCE_IN_PROGRESS'
  }
  turn.answer(reply, { errorCode: ErrorCode[error] })
}

/** Removes members. Static ones may be named by their instance only, by an operator. */
export function leaveClassicGroup(
  group: ClassicGroup,
  leaving: LeaveGroupRequest['members'],
  settings: GroupSettings,
  turn: Turn,
  reply: Reply<LeaveAnswer>,
): void {
  let hasChanged = false
  const members = leaving.map(({ memberId, groupInstanceId }) => {
    const error = leave(group, memberId, groupInstanceId, turn)
    if (error === 'NONE') hasChanged = true
    return { memberId, groupInstanceId, errorCode: ErrorCode[error] }
  })
  turn.answer(reply, { errorCode: ErrorCode.NONE, members })
  if (hasChanged && group.state !== 'Empty') rebalance(group, settings, turn)
}

function leave(
  group: ClassicGroup,
  memberId: string,
  groupInstanceId: string | null,
  turn: Turn,
): ErrorName {
  const pending = group.pending.get(memberId)
  if (pending !== undefined) {
    turn.stopTimer(pending)
    group.pending.delete(memberId)
    return 'NONE'
  }
  const isByInstance = memberId === UNKNOWN_MEMBER && groupInstanceId !== null
  const id = isByInstance ? (group.staticMemberId(groupInstanceId) ?? memberId) : memberId
  const member = group.check(id, groupInstanceId)
  if (typeof member === 'string') return member
  removeMember(group, member, turn)
  return 'NONE'
}

/** Why offsets are not taken from who sends them; otherwise the sender's session begins anew. */
export function commitRefusal(
  group: ClassicGroup,
  request: OffsetCommitRequest,
  turn: Turn,
): ErrorName | undefined {
  const { memberId, groupInstanceId, generationIdOrMemberEpoch: generationId } = request
  // Tools, and consumers that are assigned by hand.
  if (generationId < 0 && group.state === 'Empty') return undefined
  const isAnonymous = generationId < 0 && memberId === UNKNOWN_MEMBER && groupInstanceId === null
  if (isAnonymous) return 'UNKNOWN_MEMBER_ID'
  const member = group.check(memberId, groupInstanceId)
  if (typeof member === 'string') return member
  if (generationId !== group.generationId) return 'ILLEGAL_GENERATION'
  if (group.state === 'CompletingRebalance') return 'REBALANCE_IN_PROGRESS'
  touchSession(member, turn)
  return undefined
}
