/**
 * DescribeTopicPartitions (key 75), version 0: topics with their partitions, page by page (KIP-966). Topics come in
 * the order of their names; a page ends at `max.request.partition.size.limit`, or at the client's limit, partitions,
 * and names the place where the next one begins.
 */
import { ZERO_UUID } from '@moldau/base'
import type { ClusterImage, TopicImage } from '@moldau/metadata'
import { Apis, ErrorCode, KafkaError, type DescribeTopicPartitionsRequest } from '@moldau/protocol'
import { isInternalTopic, missingTopicError, viewPartition } from '../topic-view.ts'
import { TOPIC_OPERATIONS } from './authorized-operations.ts'
import { serve } from './serve.ts'

export const describeTopicPartitions = serve(Apis.DescribeTopicPartitions, {
  authorize() {},

  handle(request, context) {
    const image = context.broker.image()
    const names = namesToDescribe(image, request)
    const limit = Math.max(
      1,
      Math.min(
        context.broker.config['max.request.partition.size.limit'],
        request.responsePartitionLimit,
      ),
    )
    return page(image, names, request, limit, context.listenerName)
  },

  // Kafka names each topic that was asked for, with the error, and no cursor.
  refuse: (request, error) => ({
    topics: request.topics.map(({ name }) => ({
      errorCode: error.errorCode,
      name,
      topicId: ZERO_UUID,
      partitions: [],
    })),
  }),
})

function namesToDescribe(image: ClusterImage, request: DescribeTopicPartitionsRequest): string[] {
  const { cursor } = request
  const wanted =
    request.topics.length === 0
      ? Array.from(image.topics, topic => topic.name)
      : [...new Set(request.topics.map(topic => topic.name))]
  if (cursor !== null && request.topics.length > 0 && !wanted.includes(cursor.topicName)) {
    throw new KafkaError(
      'INVALID_REQUEST',
      `DescribeTopicPartitionsRequest topic list should contain the cursor topic: ${cursor.topicName}`,
    )
  }
  if (cursor !== null && cursor.partitionIndex < 0) {
    throw new KafkaError(
      'INVALID_REQUEST',
      `DescribeTopicPartitionsRequest cursor partition must be valid: ${cursor.partitionIndex}`,
    )
  }
  return wanted.filter(name => cursor === null || name >= cursor.topicName).sort()
}

function page(
  image: ClusterImage,
  names: readonly string[],
  request: DescribeTopicPartitionsRequest,
  limit: number,
  listenerName: string,
) {
  const topics = []
  let remaining = limit
  for (const name of names) {
    if (remaining === 0) return { topics, nextCursor: { topicName: name, partitionIndex: 0 } }
    const topic = image.topics.byName(name)
    if (topic === undefined) {
      if (request.topics.length > 0) topics.push(missingTopic(name))
      continue
    }
    const first = request.cursor?.topicName === name ? request.cursor.partitionIndex : 0
    const end = Math.min(topic.partitions.length, first + remaining)
    topics.push(describe(image, topic, first, end, listenerName))
    if (end < topic.partitions.length) {
      return { topics, nextCursor: { topicName: name, partitionIndex: end } }
    }
    remaining -= Math.max(0, end - first)
  }
  return { topics, nextCursor: null }
}

function missingTopic(name: string) {
  return {
    errorCode: ErrorCode[missingTopicError(name)],
    name,
    topicId: ZERO_UUID,
    isInternal: isInternalTopic(name),
    partitions: [],
    topicAuthorizedOperations: TOPIC_OPERATIONS,
  }
}

function describe(
  image: ClusterImage,
  topic: TopicImage,
  first: number,
  end: number,
  listenerName: string,
) {
  return {
    errorCode: ErrorCode.NONE,
    name: topic.name,
    topicId: topic.id,
    isInternal: isInternalTopic(topic.name),
    partitions: topic.partitions.slice(first, end).map((partition, index) => {
      const view = viewPartition(image, partition, listenerName)
      return {
        errorCode: ErrorCode.NONE,
        partitionIndex: first + index,
        leaderId: view.leader?.id ?? -1,
        leaderEpoch: partition.leaderEpoch,
        replicaNodes: [...partition.replicas],
        isrNodes: [...partition.isr],
        eligibleLeaderReplicas: [...partition.eligibleLeaderReplicas],
        lastKnownElr: [...partition.lastKnownElr],
        offlineReplicas: view.offlineReplicas,
      }
    }),
    topicAuthorizedOperations: TOPIC_OPERATIONS,
  }
}
