/** CreateTopics: each topic on its own, with Kafka's checks in Kafka's order and texts (checked against 4.3.1). */
import { randomUuid, type Steps } from '@moldau/base'
import {
  partitionRecord,
  UNASSIGNED_DIRECTORY,
  MIGRATING_DIRECTORY,
  type ClusterImage,
  type MetadataRecordInput,
  type PartitionRegistration,
} from '@moldau/metadata'
import {
  ErrorCode,
  type CreateTopicsRequest,
  type CreateTopicsResponse,
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
import { isActive } from './leadership.ts'
import { placeReplicas, type PlacementBroker } from './placement.ts'
import { collisionKey, hasCollisionCharacters, topicNameProblem } from './topic-names.ts'

/** More new partitions than this in one request are refused: they are one batch of records. */
export const NEW_PARTITIONS_MAX = 10_000

const METADATA_TOPIC = '__cluster_metadata'
const BY_DEFAULT = -1

type CreatableTopic = CreateTopicsRequest['topics'][number]
type Result = NonNullable<MessageInput<typeof CreateTopicsResponse>['topics']>[number]

/** What one topic comes to. */
interface Created {
  readonly records: readonly MetadataRecordInput[]
  readonly result: Result
}

/** Topics, and partitions, that are decided on at once where a request has more of both. */
const TOPICS_PER_PART = 200
const PARTITIONS_PER_PART = 1000

/**
 * A request of very many topics as several, which are decided on one after the other; as it is where it is small, or to
 * be refused as a whole. A topic stays whole, and so do topics of one name.
 */
export function partsOfCreation(
  request: CreateTopicsRequest,
  context: Pick<DecisionContext, 'config'>,
): CreateTopicsRequest[] {
  const { topics } = request
  const total = totalPartitions(topics, context)
  if (topics.length <= TOPICS_PER_PART && total <= PARTITIONS_PER_PART) return [request]
  const { duplicates } = byName(topics)
  if (total > NEW_PARTITIONS_MAX || duplicates.length > 0) return [request]
  const parts: CreateTopicsRequest[] = []
  let part: CreatableTopic[] = []
  let partitions = 0
  for (const topic of topics) {
    const wanted = totalPartitions([topic], context)
    const isFull = part.length >= TOPICS_PER_PART || partitions + wanted > PARTITIONS_PER_PART
    if (isFull && part.length > 0) {
      parts.push({ ...request, topics: part })
      part = []
      partitions = 0
    }
    part.push(topic)
    partitions += wanted
  }
  parts.push({ ...request, topics: part })
  return parts
}

/** Decides on CreateTopics. */
export function* createTopics(
  request: CreateTopicsRequest,
  context: DecisionContext,
): Steps<Decision<MessageInput<typeof CreateTopicsResponse>>> {
  const records: MetadataRecordInput[] = []
  const topics: Result[] = []
  const { unique, duplicates } = byName(request.topics)
  const isTooMuch = totalPartitions(request.topics, context) > NEW_PARTITIONS_MAX
  const collisionKeys = existingCollisionKeys(context.image, unique)
  const describe = describer(context)
  for (const topic of unique) {
    yield
    const outcome = isTooMuch
      ? problem('POLICY_VIOLATION', 'Excessively large number of partitions per request.')
      : yield* createTopic(topic, context, collisionKeys, describe)
    if (isProblem(outcome)) {
      topics.push(failure(topic.name, outcome))
      continue
    }
    topics.push(outcome.result)
    if (!request.validateOnly) for (const record of outcome.records) records.push(record)
  }
  for (const name of duplicates)
    topics.push(failure(name, problem('INVALID_REQUEST', 'Duplicate topic name.')))
  return { records, response: { throttleTimeMs: 0, topics } }
}

function* createTopic(
  topic: CreatableTopic,
  context: DecisionContext,
  collisionKeys: ReadonlyMap<string, string>,
  describe: Describe,
): Steps<Created | Problem> {
  const { image, random } = context
  const refusal = nameRefusal(topic.name, image, collisionKeys)
  if (refusal !== undefined) return refusal
  const configs = topicConfigs(topic, context)
  if (isProblem(configs)) return configs
  if (isStopping(context)) return problem('NOT_CONTROLLER', STOPPING)
  const assignments =
    topic.assignments.length > 0
      ? yield* manualAssignments(topic, context)
      : yield* automaticAssignments(topic, context)
  if (isProblem(assignments)) return assignments
  const partitions = yield* newPartitions(assignments, image)
  if (isProblem(partitions)) return partitions

  const topicId = unusedTopicId(image, random)
  const version = image.features.recordVersions.partition
  const records: MetadataRecordInput[] = [
    { type: 'TopicRecord', version: 0, value: { name: topic.name, topicId } },
  ]
  for (const [name, value] of configs) {
    records.push({
      type: 'ConfigRecord',
      version: 0,
      value: { resourceType: 2, resourceName: topic.name, name, value },
    })
  }
  for (const [i, partition] of partitions.entries()) {
    records.push(partitionRecord(topicId, i, partition, version))
    if (i % ROWS_PER_STEP === 0) yield
  }
  const result: Result = {
    name: topic.name,
    topicId,
    errorCode: 0,
    errorMessage: null,
    numPartitions: partitions.length,
    replicationFactor: partitions[0]?.replicas.length ?? BY_DEFAULT,
    configs: describe(configs),
  }
  return { records, result }
}

type Describe = (configs: ReadonlyMap<string, string>) => NonNullable<Result['configs']>

/** Tells the configs of new topics; those without any of their own share one description. */
function describer({ rules, image }: DecisionContext): Describe {
  let plain: NonNullable<Result['configs']> | undefined
  const described = (configs: ReadonlyMap<string, string>) => [
    ...rules.describeTopic(configs, image),
  ]
  return configs => (configs.size > 0 ? described(configs) : (plain ??= described(configs)))
}

function nameRefusal(
  name: string,
  image: ClusterImage,
  collisionKeys: ReadonlyMap<string, string>,
): Problem | undefined {
  if (name === METADATA_TOPIC)
    return problem('INVALID_REQUEST', `Creation of internal topic ${name} is prohibited.`)
  const wrong = topicNameProblem(name)
  if (wrong !== undefined) return problem('INVALID_TOPIC_EXCEPTION', wrong)
  if (image.topics.byName(name) !== undefined)
    return problem('TOPIC_ALREADY_EXISTS', `Topic '${name}' already exists.`)
  const other = hasCollisionCharacters(name) ? collisionKeys.get(collisionKey(name)) : undefined
  if (other === undefined) return undefined
  return problem(
    'INVALID_TOPIC_EXCEPTION',
    `Topic '${name}' collides with existing topic: ${other}`,
  )
}

/** The configs of the request, if they are valid together. */
function topicConfigs(
  topic: CreatableTopic,
  { rules }: DecisionContext,
): ReadonlyMap<string, string> | Problem {
  const configs = new Map<string, string>()
  const nulls: string[] = []
  for (const { name, value } of topic.configs) {
    if (value === null) nulls.push(name)
    else configs.set(name, value)
  }
  if (nulls.length > 0) {
    return problem(
      'INVALID_CONFIG',
      `Null value not supported for topic configs: ${nulls.join(',')}`,
    )
  }
  const resource = { type: 'topic', name: topic.name } as const
  return rules.validate(resource, configs, new Set(configs.keys())) ?? configs
}

function* automaticAssignments(
  topic: CreatableTopic,
  context: DecisionContext,
): Steps<number[][] | Problem> {
  const { config, image, random } = context
  const wantedFactor = topic.replicationFactor
  if (wantedFactor !== BY_DEFAULT && wantedFactor <= 0) {
    return problem(
      'INVALID_REPLICATION_FACTOR',
      'Replication factor must be larger than 0, or -1 to use the default value.',
    )
  }
  if (topic.numPartitions !== BY_DEFAULT && topic.numPartitions <= 0) {
    return problem(
      'INVALID_PARTITIONS',
      'Number of partitions was set to an invalid non-positive value.',
    )
  }
  return yield* placeReplicas({
    brokers: placementBrokers(image),
    partitionCount:
      topic.numPartitions === BY_DEFAULT ? config['num.partitions'] : topic.numPartitions,
    replicationFactor:
      wantedFactor === BY_DEFAULT ? config['default.replication.factor'] : wantedFactor,
    random,
  })
}

function* manualAssignments(
  topic: CreatableTopic,
  { image }: DecisionContext,
): Steps<number[][] | Problem> {
  if (topic.replicationFactor !== BY_DEFAULT) {
    return problem(
      'INVALID_REQUEST',
      'A manual partition assignment was specified, but replication factor was not set to -1.',
    )
  }
  if (topic.numPartitions !== BY_DEFAULT) {
    return problem(
      'INVALID_REQUEST',
      'A manual partition assignment was specified, but numPartitions was not set to -1.',
    )
  }
  const byIndex = new Map<number, number[]>()
  for (const { partitionIndex, brokerIds } of topic.assignments) {
    if (byIndex.has(partitionIndex)) {
      return problem(
        'INVALID_REPLICA_ASSIGNMENT',
        `Found multiple manual partition assignments for partition ${partitionIndex}`,
      )
    }
    byIndex.set(partitionIndex, brokerIds)
  }
  const assignments: number[][] = []
  let factor: number | undefined
  for (const brokerIds of byIndex.values()) {
    const refusal = assignmentProblem(brokerIds, image, factor)
    if (refusal !== undefined) return refusal
    factor = brokerIds.length
    yield
  }
  for (let i = 0; i < byIndex.size; i++) {
    const brokerIds = byIndex.get(i)
    if (brokerIds === undefined) {
      return problem(
        'INVALID_REPLICA_ASSIGNMENT',
        'partitions should be a consecutive 0-based integer sequence',
      )
    }
    assignments.push(brokerIds)
  }
  return assignments
}

/** What is wrong with the replicas that a user chose for a partition. `factor` is that of the partitions before it. */
export function assignmentProblem(
  brokerIds: readonly number[],
  image: ClusterImage,
  factor: number | undefined,
): Problem | undefined {
  const failure = 'The manual partition assignment includes'
  if (brokerIds.length === 0)
    return problem('INVALID_REPLICA_ASSIGNMENT', `${failure} an empty replica list.`)
  const seen = new Set<number>()
  for (const id of brokerIds.toSorted((a, b) => a - b)) {
    if (seen.has(id))
      return problem('INVALID_REPLICA_ASSIGNMENT', `${failure} the broker ${id} more than once.`)
    if (image.brokers.byId(id) === undefined) {
      return problem(
        'INVALID_REPLICA_ASSIGNMENT',
        `${failure} broker ${id}, but no such broker is registered.`,
      )
    }
    seen.add(id)
  }
  if (factor === undefined || factor === brokerIds.length) return undefined
  return problem(
    'INVALID_REPLICA_ASSIGNMENT',
    `${failure} a partition with ${brokerIds.length} replica(s), but this is not consistent with previous partitions, which have ${factor} replica(s).`,
  )
}

/** The brokers that may get replicas: not those that are being shut down. */
export function placementBrokers(image: ClusterImage): PlacementBroker[] {
  return [...image.brokers]
    .filter(({ inControlledShutdown }) => !inControlledShutdown)
    .map(({ id, rack, fenced }) => ({ id, rack, isFenced: fenced }))
}

/** Why nothing is made while a cluster stops. */
export const STOPPING = 'The only broker is shutting down, and this controller with it.'

/**
 * Whether this node is shutting down and no other broker is there: then nobody could lead a new partition, but may
 * soon. The answer is one that clients take as "ask again", where Kafka calls the replication factor invalid.
 */
export function isStopping({ image, nodeId }: DecisionContext): boolean {
  if (image.brokers.byId(nodeId)?.inControlledShutdown !== true) return false
  return [...image.brokers].every(({ id }) => !isActive(image, id))
}

/** New partitions on these replicas, led by the first that is active. */
export function* newPartitions(
  assignments: readonly (readonly number[])[],
  image: ClusterImage,
): Steps<PartitionRegistration[] | Problem> {
  const partitions: PartitionRegistration[] = []
  for (const [i, replicas] of assignments.entries()) {
    const isr = replicas.filter(id => isActive(image, id))
    const leader = isr[0]
    if (leader === undefined) {
      return problem(
        'INVALID_REPLICA_ASSIGNMENT',
        `All brokers specified in the manual partition assignment for partition ${i} are fenced or in controlled shutdown.`,
      )
    }
    partitions.push({
      replicas,
      directories: replicas.map(id => directoryFor(image, id)),
      isr,
      removingReplicas: [],
      addingReplicas: [],
      eligibleLeaderReplicas: [],
      lastKnownElr: [],
      leader,
      leaderRecoveryState: 0,
      leaderEpoch: 0,
      partitionEpoch: 0,
    })
    if (i % ROWS_PER_STEP === 0) yield
  }
  return partitions
}

/** With one directory there is no choice; with more, the broker chooses and tells (KIP-858). */
function directoryFor(image: ClusterImage, brokerId: number): string {
  const logDirs = image.brokers.byId(brokerId)?.logDirs ?? []
  if (logDirs.length === 0) return MIGRATING_DIRECTORY
  return logDirs.length === 1 ? (logDirs[0] as string) : UNASSIGNED_DIRECTORY
}

function totalPartitions(
  topics: readonly CreatableTopic[],
  { config }: Pick<DecisionContext, 'config'>,
): number {
  let total = 0
  for (const { assignments, numPartitions } of topics) {
    if (assignments.length > 0) total += assignments.length
    else if (numPartitions === BY_DEFAULT) total += config['num.partitions']
    else if (numPartitions > 0) total += numPartitions
  }
  return total
}

function byName(topics: readonly CreatableTopic[]): {
  unique: CreatableTopic[]
  duplicates: string[]
} {
  const counts = new Map<string, number>()
  for (const { name } of topics) counts.set(name, (counts.get(name) ?? 0) + 1)
  const duplicates = [...counts].filter(([, count]) => count > 1).map(([name]) => name)
  return { unique: topics.filter(({ name }) => counts.get(name) === 1), duplicates }
}

/** Names of existing topics by what they become in metric names; empty when no wanted name can collide. */
function existingCollisionKeys(
  image: ClusterImage,
  wanted: readonly CreatableTopic[],
): ReadonlyMap<string, string> {
  const keys = new Map<string, string>()
  if (!wanted.some(({ name }) => hasCollisionCharacters(name))) return keys
  for (const { name } of image.topics)
    if (hasCollisionCharacters(name)) keys.set(collisionKey(name), name)
  return keys
}

function unusedTopicId(image: ClusterImage, random: DecisionContext['random']): string {
  for (;;) {
    const id = randomUuid(random)
    if (image.topics.byId(id) === undefined) return id
  }
}

function failure(name: string, { error, message }: Problem): Result {
  return { name, errorCode: ErrorCode[error], errorMessage: message ?? null, configs: [] }
}
