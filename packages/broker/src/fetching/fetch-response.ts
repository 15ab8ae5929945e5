/**
 * Encodes the response of Fetch, versions 4 to 18, around the record Buffers: they are parts of the reply, not copied.
 */
import { ErrorCode, type ErrorName } from '@moldau/protocol'
import { LeaderHints } from '../apis/leader-hints.ts'
import type { Exchange } from '../network/exchange.ts'
import { ReplyBuilder } from '../network/reply-builder.ts'
import type { BrokerServices } from '../services.ts'
import type { PartitionFetch } from './partition-fetch.ts'

/** Bytes of a diverging epoch { epoch: int32, endOffset: int64 } and its empty tags. */
const DIVERGING_EPOCH_BYTES = 13

/** What is told. */
export interface FetchAnswer {
  readonly error: ErrorName
  readonly sessionId: number
  readonly fetches: readonly PartitionFetch[]
  /** Followers know where their leaders are. */
  readonly isForFollower?: boolean
}

// Scratch, empty between responses.
const reply = new ReplyBuilder()

/** The whole response, size in front. */
export function encodeFetch(
  exchange: Exchange,
  broker: BrokerServices,
  answer: FetchAnswer,
): Buffer[] {
  const version = exchange.apiVersion
  const hints = new LeaderHints()
  reply.begin(exchange.correlationId, version >= 12)
  reply.int32(0) // throttleTimeMs
  if (version >= 7) {
    reply.int16(ErrorCode[answer.error])
    reply.int32(answer.sessionId)
  }
  const topics = byTopic(answer.fetches)
  reply.count(topics.length)
  for (const fetches of topics) {
    const { topic, topicId } = (fetches[0] as PartitionFetch).target
    if (version >= 13) reply.uuid(topicId)
    else reply.string(topic)
    reply.count(fetches.length)
    for (const fetch of fetches) writePartition(fetch, version, hints)
    reply.endTags()
  }
  if (version >= 16 && answer.isForFollower !== true) hints.writeEndpoints(reply, broker, exchange)
  else reply.endTags()
  return reply.finish()
}

function writePartition(fetch: PartitionFetch, version: number, hints: LeaderHints): void {
  reply.int32(fetch.target.partition)
  reply.int16(ErrorCode[fetch.error])
  reply.int64(fetch.highWatermark)
  reply.int64(fetch.lastStableOffset)
  if (version >= 5) reply.int64(fetch.logStartOffset)
  reply.count(fetch.aborted?.length ?? -1)
  for (const { producerId, firstOffset } of fetch.aborted ?? []) {
    reply.int64(producerId)
    reply.int64(firstOffset)
    reply.endTags()
  }
  if (version >= 11) reply.int32(fetch.preferredReadReplica)
  reply.records(fetch.records?.parts ?? [], fetch.records?.sizeInBytes ?? 0)
  if (version >= 12) writeTags(fetch, version, hints)
}

function writeTags(
  { divergingEpoch, error, partition }: PartitionFetch,
  version: number,
  hints: LeaderHints,
): void {
  const mayLeadElsewhere = error === 'NOT_LEADER_OR_FOLLOWER' || error === 'FENCED_LEADER_EPOCH'
  if (divergingEpoch !== undefined) {
    reply.unsignedVarint(1)
    reply.unsignedVarint(0)
    reply.unsignedVarint(DIVERGING_EPOCH_BYTES)
    reply.int32(divergingEpoch.epoch)
    reply.int64(divergingEpoch.endOffset)
    reply.int8(0)
  } else if (mayLeadElsewhere && partition !== undefined && version >= 16) {
    hints.writeLeader(reply, 1, partition.leaderId, partition.leaderEpoch)
  } else reply.endTags()
}

/** Neighbours of one topic together, in order. */
function byTopic(fetches: readonly PartitionFetch[]): PartitionFetch[][] {
  const topics: PartitionFetch[][] = []
  let last: PartitionFetch[] | undefined
  for (const fetch of fetches) {
    const first = last?.[0]?.target
    if (
      last !== undefined &&
      first?.topicId === fetch.target.topicId &&
      first.topic === fetch.target.topic
    )
      last.push(fetch)
    else {
      last = [fetch]
      topics.push(last)
    }
  }
  return topics
}
