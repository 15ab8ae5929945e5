/**
 * The groups of one partition of `__consumer_offsets`: finds the group of a request, replays records, and answers what
 * concerns groups as wholes. Records are applied when they are decided; the shell makes sure that nobody hears of them
 * before they are committed.
 */
import {
  coordinatorRecordType,
  decodeCoordinatorKey,
  decodeCoordinatorValue,
  ErrorCode,
  type ErrorName,
  GroupMetadataKey,
  GroupMetadataValue,
  type HeartbeatRequest,
  type JoinGroupRequest,
  type LeaveGroupRequest,
  type ListGroupsRequest,
  type OffsetCommitRequest,
  type OffsetDeleteRequest,
  type OffsetFetchRequest,
  OffsetCommitKey,
  OffsetCommitValue,
  type SyncGroupRequest,
} from '@moldau/protocol'
import type { StateMachine, StoredShardRecord } from '../../runtime/core/state-machine.ts'
import type { Reply, TimerEvent, Turn } from '../../runtime/core/turn.ts'
import { ClassicGroup, type RebalanceTimer } from './classic-group.ts'
import { type JoiningClient, joinClassicGroup } from './classic-join.ts'
import type { SessionTimer } from './classic-member.ts'
import {
  joinTimeOver,
  prepareRebalance,
  sessionTimeOver,
  syncTimeOver,
  touchSession,
} from './classic-rebalance.ts'
import {
  commitRefusal,
  heartbeatOfClassicGroup,
  leaveClassicGroup,
  syncClassicGroup,
} from './classic-requests.ts'
import { describeGroup, groupNotFound, listGroups } from './group-listing.ts'
import { groupFromRecord, groupRecord, groupTombstone } from './group-records.ts'
import {
  type CommitAnswer,
  type DeleteAnswer,
  type DescribedGroup,
  type FetchedGroup,
  type HeartbeatAnswer,
  type JoinAnswer,
  type LeaveAnswer,
  type ListedGroup,
  type OffsetDeleteAnswer,
  refusedCommit,
  refusedJoin,
  refusedSync,
  type SyncAnswer,
  UNKNOWN_MEMBER,
} from './group-responses.ts'
import type { GroupSettings } from './group-settings.ts'
import {
  commitOffsets,
  deleteAllOffsets,
  deleteOffsets,
  deleteOffsetsOfTopics,
  expireGroupOffsets,
  fetchOffsets,
  type TopicIds,
} from './offset-requests.ts'
import { Offsets } from './offsets.ts'
import { OtherGroups } from './other-groups.ts'

/** From this version on, a commit to a group that is not there says so. */
const FIRST_COMMIT_VERSION_WITH_GROUP_NOT_FOUND = 9

export class GroupShard implements StateMachine {
  readonly #settings: GroupSettings
  readonly #topicIdOf: TopicIds
  readonly #groups = new Map<string, ClassicGroup>()
  readonly #others = new OtherGroups()
  readonly #offsets = new Offsets()
  /** Types of records that are left as they are, met while loading. */
  readonly #unknownTypes = new Set<number>()

  constructor(settings: GroupSettings, topicIdOf: TopicIds) {
    this.#settings = settings
    this.#topicIdOf = topicIdOf
  }

  joinGroup(
    turn: Turn,
    request: JoinGroupRequest,
    client: JoiningClient,
    reply: Reply<JoinAnswer>,
  ): void {
    const { groupId, memberId } = request
    const other = this.#others.typeOf(groupId)
    if (other !== undefined && other !== 'Consumer') {
      turn.answer(reply, refusedJoin('INCONSISTENT_GROUP_PROTOCOL', memberId))
      return
    }
    const known = this.#groups.get(groupId)
    if (known === undefined && memberId !== UNKNOWN_MEMBER) {
      turn.answer(reply, refusedJoin('UNKNOWN_MEMBER_ID', memberId))
      return
    }
    const group = known ?? new ClassicGroup(groupId, turn.now)
    const settings = this.#settings
    if (known === undefined) {
      // A consumer group of Apache Kafka has no members here: it becomes a classic one, with its offsets (KIP-848).
      this.#others.delete(groupId, turn)
      this.#groups.set(groupId, group)
      turn.write(groupRecord(group))
    }
    joinClassicGroup({ group, request, client, reply, settings, turn })
  }

  syncGroup(turn: Turn, request: SyncGroupRequest, reply: Reply<SyncAnswer>): void {
    const group = this.#groups.get(request.groupId)
    if (group === undefined) turn.answer(reply, refusedSync('UNKNOWN_MEMBER_ID'))
    else syncClassicGroup(group, request, this.#settings, turn, reply)
  }

  heartbeat(turn: Turn, request: HeartbeatRequest, reply: Reply<HeartbeatAnswer>): void {
    const group = this.#groups.get(request.groupId)
    if (group === undefined) turn.answer(reply, { errorCode: ErrorCode.UNKNOWN_MEMBER_ID })
    else heartbeatOfClassicGroup(group, request, turn, reply)
  }

  leaveGroup(
    turn: Turn,
    groupId: string,
    leaving: LeaveGroupRequest['members'],
    reply: Reply<LeaveAnswer>,
  ): void {
    const group = this.#groups.get(groupId) ?? new ClassicGroup(groupId, turn.now)
    leaveClassicGroup(group, leaving, this.#settings, turn, reply)
  }

  commitOffsets(
    turn: Turn,
    request: OffsetCommitRequest,
    version: number,
    reply: Reply<CommitAnswer>,
  ): void {
    const { groupId, generationIdOrMemberEpoch } = request
    const known = this.#groups.get(groupId)
    const isOther = this.#others.typeOf(groupId) !== undefined
    let refusal: ErrorName | undefined
    if (known !== undefined) refusal = commitRefusal(known, request, turn)
    else if (generationIdOrMemberEpoch >= 0 && isOther) refusal = 'UNKNOWN_MEMBER_ID'
    else if (generationIdOrMemberEpoch >= 0)
      refusal =
        version >= FIRST_COMMIT_VERSION_WITH_GROUP_NOT_FOUND
          ? 'GROUP_ID_NOT_FOUND'
          : 'ILLEGAL_GENERATION'
    if (refusal !== undefined) {
      turn.answer(reply, refusedCommit(request, refusal))
      return
    }
    // Offsets alone make a group, a simple one; its record is theirs.
    if (known === undefined && !isOther)
      this.#groups.set(groupId, new ClassicGroup(groupId, turn.now))
    turn.answer(reply, commitOffsets(this.#offsets, request, this.#topicIdOf, this.#settings, turn))
  }

  fetchOffsets(
    turn: Turn,
    request: OffsetFetchRequest['groups'][number],
    requireStable: boolean,
    reply: Reply<FetchedGroup>,
  ): void {
    turn.answer(reply, fetchOffsets(this.#offsets, request, requireStable, this.#topicIdOf))
  }

  deleteOffsets(turn: Turn, request: OffsetDeleteRequest, reply: Reply<OffsetDeleteAnswer>): void {
    const { groupId } = request
    const group = this.#groups.get(groupId)
    let refusal: ErrorName | undefined
    if (group === undefined && this.#others.typeOf(groupId) === undefined)
      refusal = 'GROUP_ID_NOT_FOUND'
    else if (group !== undefined && group.state !== 'Empty' && !group.usesConsumerProtocol)
      refusal = 'NON_EMPTY_GROUP'
    turn.answer(
      reply,
      refusal === undefined
        ? deleteOffsets(this.#offsets, group, request, turn)
        : { errorCode: ErrorCode[refusal], topics: [] },
    )
  }

  listGroups(
    turn: Turn,
    filters: Pick<ListGroupsRequest, 'statesFilter' | 'typesFilter'>,
    reply: Reply<readonly ListedGroup[]>,
  ): void {
    turn.answer(reply, listGroups(this.#groups.values(), this.#others.all(), filters))
  }

  describeGroup(turn: Turn, groupId: string, version: number, reply: Reply<DescribedGroup>): void {
    const group = this.#groups.get(groupId)
    turn.answer(reply, group === undefined ? groupNotFound(groupId, version) : describeGroup(group))
  }

  deleteGroup(turn: Turn, groupId: string, reply: Reply<DeleteAnswer['results'][number]>): void {
    const group = this.#groups.get(groupId)
    const isOther = this.#others.typeOf(groupId) !== undefined
    let error: ErrorName = 'NONE'
    if (group === undefined && !isOther) error = 'GROUP_ID_NOT_FOUND'
    else if (group !== undefined && group.state !== 'Empty') error = 'NON_EMPTY_GROUP'
    else {
      deleteAllOffsets(this.#offsets, groupId, turn)
      this.#others.delete(groupId, turn)
      if (group !== undefined) this.#removeGroup(group, turn)
    }
    turn.answer(reply, { groupId, errorCode: ErrorCode[error] })
  }

  topicsDeleted(turn: Turn, topics: ReadonlySet<string>): void {
    deleteOffsetsOfTopics(this.#offsets, topics, turn)
  }

  /** Removes offsets that are too old, and empty groups that have none left. */
  expireOffsets(turn: Turn): void {
    for (const group of this.#groups.values()) {
      const hasNone = expireGroupOffsets(this.#offsets, group, this.#settings, turn)
      if (hasNone && group.state === 'Empty' && group.pending.size === 0)
        this.#removeGroup(group, turn)
    }
  }

  timerFired(event: TimerEvent, turn: Turn): void {
    // Only this shard's own events are in its timers.
    const timer = event as SessionTimer | RebalanceTimer
    const group = this.#groups.get(timer.groupId)
    if (group === undefined) return
    switch (timer.kind) {
      case 'session':
        sessionTimeOver(group, timer.memberId, this.#settings, turn)
        return
      case 'join':
        joinTimeOver(group, this.#settings, turn)
        return
      case 'sync':
        syncTimeOver(group, this.#settings, turn)
        return
    }
  }

  replay({ key, value, transactionOf }: StoredShardRecord): void {
    const type = coordinatorRecordType(key)
    if (type === OffsetCommitKey.apiKey || type === 0) this.#replayOffset(key, value, transactionOf)
    else if (type === GroupMetadataKey.apiKey) this.#replayGroup(key, value)
    else if (!this.#others.replay(key, value)) this.#unknownTypes.add(type)
  }

  replayMarker(producerId: number, isCommit: boolean): void {
    for (const { groupId } of this.#offsets.endTransaction(producerId, isCommit))
      this.#expectGroup(groupId)
  }

  loaded(turn: Turn): void {
    if (this.#unknownTypes.size > 0)
      turn.warn('records of unknown types are left as they are', { types: [...this.#unknownTypes] })
    for (const groupId of this.#offsets.groups()) this.#expectGroup(groupId)
    for (const group of this.#groups.values()) {
      for (const member of group.members) touchSession(member, turn)
      if (group.size > this.#settings.groupSizeMax) prepareRebalance(group, this.#settings, turn)
    }
  }

  #replayOffset(key: Buffer, value: Buffer | null, transactionOf: number | undefined): void {
    // Type 0 is the same key, from brokers before 0.9.
    const { group: groupId, topic, partition } = decodeCoordinatorKey(OffsetCommitKey, key)
    const offset = value === null ? undefined : committedOffset(value)
    if (transactionOf !== undefined)
      this.#offsets.setPending(transactionOf, { groupId, topic, partition, offset })
    else if (offset === undefined) this.#offsets.delete(groupId, topic, partition)
    else this.#offsets.set(groupId, topic, partition, offset)
  }

  #replayGroup(key: Buffer, value: Buffer | null): void {
    const { group: groupId } = decodeCoordinatorKey(GroupMetadataKey, key)
    if (value === null) this.#groups.delete(groupId)
    else
      this.#groups.set(
        groupId,
        groupFromRecord(groupId, decodeCoordinatorValue(GroupMetadataValue, value)),
      )
  }

  /** Offsets without a group's record are those of a simple group. */
  #expectGroup(groupId: string): void {
    if (this.#groups.has(groupId) || this.#others.typeOf(groupId) !== undefined) return
    this.#groups.set(groupId, new ClassicGroup(groupId, undefined))
  }

  #removeGroup(group: ClassicGroup, turn: Turn): void {
    for (const session of group.pending.values()) turn.stopTimer(session)
    turn.stopTimer(group.joinTimer)
    turn.stopTimer(group.syncTimer)
    this.#groups.delete(group.groupId)
    turn.write(groupTombstone(group.groupId))
  }
}

function committedOffset(value: Buffer) {
  const stored = decodeCoordinatorValue(OffsetCommitValue, value)
  const { expireTimestamp } = stored
  return { ...stored, expireTimestamp: expireTimestamp === -1 ? undefined : expireTimestamp }
}
