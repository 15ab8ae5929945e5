/**
 * OffsetCommit (key 8), versions 2 to 10: stores how far a group has read. Partitions that do not exist are refused
 * here, one by one; the rest goes to the coordinator. v5 dropped the retention time, v6 has the leader epoch (KIP-320),
 * v7 static members (KIP-345), v9 the new group protocol (KIP-848), v10 topic ids.
 */
import type { ClusterImage, TopicImage } from '@moldau/metadata'
import { Apis, ErrorCode, type ErrorName, type OffsetCommitRequest } from '@moldau/protocol'
import { groupContext } from './group-context.ts'
import { serve } from './serve.ts'

/** From here on topics are known by id. */
const FIRST_VERSION_WITH_IDS = 10

type CommitTopic = OffsetCommitRequest['topics'][number]

export const offsetCommit = serve(Apis.OffsetCommit, {
  authorize() {},

  async handle(request, context) {
    const image = context.broker.image()
    const byId = context.apiVersion >= FIRST_VERSION_WITH_IDS
    const known: CommitTopic[] = []
    const refused = []
    for (const topic of request.topics) {
      const found = byId ? image.topics.byId(topic.topicId) : image.topics.byName(topic.name)
      const { existing, missing } = splitPartitions(topic, found)
      if (existing.length > 0) {
        known.push({ ...topic, name: found?.name ?? topic.name, partitions: existing })
      }
      if (missing.length === 0) continue
      const error = found === undefined && byId ? 'UNKNOWN_TOPIC_ID' : 'UNKNOWN_TOPIC_OR_PARTITION'
      refused.push({ ...topic, partitions: missing.map(refusal(error)) })
    }
    if (known.length === 0) return { topics: refused }
    const response = await context.broker.groups.offsetCommit(
      { ...request, topics: known },
      groupContext(context),
    )
    return {
      ...response,
      topics: merge(refused, withIds(response.topics, byId ? image : undefined)),
    }
  },

  refuse: (request, { errorCode }) => ({
    topics: request.topics.map(topic => ({
      ...topic,
      partitions: topic.partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })),
    })),
  }),
})

function splitPartitions(topic: CommitTopic, found: TopicImage | undefined) {
  const exists = (partition: CommitTopic['partitions'][number]) =>
    found?.partitions[partition.partitionIndex] !== undefined
  return {
    existing: topic.partitions.filter(exists),
    missing: topic.partitions.filter(partition => !exists(partition)),
  }
}

function refusal(error: ErrorName) {
  return ({ partitionIndex }: { readonly partitionIndex: number }) => ({
    partitionIndex,
    errorCode: ErrorCode[error],
  })
}

interface AnsweredTopic {
  readonly name: string
  readonly topicId: string
  readonly partitions: readonly { readonly partitionIndex: number; readonly errorCode: number }[]
}

function withIds<T extends { readonly name?: string }>(
  topics: readonly T[],
  image: ClusterImage | undefined,
): T[] {
  return topics.map(topic => {
    const id = image?.topics.byName(topic.name ?? '')?.id
    return id === undefined ? topic : { ...topic, topicId: id }
  })
}

/** One entry per topic: refused partitions first, then what the coordinator said, as Kafka does. */
function merge<
  T extends Pick<AnsweredTopic, 'name' | 'topicId'> & { readonly partitions: unknown[] },
>(refused: T[], answered: T[]): T[] {
  const key = (topic: T) => `${topic.name}:${topic.topicId}`
  const topics = new Map(refused.map(topic => [key(topic), topic]))
  for (const topic of answered) {
    const earlier = topics.get(key(topic))
    const partitions = [...(earlier?.partitions ?? []), ...topic.partitions]
    topics.set(key(topic), { ...topic, partitions })
  }
  return [...topics.values()]
}
