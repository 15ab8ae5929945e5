/**
 * OffsetCommit (key 8), versions 2 to 10: stores how far a group has read. Partitions that do not exist are refused
 * here, one by one; the rest goes to the coordinator. v5 dropped the retention time, v6 has the leader epoch (KIP-320),
 * v7 static members (KIP-345), v9 the new group protocol (KIP-848), v10 topic ids.
 */
import { ZERO_UUID } from '@moldau/base'
import type { TopicImage } from '@moldau/metadata'
import {
  Apis,
  ErrorCode,
  type MessageInput,
  type OffsetCommitRequest,
  type OffsetCommitResponse,
} from '@moldau/protocol'
import { groupContext } from './group-context.ts'
import { serve } from './serve.ts'

/** From here on topics are known by id. */
const FIRST_VERSION_WITH_IDS = 10

type CommitTopic = OffsetCommitRequest['topics'][number]

type AnsweredTopic = MessageInput<typeof OffsetCommitResponse>['topics'][number]

export const offsetCommit = serve(Apis.OffsetCommit, {
  authorize() {},

  async handle(request, context) {
    const { topics: images } = context.broker.image()
    const byId = context.apiVersion >= FIRST_VERSION_WITH_IDS
    const known: CommitTopic[] = []
    const refused: AnsweredTopic[] = []
    for (const topic of request.topics) {
      const image = byId ? images.byId(topic.topicId) : images.byName(topic.name)
      const { existing, missing } = splitPartitions(topic, image)
      if (existing.length > 0) {
        known.push({ ...topic, name: image?.name ?? topic.name, partitions: existing })
      }
      const isUnknownId = byId && image === undefined
      const error = isUnknownId ? 'UNKNOWN_TOPIC_ID' : 'UNKNOWN_TOPIC_OR_PARTITION'
      if (missing.length > 0) {
        refused.push(refuse({ ...topic, partitions: missing }, ErrorCode[error]))
      }
    }
    if (known.length === 0) return { topics: refused }
    const response = await context.broker.groups.offsetCommit(
      { ...request, topics: known },
      groupContext(context),
    )
    // The coordinator knows topics by name; those who asked by id are told the id.
    const answered = response.topics.map(topic => {
      const topicId = byId ? images.byName(topic.name ?? '')?.id : undefined
      return topicId === undefined ? topic : { ...topic, topicId }
    })
    return { ...response, topics: merge(refused, answered) }
  },

  divide: { request: 'topics', response: 'topics' },

  refuse: (request, { errorCode }) => ({
    topics: request.topics.map(topic => refuse(topic, errorCode)),
  }),
})

function splitPartitions(topic: CommitTopic, image: TopicImage | undefined) {
  const existing: CommitTopic['partitions'] = []
  const missing: CommitTopic['partitions'] = []
  for (const partition of topic.partitions) {
    const exists = image?.partitions[partition.partitionIndex] !== undefined
    if (exists) existing.push(partition)
    else missing.push(partition)
  }
  return { existing, missing }
}

function refuse({ name, topicId, partitions }: CommitTopic, errorCode: number): AnsweredTopic {
  return {
    name,
    topicId,
    partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })),
  }
}

/** One entry per topic: refused partitions first, then what the coordinator said, as Kafka does. */
function merge(
  refused: readonly AnsweredTopic[],
  answered: readonly AnsweredTopic[],
): AnsweredTopic[] {
  const key = ({ name, topicId }: AnsweredTopic) =>
    topicId === undefined || topicId === ZERO_UUID ? (name ?? '') : topicId
  const topics = new Map(refused.map(topic => [key(topic), topic]))
  for (const topic of answered) {
    const earlier = topics.get(key(topic))?.partitions ?? []
    topics.set(key(topic), { ...topic, partitions: [...earlier, ...topic.partitions] })
  }
  return [...topics.values()]
}
