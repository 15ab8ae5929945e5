/**
 * How a classic group gets from one generation to the next. It prepares (PreparingRebalance): members come back with
 * JoinGroup and wait, until all have or the longest rebalance timeout is over. Then a generation begins
 * (CompletingRebalance): everybody is answered, the leader decides and brings the assignment with SyncGroup, the others wait
 * for theirs; with the record of it written, the group is Stable.
 */
import { ErrorCode, type ErrorName } from '@moldau/protocol'
import type { Reply, Turn } from '../../runtime/core/turn.ts'
import type { ClassicGroup } from './classic-group.ts'
import type { ClassicMember } from './classic-member.ts'
import { groupRecord } from './group-records.ts'
import { type JoinAnswer, refusedJoin, refusedSync, UNKNOWN_MEMBER } from './group-responses.ts'
import {
  type GroupSettings,
  NEW_MEMBER_JOIN_TIMEOUT_MS,
  PENDING_MEMBERS_WAIT_MS,
} from './group-settings.ts'

/** The member was heard of: its session begins anew. */
export function touchSession(member: ClassicMember, turn: Turn): void {
  turn.startTimer(member.session, member.sessionTimeoutMs)
}

/** The member waits for the next generation. Who waited for it before, on another connection, is let go. */
export function park(
  group: ClassicGroup,
  member: ClassicMember,
  reply: Reply<JoinAnswer>,
  turn: Turn,
): void {
  const earlier = group.parkJoin(member, reply)
  if (earlier !== undefined && earlier !== reply)
    turn.answer(earlier, refusedJoin('REBALANCE_IN_PROGRESS', member.memberId))
}

/** A member that was not there before, and waits. */
export function addMember(
  group: ClassicGroup,
  member: ClassicMember,
  protocolType: string,
  reply: Reply<JoinAnswer>,
  turn: Turn,
): void {
  const pending = group.pending.get(member.memberId)
  if (pending !== undefined) turn.stopTimer(pending)
  if (group.size === 0) group.protocolType = protocolType
  if (group.isInitialRebalance) group.newMemberCame = true
  member.isNew = true
  group.add(member)
  park(group, member, reply, turn)
  // It has no id to send heartbeats with, so its waiting is limited: a client that is still there asks again.
  turn.startTimer(member.session, NEW_MEMBER_JOIN_TIMEOUT_MS)
}

/** A member is gone, whatever it waited for. */
export function removeMember(group: ClassicGroup, member: ClassicMember, turn: Turn): void {
  turn.stopTimer(member.session)
  const joinReply = group.unparkJoin(member)
  if (joinReply !== undefined)
    turn.answer(joinReply, refusedJoin('UNKNOWN_MEMBER_ID', UNKNOWN_MEMBER))
  answerSync(member, 'UNKNOWN_MEMBER_ID', turn)
  group.remove(member.memberId)
}

/** After a change of the members: begins a rebalance, or ends the wait of the one going on if this was all it waited for. */
export function rebalance(group: ClassicGroup, settings: GroupSettings, turn: Turn): void {
  if (group.state === 'PreparingRebalance') completeJoinIfAll(group, turn)
  else prepareRebalance(group, settings, turn)
}

/** All members must join again. */
export function prepareRebalance(group: ClassicGroup, settings: GroupSettings, turn: Turn): void {
  if (group.state === 'CompletingRebalance') {
    for (const member of group.members) answerSync(member, 'REBALANCE_IN_PROGRESS', turn)
    forgetAssignments(group)
  }
  turn.stopTimer(group.syncTimer)
  group.isInitialRebalance = group.state === 'Empty'
  group.enter('PreparingRebalance', turn.now)
  if (group.isInitialRebalance) {
    group.newMemberCame = false
    group.initialDelayMs = settings.initialRebalanceDelayMs
    group.initialRemainingMs = Math.max(group.rebalanceTimeoutMs - group.initialDelayMs, 0)
    turn.startTimer(group.joinTimer, group.initialDelayMs)
  } else if (group.hasAllJoined) {
    completeJoin(group, turn)
  } else {
    turn.startTimer(group.joinTimer, group.rebalanceTimeoutMs)
  }
}

/** Ends the wait if nobody is missing. The first rebalance of a group waits for its time in any case. */
export function completeJoinIfAll(group: ClassicGroup, turn: Turn): void {
  if (group.state !== 'PreparingRebalance' || group.isInitialRebalance) return
  if (group.hasAllJoined) completeJoin(group, turn)
}

/** The time to join is over. */
export function joinTimeOver(group: ClassicGroup, settings: GroupSettings, turn: Turn): void {
  if (group.state !== 'PreparingRebalance') return
  if (group.isInitialRebalance && group.newMemberCame && group.initialRemainingMs !== 0) {
    // Others came meanwhile: more may be on their way.
    const delayMs = Math.min(settings.initialRebalanceDelayMs, group.initialRemainingMs)
    group.newMemberCame = false
    group.initialRemainingMs = Math.max(group.initialRemainingMs - group.initialDelayMs, 0)
    group.initialDelayMs = delayMs
    turn.startTimer(group.joinTimer, delayMs)
    return
  }
  if (group.isInitialRebalance && group.pending.size > 0) {
    // Without them a second rebalance would follow, which members hear of by their next heartbeat only.
    group.isInitialRebalance = false
    turn.startTimer(group.joinTimer, PENDING_MEMBERS_WAIT_MS)
    return
  }
  completeJoin(group, turn)
}

function completeJoin(group: ClassicGroup, turn: Turn): void {
  turn.stopTimer(group.joinTimer)
  for (const member of group.members)
    if (member.joinReply === undefined && !member.isStatic) removeMember(group, member, turn)
  if (group.size > 0 && !group.electJoinedLeader()) {
    // Only static members are left, and none is back: their sessions decide.
    turn.startTimer(group.joinTimer, group.rebalanceTimeoutMs)
    return
  }
  group.nextGeneration(turn.now)
  const { groupId, generationId, size, protocolName } = group
  turn.note('group begins a generation', { groupId, generationId, members: size, protocolName })
  if (group.state === 'Empty') {
    turn.write(groupRecord(group))
    return
  }
  for (const member of group.members) {
    const reply = group.unparkJoin(member)
    if (reply !== undefined) turn.answer(reply, joinAnswer(group, member.memberId))
    touchSession(member, turn)
    member.isNew = false
    group.pendingSync.add(member.memberId)
  }
  turn.startTimer(group.syncTimer, group.rebalanceTimeoutMs)
}

/** The time to ask for the assignment is over: who has not is out. */
export function syncTimeOver(group: ClassicGroup, settings: GroupSettings, turn: Turn): void {
  const isWaiting = group.state === 'CompletingRebalance' || group.state === 'Stable'
  if (!isWaiting || group.pendingSync.size === 0) return
  for (const memberId of group.pendingSync) {
    const member = group.member(memberId)
    if (member !== undefined) removeMember(group, member, turn)
  }
  prepareRebalance(group, settings, turn)
}

/** A member, or a pending one, was not heard of in time. */
export function sessionTimeOver(
  group: ClassicGroup,
  memberId: string,
  settings: GroupSettings,
  turn: Turn,
): void {
  const member = group.member(memberId)
  if (member === undefined) {
    if (group.pending.delete(memberId)) completeJoinIfAll(group, turn)
    return
  }
  if (member.keepsSessionByWaiting) return
  turn.note('member is out: nothing was heard of it', { groupId: group.groupId, memberId })
  removeMember(group, member, turn)
  if (group.state !== 'Empty') rebalance(group, settings, turn)
}

/** What a member is told about the generation. Only the leader needs the others. */
export function joinAnswer(
  group: ClassicGroup,
  memberId: string,
  options: { withMembers?: boolean; leader?: string | undefined; skipAssignment?: boolean } = {},
): JoinAnswer {
  const isLeader = group.leaderId === memberId
  return {
    errorCode: ErrorCode.NONE,
    generationId: group.generationId,
    protocolType: group.protocolType ?? null,
    protocolName: group.protocolName ?? null,
    leader: options.leader ?? group.leaderId ?? '',
    skipAssignment: options.skipAssignment ?? false,
    memberId,
    members: (options.withMembers ?? isLeader) ? membersForLeader(group) : [],
  }
}

function membersForLeader(group: ClassicGroup): JoinAnswer['members'] {
  const protocolName = group.protocolName ?? ''
  return Array.from(group.members, member => ({
    memberId: member.memberId,
    groupInstanceId: member.groupInstanceId,
    metadata: member.metadata(protocolName),
  }))
}

/** Refuses the assignment that the member waits for, if it does. */
export function answerSync(member: ClassicMember, error: ErrorName, turn: Turn): void {
  if (member.syncReply === undefined) return
  turn.answer(member.syncReply, refusedSync(error))
  member.syncReply = undefined
}

function forgetAssignments(group: ClassicGroup): void {
  for (const member of group.members) member.assignment = noAssignment
}

const noAssignment = Buffer.alloc(0)
