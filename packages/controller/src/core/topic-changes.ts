/** DeleteTopics and CreatePartitions. */
import { type Steps, ZERO_UUID } from '@moldau/base'
import { partitionRecord, type MetadataRecordInput, type TopicImage } from '@moldau/metadata'
import {
  ErrorCode,
  errorMessage,
  type CreatePartitionsRequest,
  type CreatePartitionsResponse,
  type DeleteTopicsRequest,
  type DeleteTopicsResponse,
  type MessageInput,
} from '@moldau/protocol'
import {
  isProblem,
  problem,
  ROWS_PER_STEP,
  type Decision,
  type DecisionContext,
  type Problem,
} from './decision.ts'
import { placeReplicas } from './placement.ts'
import {
  assignmentProblem,
  isStopping,
  newPartitions,
  NEW_PARTITIONS_MAX,
  placementBrokers,
  STOPPING,
} from './topics.ts'

type DeleteResult = NonNullable<MessageInput<typeof DeleteTopicsResponse>['responses']>[number]
type GrowRequest = CreatePartitionsRequest['topics'][number]
type GrowResult = NonNullable<MessageInput<typeof CreatePartitionsResponse>['results']>[number]

/** What is to be deleted: by name (zero id) or by id (no name). */
interface DeleteKey {
  readonly name: string | null
  readonly topicId: string
}

const NAMED_AND_GIVEN = 'The provided topic name maps to an ID that was already supplied.'

/** Decides on DeleteTopics. Versions up to 5 give names only, later ones names or ids. */
export function* deleteTopics(
  request: DeleteTopicsRequest,
  context: DecisionContext,
  version: number,
): Steps<Decision<MessageInput<typeof DeleteTopicsResponse>>> {
  if (!context.config['delete.topic.enable']) return deletionDisabled(request, version)
  const keys: readonly DeleteKey[] = [
    ...request.topics,
    ...request.topicNames.map(name => ({ name, topicId: ZERO_UUID })),
  ]
  const records: MetadataRecordInput[] = []
  const responses: DeleteResult[] = []
  const counts = new Map<string, number>()
  for (const [i, key] of keys.entries()) {
    if (i % ROWS_PER_STEP === 0) yield
    counts.set(keyText(key), (counts.get(keyText(key)) ?? 0) + 1)
  }
  // Of a topic that is given by id too, the name is no row of its own.
  const idsAlsoNamed = new Set<string>()
  for (const [i, { name }] of keys.entries()) {
    if (i % ROWS_PER_STEP === 0) yield
    const id = name === null ? undefined : context.image.topics.byName(name)?.id
    if (id !== undefined && counts.has(keyText({ name: null, topicId: id }))) idsAlsoNamed.add(id)
  }
  const nameOf = (id: string) => context.image.topics.byId(id)?.name ?? null
  for (const [i, key] of keys.entries()) {
    if (i % ROWS_PER_STEP === 0) yield
    if (key.name !== null && idsAlsoNamed.has(context.image.topics.byName(key.name)?.id ?? ''))
      continue
    const count = counts.get(keyText(key))
    if (count === undefined) continue
    const topic =
      count > 1
        ? duplicate(key)
        : idsAlsoNamed.has(key.topicId)
          ? problem('INVALID_REQUEST', NAMED_AND_GIVEN)
          : topicToDelete(key, request.timeoutMs, context)
    if (count > 1) counts.delete(keyText(key))
    if (isProblem(topic)) {
      responses.push({
        ...key,
        name: key.name ?? (idsAlsoNamed.has(key.topicId) ? nameOf(key.topicId) : null),
        errorCode: ErrorCode[topic.error],
        errorMessage: topic.message ?? null,
      })
      continue
    }
    records.push({ type: 'RemoveTopicRecord', version: 0, value: { topicId: topic.id } })
    responses.push({ name: topic.name, topicId: topic.id, errorCode: 0, errorMessage: null })
  }
  return { records, response: { throttleTimeMs: 0, responses } }
}

/** Decides on CreatePartitions. */
export function* createPartitions(
  request: CreatePartitionsRequest,
  context: DecisionContext,
): Steps<Decision<MessageInput<typeof CreatePartitionsResponse>>> {
  const records: MetadataRecordInput[] = []
  /** By name; undefined where it is given more than once. */
  const topics = new Map<string, GrowRequest | undefined>()
  for (const topic of request.topics)
    topics.set(topic.name, topics.has(topic.name) ? undefined : topic)
  const results: GrowResult[] = []
  for (const [name, topic] of topics) {
    yield
    const outcome =
      topic === undefined
        ? problem('INVALID_REQUEST', 'Duplicate topic name.')
        : yield* growTopic(topic, context)
    if (isProblem(outcome)) {
      const errorCode = ErrorCode[outcome.error]
      results.push({ name, errorCode, errorMessage: outcome.message ?? null })
      continue
    }
    if (!request.validateOnly) for (const record of outcome) records.push(record)
    results.push({ name, errorCode: 0, errorMessage: null })
  }
  return { records, response: { throttleTimeMs: 0, results } }
}

function* growTopic(
  { name, count, assignments }: GrowRequest,
  context: DecisionContext,
): Steps<MetadataRecordInput[] | Problem> {
  const { image, random } = context
  const topic = image.topics.byName(name)
  if (topic === undefined) return problem('UNKNOWN_TOPIC_OR_PARTITION')
  const before = topic.partitions.length
  if (count === before)
    return problem('INVALID_PARTITIONS', `Topic already has ${before} partition(s).`)
  if (count < before) {
    return problem(
      'INVALID_PARTITIONS',
      `The topic ${name} currently has ${before} partition(s); ${count} would not be an increase.`,
    )
  }
  const added = count - before
  if (added > NEW_PARTITIONS_MAX) {
    return problem('POLICY_VIOLATION', 'Excessively large number of partitions per request.')
  }
  if (isStopping(context)) return problem('NOT_CONTROLLER', STOPPING)
  const replicationFactor = topic.partitions[0]?.replicas.length ?? 1
  const placed =
    assignments === null
      ? yield* placeReplicas({
          brokers: placementBrokers(image),
          partitionCount: added,
          replicationFactor,
          random,
        })
      : yield* chosenReplicas(assignments, { added, replicationFactor, context })
  if (isProblem(placed)) return placed
  const partitions = yield* newPartitions(placed, image)
  if (isProblem(partitions)) return partitions
  const version = image.features.recordVersions.partition
  const records: MetadataRecordInput[] = []
  for (const [i, partition] of partitions.entries()) {
    records.push(partitionRecord(topic.id, before + i, partition, version))
    if (i % ROWS_PER_STEP === 0) yield
  }
  return records
}

function* chosenReplicas(
  assignments: NonNullable<GrowRequest['assignments']>,
  {
    added,
    replicationFactor,
    context,
  }: { added: number; replicationFactor: number; context: DecisionContext },
): Steps<number[][] | Problem> {
  if (assignments.length !== added) {
    return problem(
      'INVALID_REPLICA_ASSIGNMENT',
      `Attempted to add ${added} additional partition(s), but only ${assignments.length} assignment(s) were specified.`,
    )
  }
  const placed: number[][] = []
  for (const { brokerIds } of assignments) {
    const refusal = assignmentProblem(brokerIds, context.image, replicationFactor)
    if (refusal !== undefined) return refusal
    placed.push(brokerIds)
    yield
  }
  return placed
}

function topicToDelete(
  { name, topicId }: DeleteKey,
  timeoutMs: number,
  { image }: DecisionContext,
): TopicImage | Problem {
  if (name !== null && topicId !== ZERO_UUID) {
    return problem('INVALID_REQUEST', 'You may not specify both topic name and topic id.')
  }
  if (name === null && topicId === ZERO_UUID)
    return problem('INVALID_REQUEST', 'Neither topic name nor id were specified.')
  // Without time for it nothing is done.
  if (timeoutMs <= 0) return problem('REQUEST_TIMED_OUT')
  if (name !== null) return image.topics.byName(name) ?? unknown('UNKNOWN_TOPIC_OR_PARTITION')
  return image.topics.byId(topicId) ?? unknown('UNKNOWN_TOPIC_ID')
}

function unknown(error: 'UNKNOWN_TOPIC_OR_PARTITION' | 'UNKNOWN_TOPIC_ID'): Problem {
  return problem(error, errorMessage(error))
}

function duplicate({ name }: DeleteKey): Problem {
  return problem('INVALID_REQUEST', name === null ? 'Duplicate topic id.' : 'Duplicate topic name.')
}

function keyText({ name, topicId }: DeleteKey): string {
  return name === null ? `id ${topicId}` : `name ${name}`
}

function deletionDisabled(
  request: DeleteTopicsRequest,
  version: number,
): Decision<MessageInput<typeof DeleteTopicsResponse>> {
  const errorCode = version < 3 ? ErrorCode.INVALID_REQUEST : ErrorCode.TOPIC_DELETION_DISABLED
  const keys: readonly DeleteKey[] = [
    ...request.topics,
    ...request.topicNames.map(name => ({ name, topicId: ZERO_UUID })),
  ]
  const responses = keys.map(key => ({ ...key, errorCode, errorMessage: null }))
  return { records: [], response: { throttleTimeMs: 0, responses } }
}
