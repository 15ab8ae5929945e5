/**
 * DeleteRecords (key 21), versions 0 to 2: raises the log start offset (KIP-107). Offset -1 means the high watermark.
 * Refused for topics that are only compacted, and for internal ones, as in Kafka 4.3.1.
 */
import { atOnceOrInTurns } from '@moldau/io'
import { Apis, ErrorCode, type DeleteRecordsRequest, type ErrorName } from '@moldau/protocol'
import type { BrokerServices } from '../services.ts'
import { isInternalTopic } from '../topic-view.ts'
import { serve, type ResponseOf } from './serve.ts'

const HIGH_WATERMARK = -1
const UNKNOWN_LOW_WATERMARK = -1

export const deleteRecords = serve(Apis.DeleteRecords, {
  authorize() {},

  handle: (request, { broker }) => atOnceOrInTurns(deleteAll(request, broker), broker.world),

  divide: { request: 'topics', response: 'topics' },

  refuse: (request, { errorCode }) => ({
    topics: request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({
        partitionIndex,
        lowWatermark: UNKNOWN_LOW_WATERMARK,
        errorCode,
      })),
    })),
  }),
})

type DeletedTopic = ResponseOf<typeof Apis.DeleteRecords>['topics'][number]

/** One partition a step: to raise the start of a log that nobody uses opens its files. */
function* deleteAll(request: DeleteRecordsRequest, broker: BrokerServices) {
  const topics: DeletedTopic[] = []
  for (const { name, partitions } of request.topics) {
    const answers: DeletedTopic['partitions'][number][] = []
    for (const { partitionIndex, offset } of partitions) {
      const outcome = deleteTo(name, partitionIndex, offset, broker)
      const isRefused = typeof outcome === 'string'
      answers.push({
        partitionIndex,
        lowWatermark: isRefused ? UNKNOWN_LOW_WATERMARK : outcome,
        errorCode: ErrorCode[isRefused ? outcome : 'NONE'],
      })
      yield undefined
    }
    topics.push({ name, partitions: answers })
  }
  return { topics }
}

function deleteTo(
  topic: string,
  index: number,
  offset: number,
  { replicas }: BrokerServices,
): number | ErrorName {
  if (isInternalTopic(topic)) return 'INVALID_TOPIC_EXCEPTION'
  const partition = replicas.partition(topic, index)
  if (partition === undefined) return replicas.problemOf(topic, index)
  if (!partition.isLeader) return 'NOT_LEADER_OR_FOLLOWER'
  const { log } = partition
  if (log.failure !== undefined) return 'KAFKA_STORAGE_ERROR'
  if (!log.config['cleanup.policy'].includes('delete')) return 'POLICY_VIOLATION'
  const target = offset === HIGH_WATERMARK ? log.highWatermark : offset
  if (target < 0 || target > log.highWatermark) return 'OFFSET_OUT_OF_RANGE'
  return log.deleteRecordsTo(target)
}
