/**
 * OffsetForLeaderEpoch (key 23), versions 2 to 4: where a leader epoch ended, so that a reader finds where its log and
 * the leader's part (KIP-101, KIP-320). Answers the largest epoch not above the asked one. v3: replica id. v4: flexible.
 */
import { Apis, ErrorCode, type ErrorName, type OffsetForLeaderEpochRequest } from '@moldau/protocol'
import type { BrokerServices } from '../services.ts'
import { serve } from './serve.ts'

export const offsetForLeaderEpoch = serve(Apis.OffsetForLeaderEpoch, {
  authorize() {},

  handle: (request, { broker }) => ({
    topics: request.topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map(one => endOf(topic, one, broker)),
    })),
  }),

  divide: { request: 'topics', response: 'topics' },

  refuse: (request, { errorCode }) => ({
    topics: request.topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map(({ partition }) => ({ partition, errorCode })),
    })),
  }),
})

function endOf(
  topic: string,
  one: OffsetForLeaderEpochRequest['topics'][number]['partitions'][number],
  { replicas }: BrokerServices,
) {
  const refused = (error: ErrorName) => ({ partition: one.partition, errorCode: ErrorCode[error] })
  const partition = replicas.partition(topic, one.partition)
  if (partition === undefined) return refused(replicas.problemOf(topic, one.partition))
  const problem = partition.epochProblem(one.currentLeaderEpoch)
  if (problem !== undefined) return refused(problem)
  const { epoch, endOffset } = partition.log.epochEndOffset(one.leaderEpoch)
  return { partition: one.partition, errorCode: ErrorCode.NONE, leaderEpoch: epoch, endOffset }
}
