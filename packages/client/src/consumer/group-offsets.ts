/**
 * A group's committed offsets: read and written at its coordinator. Asks once; errors rise.
 */
import { Apis } from '@moldau/protocol'
import type { Cluster } from '../cluster/cluster.ts'
import { KafkaError, protocolError } from '../errors.ts'
import type { Member } from './core/membership.ts'

/** An offset to commit: the next one to read, that is one more than the last record processed. @public */
export interface OffsetToCommit {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly leaderEpoch?: number
  readonly metadata?: string
}

/** What a group has committed for a partition. @public */
export interface CommittedOffset {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly leaderEpoch: number
  readonly metadata: string
}

/** The group and, inside of a generation, the member that commits. */
export interface Committer {
  readonly groupId: string
  readonly groupInstanceId: string | null
  readonly member: Member
  readonly lane: string
}

/** @throws KafkaError of the call or of the first partition that failed */
export async function commitOffsets(
  cluster: Cluster,
  committer: Committer,
  offsets: readonly OffsetToCommit[],
): Promise<void> {
  if (offsets.length === 0) return
  const { groupId, lane } = committer
  const topics = byTopic(offsets, o => ({
    partitionIndex: o.partition,
    committedOffset: o.offset,
    committedLeaderEpoch: o.leaderEpoch ?? -1,
    committedMetadata: o.metadata ?? '',
  }))
  const answer = await cluster.call(
    await cluster.coordinator(groupId, lane),
    Apis.OffsetCommit,
    {
      groupId,
      generationIdOrMemberEpoch: committer.member.generation,
      memberId: committer.member.memberId,
      groupInstanceId: committer.groupInstanceId,
      topics: topics.map(([name, partitions]) => ({ name, partitions })),
    },
    { lane },
  )
  for (const { name, partitions } of answer.topics)
    for (const { partitionIndex, errorCode } of partitions)
      if (errorCode !== 0)
        throw forgetting(
          cluster,
          groupId,
          protocolError(errorCode, {
            api: 'OffsetCommit',
            topicPartition: { topic: name, partition: partitionIndex },
          }),
        )
}

/**
 * The group's offsets for these partitions (undefined: all it has), by `topic-partition`; those without one are
 * missing.
 * @throws KafkaError of the call or of the first partition that failed
 */
export async function fetchOffsets(
  cluster: Cluster,
  groupId: string,
  partitions: readonly { topic: string; partition: number }[] | undefined,
  options: { lane?: string; requireStable?: boolean } = {},
): Promise<Map<string, CommittedOffset>> {
  const connection = await cluster.connection(
    await cluster.coordinator(groupId, options.lane),
    options.lane,
  )
  const topics =
    partitions === undefined
      ? null
      : byTopic(partitions, p => p.partition).map(([name, partitionIndexes]) => ({
          name,
          partitionIndexes,
        }))
  const isBatched = connection.versionOf(Apis.OffsetFetch) >= 8
  const answer = await connection.call(Apis.OffsetFetch, {
    ...(isBatched ? { groups: [{ groupId, topics }] } : { groupId, topics }),
    requireStable: options.requireStable ?? false,
  })
  const group = isBatched ? answer.groups[0] : answer
  if (group === undefined || group.errorCode !== 0)
    throw forgetting(
      cluster,
      groupId,
      protocolError(group?.errorCode ?? -1, { api: 'OffsetFetch' }),
    )
  const result = new Map<string, CommittedOffset>()
  for (const topic of group.topics)
    for (const row of topic.partitions) {
      const { partitionIndex: partition, committedOffset, committedLeaderEpoch, metadata } = row
      if (row.errorCode !== 0)
        throw protocolError(row.errorCode, {
          api: 'OffsetFetch',
          topicPartition: { topic: topic.name, partition },
        })
      if (committedOffset >= 0)
        result.set(`${topic.name}-${partition}`, {
          topic: topic.name,
          partition,
          offset: committedOffset,
          leaderEpoch: committedLeaderEpoch,
          metadata: metadata ?? '',
        })
    }
  return result
}

function byTopic<T extends { topic: string }, R>(
  rows: readonly T[],
  convert: (row: T) => R,
): [string, R[]][] {
  const topics = new Map<string, R[]>()
  for (const row of rows) {
    const converted = convert(row)
    const others = topics.get(row.topic)
    if (others === undefined) topics.set(row.topic, [converted])
    else others.push(converted)
  }
  return [...topics]
}

function forgetting(cluster: Cluster, groupId: string, error: KafkaError): KafkaError {
  if (error.code === 'NOT_COORDINATOR' || error.code === 'COORDINATOR_NOT_AVAILABLE')
    cluster.forgetCoordinator(groupId)
  return error
}
