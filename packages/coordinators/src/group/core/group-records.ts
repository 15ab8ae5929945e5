/** Records of groups and offsets in `__consumer_offsets`, in the versions that a 4.3.1 broker writes. */
import {
  encodeCoordinatorKey,
  encodeCoordinatorValue,
  GroupMetadataKey,
  GroupMetadataValue,
  OffsetCommitKey,
  OffsetCommitValue,
} from '@moldau/protocol'
import type { ShardRecord } from '../../runtime/core/turn.ts'
import { ClassicGroup } from './classic-group.ts'
import { ClassicMember } from './classic-member.ts'
import type { GroupSettings } from './group-settings.ts'
import type { CommittedOffset } from './offsets.ts'

const GROUP_VERSION = 3
const OFFSET_VERSION = 4
/** The one version with a time of expiry, which clients up to OffsetCommit v4 may ask for. */
const EXPIRING_OFFSET_VERSION = 1

/**
 * The group as it is: a generation with its assignment, or nobody. Members that a coordinator does not know join again;
 * but a static one that it knows by an older id is fenced for good, so what tells of such members is not renewable.
 */
export function groupRecord(group: ClassicGroup): ShardRecord {
  const protocolName = group.protocolName ?? ''
  return {
    isRenewable: !group.hasStaticMembers,
    key: encodeCoordinatorKey(GroupMetadataKey, { group: group.groupId }),
    value: encodeCoordinatorValue(
      GroupMetadataValue,
      {
        protocolType: group.protocolType ?? '',
        generation: group.generationId,
        protocol: group.protocolName ?? null,
        leader: group.leaderId ?? null,
        currentStateTimestamp: group.stateSince ?? -1,
        members: Array.from(group.members, member => ({
          memberId: member.memberId,
          groupInstanceId: member.groupInstanceId,
          clientId: member.clientId,
          clientHost: member.clientHost,
          rebalanceTimeout: member.rebalanceTimeoutMs,
          sessionTimeout: member.sessionTimeoutMs,
          subscription: member.metadata(protocolName),
          assignment: member.assignment,
        })),
      },
      GROUP_VERSION,
    ),
  }
}

/** Whether the record may be written. */
export function fits({ key, value }: ShardRecord, { recordBytesMax }: GroupSettings): boolean {
  return key.length + (value?.length ?? 0) <= recordBytesMax
}

export function groupTombstone(groupId: string): ShardRecord {
  return { key: encodeCoordinatorKey(GroupMetadataKey, { group: groupId }), value: null }
}

/** The group that a record tells of. */
export function groupFromRecord(groupId: string, value: GroupMetadataValue): ClassicGroup {
  const group = new ClassicGroup(groupId, undefined)
  group.generationId = value.generation
  group.protocolType = value.protocolType === '' ? undefined : value.protocolType
  group.protocolName = value.protocol ?? undefined
  for (const stored of value.members) {
    const member = new ClassicMember({
      groupId,
      memberId: stored.memberId,
      groupInstanceId: stored.groupInstanceId,
      clientId: stored.clientId,
      clientHost: stored.clientHost,
      rebalanceTimeoutMs:
        stored.rebalanceTimeout === -1 ? stored.sessionTimeout : stored.rebalanceTimeout,
      sessionTimeoutMs: stored.sessionTimeout,
      protocols: [{ name: value.protocol ?? '', metadata: stored.subscription }],
    })
    member.assignment = stored.assignment
    group.add(member)
  }
  group.leaderId = value.leader ?? undefined
  group.restore(
    value.members.length === 0 ? 'Empty' : 'Stable',
    value.currentStateTimestamp === -1 ? undefined : value.currentStateTimestamp,
  )
  group.updateSubscribed()
  return group
}

export function offsetRecord(
  groupId: string,
  topic: string,
  partition: number,
  offset: CommittedOffset,
): ShardRecord {
  return {
    key: encodeCoordinatorKey(OffsetCommitKey, { group: groupId, topic, partition }),
    value: encodeCoordinatorValue(
      OffsetCommitValue,
      {
        offset: offset.offset,
        leaderEpoch: offset.leaderEpoch,
        metadata: offset.metadata,
        commitTimestamp: offset.commitTimestamp,
        expireTimestamp: offset.expireTimestamp ?? -1,
        topicId: offset.topicId,
      },
      offset.expireTimestamp === undefined ? OFFSET_VERSION : EXPIRING_OFFSET_VERSION,
    ),
  }
}

export function offsetTombstone(groupId: string, topic: string, partition: number): ShardRecord {
  return {
    key: encodeCoordinatorKey(OffsetCommitKey, { group: groupId, topic, partition }),
    value: null,
  }
}
