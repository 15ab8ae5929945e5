/**
 * Groups: listed from all brokers, described and changed at their coordinators.
 */
import { Apis, errorName } from '@moldau/protocol'
import type { Cluster } from '../cluster/cluster.ts'
import { decodeAssignment } from '../consumer/consumer-protocol.ts'
import { noMember } from '../consumer/core/membership.ts'
import {
  commitOffsets,
  fetchOffsets,
  type CommittedOffset,
  type OffsetToCommit,
} from '../consumer/group-offsets.ts'
import { KafkaError, protocolError, throwIfError } from '../errors.ts'

/** A group in a listing; `state` and `type` are '' where an old broker does not tell. @public */
export interface ListedGroup {
  readonly groupId: string
  readonly protocolType: string
  readonly state: string
  readonly type: string
}

/** @public */
export interface GroupMemberDescription {
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  /** Empty for groups that are not of consumers. */
  readonly assignment: readonly { topic: string; partition: number }[]
}

/** @public */
export interface DescribedGroup {
  readonly groupId: string
  readonly state: string
  readonly protocolType: string
  /** Name of the assignor. */
  readonly protocol: string
  /** The broker that coordinates. */
  readonly coordinator: number
  readonly members: readonly GroupMemberDescription[]
}

export async function listGroups(
  cluster: Cluster,
  options: { states?: readonly string[]; types?: readonly string[] },
): Promise<Map<string, ListedGroup>> {
  await cluster.refresh([])
  const result = new Map<string, ListedGroup>()
  for (const nodeId of cluster.metadata.brokers.keys()) {
    const answer = await cluster.call(nodeId, Apis.ListGroups, {
      ...(options.states !== undefined && { statesFilter: [...options.states] }),
      ...(options.types !== undefined && { typesFilter: [...options.types] }),
    })
    throwIfError(answer.errorCode, { api: 'ListGroups' })
    for (const { groupId, protocolType, groupState, groupType } of answer.groups)
      result.set(groupId, { groupId, protocolType, state: groupState, type: groupType })
  }
  return result
}

export async function describeGroups(
  cluster: Cluster,
  ids: readonly string[],
): Promise<Map<string, DescribedGroup | KafkaError>> {
  const results = new Map<string, DescribedGroup | KafkaError>()
  for (const id of ids) {
    const coordinator = await cluster.coordinator(id)
    const answer = await cluster.call(coordinator, Apis.DescribeGroups, { groups: [id] })
    const [group] = answer.groups
    if (group === undefined || group.errorCode !== 0) {
      results.set(id, failure(cluster, id, 'DescribeGroups', group))
      continue
    }
    results.set(id, {
      groupId: id,
      state: group.groupState,
      protocolType: group.protocolType,
      protocol: group.protocolData,
      coordinator,
      members: group.members.map(member => ({
        memberId: member.memberId,
        groupInstanceId: member.groupInstanceId,
        clientId: member.clientId,
        clientHost: member.clientHost,
        assignment:
          group.protocolType === 'consumer' ? decodeAssignment(member.memberAssignment) : [],
      })),
    })
  }
  return results
}

export async function deleteGroups(
  cluster: Cluster,
  ids: readonly string[],
): Promise<Map<string, true | KafkaError>> {
  const results = new Map<string, true | KafkaError>()
  for (const id of ids) {
    const answer = await cluster.call(await cluster.coordinator(id), Apis.DeleteGroups, {
      groupsNames: [id],
    })
    const [row] = answer.results
    results.set(id, row?.errorCode === 0 || failure(cluster, id, 'DeleteGroups', row))
  }
  return results
}

export function listGroupOffsets(
  cluster: Cluster,
  id: string,
): Promise<Map<string, CommittedOffset>> {
  return fetchOffsets(cluster, id, undefined)
}

export function alterGroupOffsets(
  cluster: Cluster,
  groupId: string,
  offsets: readonly OffsetToCommit[],
): Promise<void> {
  const committer = { groupId, groupInstanceId: null, member: noMember, lane: 'main' }
  return commitOffsets(cluster, committer, offsets)
}

/** Results by `topic-partition`. */
export async function deleteGroupOffsets(
  cluster: Cluster,
  groupId: string,
  partitions: readonly { topic: string; partition: number }[],
): Promise<Map<string, true | KafkaError>> {
  const topics = Map.groupBy(partitions, ({ topic }) => topic)
  const answer = await cluster.call(await cluster.coordinator(groupId), Apis.OffsetDelete, {
    groupId,
    topics: [...topics].map(([name, rows]) => ({
      name,
      partitions: rows.map(({ partition }) => ({ partitionIndex: partition })),
    })),
  })
  if (answer.errorCode !== 0) throw failure(cluster, groupId, 'OffsetDelete', answer)
  const results = new Map<string, true | KafkaError>()
  for (const { name, partitions: rows } of answer.topics)
    for (const { partitionIndex, errorCode } of rows)
      results.set(
        `${name}-${partitionIndex}`,
        errorCode === 0 || protocolError(errorCode, { api: 'OffsetDelete' }),
      )
  return results
}

function failure(
  cluster: Cluster,
  groupId: string,
  api: string,
  row: { errorCode: number; errorMessage?: string | null } | undefined,
): KafkaError {
  const errorCode = row?.errorCode ?? -1
  const name = errorName(errorCode)
  if (name === 'NOT_COORDINATOR' || name === 'COORDINATOR_NOT_AVAILABLE')
    cluster.forgetCoordinator(groupId)
  return protocolError(errorCode, { api, message: row?.errorMessage ?? undefined })
}
