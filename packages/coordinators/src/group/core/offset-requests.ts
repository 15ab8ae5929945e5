/** OffsetCommit, OffsetFetch and OffsetDelete of one group, and the removal of offsets that nobody needs. */
import {
  ErrorCode,
  type OffsetCommitRequest,
  type OffsetDeleteRequest,
  type OffsetFetchRequest,
} from '@moldau/protocol'
import type { Turn } from '../../runtime/core/turn.ts'
import type { ClassicGroup } from './classic-group.ts'
import { offsetRecord, offsetTombstone } from './group-records.ts'
import type { CommitAnswer, FetchedGroup, OffsetDeleteAnswer } from './group-responses.ts'
import type { GroupSettings } from './group-settings.ts'
import { type CommittedOffset, NO_TOPIC_ID, type Offsets } from './offsets.ts'

/** Clients up to v4 may say for how long an offset is kept; this leaves it to the broker. */
const DEFAULT_RETENTION = -1
const NO_OFFSET = -1

/** The id of a topic by its name, `NO_TOPIC_ID` where it is not known. */
export type TopicIds = (name: string) => string

/** Stores what the group's rules let through. */
export function commitOffsets(
  offsets: Offsets,
  request: OffsetCommitRequest,
  topicIdOf: TopicIds,
  settings: GroupSettings,
  turn: Turn,
): CommitAnswer {
  const { groupId, retentionTimeMs } = request
  const expireTimestamp =
    retentionTimeMs === DEFAULT_RETENTION ? undefined : timestamp(turn.now + retentionTimeMs)
  const topics = request.topics.map(({ name, topicId, partitions }) => ({
    name,
    topicId,
    partitions: partitions.map(partition => {
      const { partitionIndex, committedOffset, committedLeaderEpoch } = partition
      const metadata = partition.committedMetadata ?? ''
      if (metadata.length > settings.offsetMetadataMax)
        return { partitionIndex, errorCode: ErrorCode.OFFSET_METADATA_TOO_LARGE }
      const offset = {
        offset: committedOffset,
        leaderEpoch: committedLeaderEpoch,
        metadata,
        commitTimestamp: turn.now,
        expireTimestamp,
        topicId: topicIdOf(name),
      }
      offsets.set(groupId, name, partitionIndex, offset)
      turn.write(offsetRecord(groupId, name, partitionIndex, offset))
      return { partitionIndex, errorCode: ErrorCode.NONE }
    }),
  }))
  return { topics }
}

/** A time that can be stored, whatever a client has asked for. */
function timestamp(ms: number): number {
  return Math.max(0, Math.min(ms, Number.MAX_SAFE_INTEGER))
}

/**
 * All offsets of the group, or those asked for. An offset that is not there is -1, without an error; so is one of a topic
 * of the same name that was deleted.
 */
export function fetchOffsets(
  offsets: Offsets,
  request: OffsetFetchRequest['groups'][number],
  requireStable: boolean,
  topicIdOf: TopicIds,
): FetchedGroup {
  const { groupId } = request
  const asked =
    request.topics ??
    Array.from(offsets.of(groupId), ([name, partitions]) => ({
      name,
      topicId: partitions.values().next().value?.topicId ?? NO_TOPIC_ID,
      partitionIndexes: [...partitions.keys()],
    }))
  const topics = asked.map(({ name, topicId, partitionIndexes }) => ({
    name,
    topicId,
    partitions: partitionIndexes.map(partitionIndex => {
      const isUnstable = requireStable && offsets.isPending(groupId, name, partitionIndex)
      const stored = isUnstable ? undefined : offsets.get(groupId, name, partitionIndex)
      const found = isOfTopic(stored, topicIdOf(name)) ? stored : undefined
      return {
        partitionIndex,
        committedOffset: found?.offset ?? NO_OFFSET,
        committedLeaderEpoch: found?.leaderEpoch ?? -1,
        metadata: found?.metadata ?? '',
        errorCode: isUnstable ? ErrorCode.UNSTABLE_OFFSET_COMMIT : ErrorCode.NONE,
      }
    }),
  }))
  return { groupId, topics, errorCode: ErrorCode.NONE }
}

function isOfTopic(offset: CommittedOffset | undefined, topicId: string): boolean {
  return offset?.topicId === topicId || offset?.topicId === NO_TOPIC_ID || topicId === NO_TOPIC_ID
}

/** Forgets offsets of topics that nobody in the group is subscribed to. */
export function deleteOffsets(
  offsets: Offsets,
  group: ClassicGroup | undefined,
  request: OffsetDeleteRequest,
  turn: Turn,
): OffsetDeleteAnswer {
  const { groupId } = request
  const topics = request.topics.map(({ name, partitions }) => {
    const isSubscribed = group !== undefined && group.isSubscribedTo(name)
    return {
      name,
      partitions: partitions.map(({ partitionIndex }) => {
        if (isSubscribed) return { partitionIndex, errorCode: ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC }
        deleteOffset(offsets, groupId, name, partitionIndex, turn)
        return { partitionIndex, errorCode: ErrorCode.NONE }
      }),
    }
  })
  return { errorCode: ErrorCode.NONE, topics }
}

function deleteOffset(
  offsets: Offsets,
  groupId: string,
  topic: string,
  partition: number,
  turn: Turn,
): void {
  const isKnown =
    offsets.get(groupId, topic, partition) !== undefined ||
    offsets.isPending(groupId, topic, partition)
  if (!isKnown) return
  offsets.delete(groupId, topic, partition)
  turn.write(offsetTombstone(groupId, topic, partition))
}

/** All offsets of a group that is deleted. */
export function deleteAllOffsets(offsets: Offsets, groupId: string, turn: Turn): void {
  for (const [topic, partitions] of offsets.of(groupId))
    for (const partition of partitions.keys())
      deleteOffset(offsets, groupId, topic, partition, turn)
}

/** Offsets of topics that are gone. */
export function deleteOffsetsOfTopics(
  offsets: Offsets,
  topics: ReadonlySet<string>,
  turn: Turn,
): void {
  for (const groupId of offsets.groups())
    for (const [topic, partitions] of offsets.of(groupId)) {
      if (!topics.has(topic)) continue
      for (const partition of partitions.keys())
        deleteOffset(offsets, groupId, topic, partition, turn)
    }
}

/**
 * Removes the offsets of a group that are too old (KIP-211): counted from when the group became empty; of a stable group
 * of consumers, from the commit, and only for topics nobody is subscribed to any more; of a group without members ever,
 * from the commit. Transactions that are open keep theirs. Returns whether the group has no offset left.
 */
export function expireGroupOffsets(
  offsets: Offsets,
  group: ClassicGroup,
  settings: GroupSettings,
  turn: Turn,
): boolean {
  const { groupId, stateSince } = group
  const isSimple = group.protocolType === undefined
  const isIdle = !isSimple && group.state === 'Empty'
  const isReduced = group.state === 'Stable' && group.knowsSubscriptions
  if (!isSimple && !isIdle && !isReduced) return false
  const startOf = (offset: CommittedOffset) =>
    isIdle ? (stateSince ?? offset.commitTimestamp) : offset.commitTimestamp
  for (const [topic, partitions] of offsets.of(groupId)) {
    if (isReduced && group.isSubscribedTo(topic)) continue
    for (const [partition, offset] of partitions) {
      const expiresAt = offset.expireTimestamp ?? startOf(offset) + settings.offsetRetentionMs
      if (turn.now >= expiresAt && !offsets.isPending(groupId, topic, partition))
        deleteOffset(offsets, groupId, topic, partition, turn)
    }
  }
  return offsets.of(groupId).size === 0 && !offsets.hasPending(groupId)
}
