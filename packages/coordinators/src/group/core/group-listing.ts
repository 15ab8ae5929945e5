/** ListGroups and DescribeGroups. */
import { ErrorCode, type ListGroupsRequest } from '@moldau/protocol'
import type { ClassicGroup } from './classic-group.ts'
import { type DescribedGroup, type ListedGroup, noBytes } from './group-responses.ts'
import type { OtherGroupType } from './other-groups.ts'

/** Unknown groups are an error from this version of DescribeGroups on (KIP-1043). */
const FIRST_VERSION_WITH_NOT_FOUND = 6

/** What the groups of other protocols, and their types of protocol, are called. */
const protocolTypes = { Consumer: 'consumer', Share: 'share', Streams: 'streams' } as const

/** The groups that the filters let through; an empty filter lets all. Letter case does not matter. */
export function listGroups(
  groups: Iterable<ClassicGroup>,
  others: Iterable<{ groupId: string; type: OtherGroupType }>,
  filters: Pick<ListGroupsRequest, 'statesFilter' | 'typesFilter'>,
): readonly ListedGroup[] {
  const listed: ListedGroup[] = []
  for (const { groupId, protocolType, state } of groups)
    listed.push({
      groupId,
      protocolType: protocolType ?? '',
      groupState: state,
      groupType: 'classic',
    })
  for (const { groupId, type } of others)
    listed.push({
      groupId,
      protocolType: protocolTypes[type],
      groupState: 'Empty',
      groupType: protocolTypes[type],
    })
  return listed.filter(
    ({ groupState = '', groupType = '' }) =>
      passes(filters.statesFilter, groupState) && passes(filters.typesFilter, groupType),
  )
}

function passes(filter: readonly string[], value: string): boolean {
  const wanted = value.toLowerCase()
  return filter.length === 0 || filter.some(name => name.toLowerCase() === wanted)
}

/** Members' own words are shown only once they agree on a protocol. */
export function describeGroup(group: ClassicGroup): DescribedGroup {
  const protocolName = group.state === 'Stable' ? (group.protocolName ?? '') : undefined
  return {
    errorCode: ErrorCode.NONE,
    groupId: group.groupId,
    groupState: group.state,
    protocolType: group.protocolType ?? '',
    protocolData: protocolName ?? '',
    members: Array.from(group.members, member => ({
      memberId: member.memberId,
      groupInstanceId: member.groupInstanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      memberMetadata: protocolName === undefined ? noBytes : member.metadata(protocolName),
      memberAssignment: member.assignment,
    })),
  }
}

export function groupNotFound(groupId: string, version: number): DescribedGroup {
  const isError = version >= FIRST_VERSION_WITH_NOT_FOUND
  return {
    errorCode: ErrorCode[isError ? 'GROUP_ID_NOT_FOUND' : 'NONE'],
    ...(isError ? { errorMessage: `Group ${groupId} not found.` } : {}),
    groupId,
    groupState: 'Dead',
    protocolType: '',
    protocolData: '',
    members: [],
  }
}
