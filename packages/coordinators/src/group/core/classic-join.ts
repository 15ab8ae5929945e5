/**
 * JoinGroup of a classic group. A dynamic member first gets an id and comes back with it (v4, KIP-394). A static one
 * (KIP-345) is known by its instance id: after a restart it takes its old place, without a rebalance where the protocol
 * chosen stays the same; whoever still uses the old member id is fenced.
 */
import type { JoinGroupRequest } from '@moldau/protocol'
import type { Reply, Turn } from '../../runtime/core/turn.ts'
import type { ClassicGroup } from './classic-group.ts'
import { ClassicMember } from './classic-member.ts'
import {
  addMember,
  answerSync,
  completeJoinIfAll,
  joinAnswer,
  park,
  prepareRebalance,
  rebalance,
  removeMember,
  touchSession,
} from './classic-rebalance.ts'
import { fits, groupRecord } from './group-records.ts'
import { type JoinAnswer, refusedJoin, UNKNOWN_MEMBER } from './group-responses.ts'
import type { GroupSettings } from './group-settings.ts'
import { randomMemberSuffix } from './member-id.ts'

/** Who joins, in which version. */
export interface JoiningClient {
  readonly version: number
  readonly clientId: string
  readonly clientHost: string
}

/** Dynamic members need an id from this version on. */
const FIRST_VERSION_WITH_REQUIRED_ID = 4
/** A static leader that is back may be told to leave the assignment as it is. */
const FIRST_VERSION_WITH_SKIPPED_ASSIGNMENT = 9

/** One JoinGroup on its way through the group. */
interface Join {
  readonly group: ClassicGroup
  readonly request: JoinGroupRequest
  readonly client: JoiningClient
  readonly reply: Reply<JoinAnswer>
  readonly settings: GroupSettings
  readonly turn: Turn
}

/** Lets a member in, or lets it come back. */
export function joinClassicGroup(join: Join): void {
  const { group, request, turn, reply } = join
  const { memberId } = request
  if (!hasRoom(group, memberId, join.settings)) {
    turn.answer(reply, refusedJoin('GROUP_MAX_SIZE_REACHED', UNKNOWN_MEMBER))
    const member = group.member(memberId)
    if (member !== undefined) removeMember(group, member, turn)
    group.pending.delete(memberId)
    completeJoinIfAll(group, turn)
  } else if (!group.accepts(request.protocolType, request.protocols)) {
    turn.answer(reply, refusedJoin('INCONSISTENT_GROUP_PROTOCOL', memberId))
  } else if (memberId === UNKNOWN_MEMBER) {
    joinWithoutId(join)
  } else if (group.pending.has(memberId)) {
    addMember(group, newMember(join, memberId), request.protocolType, reply, turn)
    rebalance(group, join.settings, turn)
  } else {
    rejoin(join)
  }
}

/** A group that shrank its limit keeps those who are back first. */
function hasRoom(group: ClassicGroup, memberId: string, { groupSizeMax }: GroupSettings): boolean {
  switch (group.state) {
    case 'Empty':
      return true
    case 'PreparingRebalance':
      return (
        group.member(memberId)?.joinReply !== undefined || group.awaitingJoinCount < groupSizeMax
      )
    case 'CompletingRebalance':
    case 'Stable':
      return group.member(memberId) !== undefined || group.size < groupSizeMax
  }
}

function joinWithoutId(join: Join): void {
  const { group, request, client, reply, turn, settings } = join
  const { groupInstanceId } = request
  const memberId = `${groupInstanceId ?? client.clientId}-${randomMemberSuffix(turn.random)}`
  const oldMemberId = groupInstanceId === null ? undefined : group.staticMemberId(groupInstanceId)
  const old = oldMemberId === undefined ? undefined : group.member(oldMemberId)
  if (old !== undefined) {
    replaceStaticMember(join, old, memberId)
  } else if (groupInstanceId === null && client.version >= FIRST_VERSION_WITH_REQUIRED_ID) {
    const session = { kind: 'session', groupId: group.groupId, memberId } as const
    group.pending.set(memberId, session)
    turn.startTimer(session, request.sessionTimeoutMs)
    turn.answer(reply, refusedJoin('MEMBER_ID_REQUIRED', memberId))
  } else {
    addMember(group, newMember(join, memberId), request.protocolType, reply, turn)
    rebalance(group, settings, turn)
  }
}

function newMember({ group, request, client }: Join, memberId: string): ClassicMember {
  return new ClassicMember({
    groupId: group.groupId,
    memberId,
    groupInstanceId: request.groupInstanceId,
    clientId: client.clientId,
    clientHost: client.clientHost,
    rebalanceTimeoutMs: rebalanceTimeout(request),
    sessionTimeoutMs: request.sessionTimeoutMs,
    protocols: request.protocols,
  })
}

/** Version 0 knows one timeout only. */
function rebalanceTimeout({ rebalanceTimeoutMs, sessionTimeoutMs }: JoinGroupRequest): number {
  return rebalanceTimeoutMs === -1 ? sessionTimeoutMs : rebalanceTimeoutMs
}

function rejoin(join: Join): void {
  const { group, request, reply, turn } = join
  const member = group.check(request.memberId, request.groupInstanceId)
  if (typeof member === 'string') {
    turn.answer(reply, refusedJoin(member, request.memberId))
    return
  }
  const isUnchanged = member.offers(request.protocols)
  switch (group.state) {
    case 'PreparingRebalance':
      updateAndRebalance(join, member)
      return
    case 'CompletingRebalance':
      // The answer to its JoinGroup may have been lost.
      if (isUnchanged) turn.answer(reply, joinAnswer(group, member.memberId))
      else updateAndRebalance(join, member)
      return
    case 'Stable':
      // A leader comes back when it sees a reason, such as new partitions.
      if (group.leaderId === member.memberId || !isUnchanged) updateAndRebalance(join, member)
      else turn.answer(reply, joinAnswer(group, member.memberId, { withMembers: false }))
      return
    case 'Empty':
      turn.answer(reply, refusedJoin('UNKNOWN_MEMBER_ID', UNKNOWN_MEMBER))
      return
  }
}

function updateAndRebalance(join: Join, member: ClassicMember): void {
  update(join, member)
  rebalance(join.group, join.settings, join.turn)
}

function update({ group, request, reply, turn }: Join, member: ClassicMember): void {
  group.update(member, {
    protocols: request.protocols,
    rebalanceTimeoutMs: rebalanceTimeout(request),
    sessionTimeoutMs: request.sessionTimeoutMs,
  })
  park(group, member, reply, turn)
}

/** The same instance under a new member id. */
function replaceStaticMember(join: Join, old: ClassicMember, memberId: string): void {
  const { group, turn, reply, client, settings } = join
  const leaderBefore = group.leaderId
  const oldReply = group.unparkJoin(old)
  if (oldReply !== undefined) turn.answer(oldReply, refusedJoin('FENCED_INSTANCE_ID', old.memberId))
  answerSync(old, 'FENCED_INSTANCE_ID', turn)
  turn.stopTimer(old.session)

  const member = new ClassicMember({
    groupId: group.groupId,
    memberId,
    groupInstanceId: old.groupInstanceId,
    clientId: old.clientId,
    clientHost: old.clientHost,
    rebalanceTimeoutMs: old.rebalanceTimeoutMs,
    sessionTimeoutMs: old.sessionTimeoutMs,
    protocols: old.protocols,
  })
  member.assignment = old.assignment
  group.replace(old, member)
  update(join, member)
  touchSession(member, turn)

  switch (group.state) {
    case 'Stable': {
      const record = groupRecord(group)
      if (group.selectProtocol() !== group.protocolName || !fits(record, settings)) {
        rebalance(group, settings, turn)
        return
      }
      turn.write(record)
      group.unparkJoin(member)
      const isLeader = group.leaderId === memberId
      // Older clients would assign anew as leaders: they are told that the old id leads.
      const answer =
        client.version >= FIRST_VERSION_WITH_SKIPPED_ASSIGNMENT
          ? joinAnswer(group, memberId, { skipAssignment: isLeader })
          : joinAnswer(group, memberId, { withMembers: false, leader: leaderBefore })
      turn.answer(reply, answer)
      return
    }
    case 'CompletingRebalance':
      // The leader may assign to the old id already, so everybody starts over.
      prepareRebalance(group, settings, turn)
      return
    case 'PreparingRebalance':
      completeJoinIfAll(group, turn)
      return
    case 'Empty':
      return
  }
}
