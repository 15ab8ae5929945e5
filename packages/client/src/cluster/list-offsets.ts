/**
 * Offsets by time or by end, asked of each partition's leader. Used by the consumer (where to start) and the admin.
 */
import { Apis } from '@moldau/protocol'
import { KafkaError, protocolError } from '../errors.ts'
import type { Cluster } from './cluster.ts'

/** The protocol's stand-ins for a timestamp. */
const specialTimestamps = {
  latest: -1,
  earliest: -2,
  'max-timestamp': -3,
  'earliest-local': -4,
  'latest-tiered': -5,
} as const

/** An end, or a time in milliseconds since 1970. @public */
export type OffsetSpec = keyof typeof specialTimestamps | number | Date

/** @public */
export interface ListedOffset {
  readonly topic: string
  readonly partition: number
  /** −1 where there is none at or after the time. */
  readonly offset: number
  readonly timestamp: number
  readonly leaderEpoch: number
}

/** Asks once. Each partition gets an offset or an error; topics must be known to the metadata. */
export async function listOffsets(
  cluster: Cluster,
  wanted: readonly { topic: string; partition: number; at: OffsetSpec }[],
  options: { isReadCommitted?: boolean; lane?: string } = {},
): Promise<Map<string, ListedOffset | KafkaError>> {
  const results = new Map<string, ListedOffset | KafkaError>()
  const byLeader = new Map<number, (typeof wanted)[number][]>()
  for (const want of wanted) {
    const leader = cluster.metadata.leader(want.topic, want.partition)
    if (leader === undefined) {
      results.set(
        `${want.topic}-${want.partition}`,
        new KafkaError('LEADER_NOT_AVAILABLE', { topicPartition: want }),
      )
      cluster.metadata.markStale(want.topic)
      continue
    }
    const group = byLeader.get(leader.nodeId)
    if (group === undefined) byLeader.set(leader.nodeId, [want])
    else group.push(want)
  }
  await Promise.all(
    [...byLeader].map(async ([nodeId, group]) => {
      try {
        await askLeader(cluster, nodeId, group, options, results)
      } catch (error) {
        if (!(error instanceof KafkaError)) throw error
        for (const { topic, partition } of group) {
          cluster.metadata.markStale(topic)
          results.set(`${topic}-${partition}`, error)
        }
      }
    }),
  )
  return results
}

async function askLeader(
  cluster: Cluster,
  nodeId: number,
  group: readonly { topic: string; partition: number; at: OffsetSpec }[],
  options: { isReadCommitted?: boolean; lane?: string },
  results: Map<string, ListedOffset | KafkaError>,
): Promise<void> {
  const topics = new Map<string, { partitionIndex: number; timestamp: number }[]>()
  for (const { topic, partition, at } of group) {
    const row = { partitionIndex: partition, timestamp: toTimestamp(at) }
    const rows = topics.get(topic)
    if (rows === undefined) topics.set(topic, [row])
    else rows.push(row)
  }
  const answer = await cluster.call(
    nodeId,
    Apis.ListOffsets,
    {
      replicaId: -1,
      isolationLevel: options.isReadCommitted === true ? 1 : 0,
      topics: [...topics].map(([name, partitions]) => ({ name, partitions })),
      timeoutMs: cluster.apiTimeoutMs,
    },
    options.lane === undefined ? {} : { lane: options.lane },
  )
  for (const { name, partitions } of answer.topics)
    for (const {
      partitionIndex: partition,
      errorCode,
      offset,
      timestamp,
      leaderEpoch,
    } of partitions) {
      const subject = `${name}-${partition}`
      if (errorCode === 0) {
        results.set(subject, { topic: name, partition, offset, timestamp, leaderEpoch })
        continue
      }
      const error = protocolError(errorCode, {
        api: 'ListOffsets',
        topicPartition: { topic: name, partition },
      })
      if (error.retriable) cluster.metadata.markStale(name)
      results.set(subject, error)
    }
}

function toTimestamp(at: OffsetSpec): number {
  if (typeof at === 'number') return at
  if (typeof at === 'string') return specialTimestamps[at]
  return at.getTime()
}
