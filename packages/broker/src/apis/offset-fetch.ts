/**
 * OffsetFetch (key 9), versions 1 to 10: how far groups have read. v2: null topics mean all; v7: stable offsets only
 * (KIP-447); v8: many groups (KIP-709); v9: member epochs (KIP-848); v10: topic ids. The coordinator is always asked in
 * the form of v8, by topic name; older forms and topic ids are translated here.
 */
import { ZERO_UUID } from '@moldau/base'
import type { ClusterImage } from '@moldau/metadata'
import {
  Apis,
  ErrorCode,
  type MessageInput,
  type OffsetFetchRequest,
  type OffsetFetchResponse,
} from '@moldau/protocol'
import type { RequestContext } from '../services.ts'
import { groupContext } from './group-context.ts'
import { serve } from './serve.ts'

const FIRST_VERSION_WITH_GROUPS = 8
const FIRST_VERSION_WITH_IDS = 10

/** Stands for "nothing committed". */
const NO_OFFSET = -1

type AskedGroup = OffsetFetchRequest['groups'][number]
type AskedTopic = NonNullable<AskedGroup['topics']>[number]
type Response = MessageInput<typeof OffsetFetchResponse>
type AnsweredGroup = NonNullable<Response['groups']>[number]
type AnsweredTopic = AnsweredGroup['topics'][number]

export const offsetFetch = serve(Apis.OffsetFetch, {
  authorize() {},

  async handle(request, context) {
    if (context.apiVersion >= FIRST_VERSION_WITH_GROUPS) {
      const groups = []
      for (const group of request.groups) groups.push(await fetchGroup(group, request, context))
      return { groups }
    }
    const group = await fetchGroup(groupOf(request), request, context)
    return inOldForm(group, request, context.apiVersion)
  },

  divide: { request: 'topics', response: 'topics' },

  refuse(request, { errorCode }, { apiVersion }) {
    if (apiVersion < FIRST_VERSION_WITH_GROUPS) {
      const { groupId } = request
      return inOldForm({ groupId, topics: [], errorCode }, request, apiVersion)
    }
    return { groups: request.groups.map(({ groupId }) => ({ groupId, topics: [], errorCode })) }
  },
})

/** The one group of an old request. */
function groupOf({ groupId, topics }: OffsetFetchRequest): AskedGroup {
  return {
    groupId,
    memberId: null,
    memberEpoch: -1,
    topics: topics?.map(topic => ({ ...topic, topicId: ZERO_UUID })) ?? null,
  }
}

async function fetchGroup(
  group: AskedGroup,
  request: OffsetFetchRequest,
  context: RequestContext,
): Promise<AnsweredGroup> {
  const image = context.broker.image()
  const byId = context.apiVersion >= FIRST_VERSION_WITH_IDS
  const unknown = byId ? (group.topics?.filter(topic => !isKnown(topic, image)) ?? []) : []
  const known = group.topics?.filter(topic => !unknown.includes(topic)) ?? null
  const topics = byId ? (known?.map(topic => withName(topic, image)) ?? null) : known
  const response = await context.broker.groups.offsetFetch(
    { ...request, groups: [{ ...group, topics }] },
    { ...groupContext(context), version: Math.max(context.apiVersion, FIRST_VERSION_WITH_GROUPS) },
  )
  const answer = response.groups?.[0]
  if (answer === undefined || !byId) {
    return answer ?? { groupId: group.groupId, topics: [], errorCode: ErrorCode.NONE }
  }
  const isRefused = (answer.errorCode ?? ErrorCode.NONE) !== ErrorCode.NONE
  const refused = isRefused ? [] : unknown.map(topic => nothing(topic, ErrorCode.UNKNOWN_TOPIC_ID))
  return {
    ...answer,
    topics: [...answer.topics.flatMap(topic => withId(topic, image)), ...refused],
  }
}

function isKnown({ topicId }: AskedTopic, image: ClusterImage): boolean {
  return image.topics.byId(topicId) !== undefined
}

function withName(topic: AskedTopic, image: ClusterImage): AskedTopic {
  return { ...topic, name: image.topics.byId(topic.topicId)?.name ?? '' }
}

/** Offsets of a topic that was deleted have no id to be told by. */
function withId(topic: AnsweredTopic, image: ClusterImage): AnsweredTopic[] {
  const topicId = image.topics.byName(topic.name ?? '')?.id
  return topicId === undefined ? [] : [{ ...topic, topicId }]
}

function nothing({ name, topicId, partitionIndexes }: AskedTopic, errorCode: number) {
  return {
    name,
    topicId,
    partitions: partitionIndexes.map(partitionIndex => ({
      partitionIndex,
      committedOffset: NO_OFFSET,
      committedLeaderEpoch: -1,
      metadata: '',
      errorCode,
    })),
  }
}

/** Before version 8 there is one group; before version 2 its error can only stand with the partitions. */
function inOldForm(
  { topics, errorCode }: AnsweredGroup,
  request: OffsetFetchRequest,
  apiVersion: number,
) {
  const error = errorCode ?? ErrorCode.NONE
  const shown =
    error !== ErrorCode.NONE && apiVersion < 2
      ? (groupOf(request).topics ?? []).map(topic => nothing(topic, error))
      : topics
  return {
    errorCode: error,
    topics: shown.map(({ name, partitions }) => ({ name: name ?? '', partitions })),
  }
}
