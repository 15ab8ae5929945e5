/**
 * Metadata (key 3), versions 0 to 13: brokers, and topics with their leaders. Naming a missing topic may create it
 * (v4+: only if the client allows). v0: an empty list means all topics; v1+: null does. v10: topic ids are told;
 * v12: asked for by id (KIP-516); v8: authorized operations (KIP-430); v13: an error for the whole answer (KIP-1102).
 */
import { ZERO_UUID } from '@moldau/base'
import type { ClusterImage, PartitionRegistration, TopicImage } from '@moldau/metadata'
import { Apis, ErrorCode, KafkaError, type ErrorName, type MetadataRequest } from '@moldau/protocol'
import type { RequestContext } from '../services.ts'
import {
  aliveBrokers,
  controllerForClients,
  isInternalTopic,
  missingTopicError,
  viewPartition,
} from '../topic-view.ts'
import {
  CLUSTER_OPERATIONS,
  OPERATIONS_OMITTED,
  TOPIC_OPERATIONS,
} from './authorized-operations.ts'
import { serve } from './serve.ts'

/** Topics between two steps of a look at very many. */
const TOPICS_PER_STEP = 256

export const metadata = serve(Apis.Metadata, {
  authorize() {},

  handle(request, context) {
    const image = context.broker.image()
    const alive = aliveBrokers(image, context.listenerName)
    return {
      brokers: alive.map(node => ({
        nodeId: node.id,
        host: node.host,
        port: node.port,
        rack: node.rack,
      })),
      clusterId: context.broker.clusterId,
      controllerId: controllerForClients(alive, context.broker.nodeId),
      topics: describeTopics(image, request, context),
      clusterAuthorizedOperations: request.includeClusterAuthorizedOperations
        ? CLUSTER_OPERATIONS
        : OPERATIONS_OMITTED,
    }
  },

  divide: { request: 'topics', response: 'topics', prepare: withoutRepeats },

  refuse: (request, error) => ({
    brokers: [],
    topics: (request.topics ?? []).map(({ name, topicId }) => ({
      errorCode: error.errorCode,
      name: name ?? '',
      topicId,
      partitions: [],
    })),
    errorCode: error.errorCode,
  }),
})

/** What `describeTopics` would look at: each id once where there are ids, else each name. */
function* withoutRepeats(request: MetadataRequest): Generator<undefined, MetadataRequest> {
  if (request.topics === null) return request
  const hasIds = request.topics.some(({ topicId }) => topicId !== ZERO_UUID)
  const seen = new Set<string | null>(hasIds ? [ZERO_UUID] : [])
  const topics: typeof request.topics = []
  for (const topic of request.topics) {
    const key = hasIds ? topic.topicId : topic.name
    if (!seen.has(key)) topics.push(topic)
    seen.add(key)
    if (seen.size % TOPICS_PER_STEP === 0) yield undefined
  }
  return { ...request, topics }
}

function describeTopics(image: ClusterImage, request: MetadataRequest, context: RequestContext) {
  const { apiVersion } = context
  const operations = request.includeTopicAuthorizedOperations
    ? TOPIC_OPERATIONS
    : OPERATIONS_OMITTED
  const describe = (topic: TopicImage) => ({
    errorCode: ErrorCode.NONE,
    name: topic.name,
    topicId: topic.id,
    isInternal: isInternalTopic(topic.name),
    partitions: topic.partitions.map((partition, index) =>
      describePartition(image, partition, index, context),
    ),
    topicAuthorizedOperations: operations,
  })
  const refuse = (error: ErrorName, name: string | null, topicId = ZERO_UUID) => ({
    errorCode: ErrorCode[error],
    name,
    topicId,
    isInternal: name !== null && isInternalTopic(name),
    partitions: [],
    topicAuthorizedOperations: topicId === ZERO_UUID ? operations : OPERATIONS_OMITTED,
  })

  if (request.topics === null || (apiVersion === 0 && request.topics.length === 0)) {
    return Array.from(image.topics, describe)
  }
  if (apiVersion < 12) refuseIds(request, apiVersion)
  refuseNothing(request)
  const ids = new Set(request.topics.map(topic => topic.topicId).filter(id => id !== ZERO_UUID))
  if (ids.size > 0) {
    return Array.from(ids, id => {
      const topic = image.topics.byId(id)
      return topic === undefined ? refuse('UNKNOWN_TOPIC_ID', null, id) : describe(topic)
    })
  }
  const mayCreate =
    request.allowAutoTopicCreation && context.broker.config['auto.create.topics.enable']
  return Array.from(new Set(request.topics.map(topic => topic.name ?? '')), name => {
    const topic = image.topics.byName(name)
    if (topic !== undefined) return describe(topic)
    const error = missingTopicError(name)
    if (mayCreate && error === 'UNKNOWN_TOPIC_OR_PARTITION') {
      void context.broker.topicCreation.create(name)
    }
    return refuse(error, name)
  })
}

/** Versions 10 and 11 have the fields, but were never allowed to use them. */
function refuseIds(request: MetadataRequest, apiVersion: number): void {
  for (const topic of request.topics ?? []) {
    if (topic.name === null) {
      throw new KafkaError(
        'INVALID_REQUEST',
        `Topic name can not be null for version ${apiVersion}`,
      )
    }
    if (topic.topicId !== ZERO_UUID) {
      throw new KafkaError(
        'INVALID_REQUEST',
        `Topic IDs are not supported in requests for version ${apiVersion}`,
      )
    }
  }
}

/** Kafka 4.3.1 fails over a topic that has neither name nor id. */
function refuseNothing(request: MetadataRequest): void {
  if (request.topics?.some(({ name, topicId }) => name === null && topicId === ZERO_UUID))
    throw new KafkaError('UNKNOWN_SERVER_ERROR', 'A topic has neither a name nor an id')
}

function describePartition(
  image: ClusterImage,
  partition: PartitionRegistration,
  partitionIndex: number,
  context: RequestContext,
) {
  const view = viewPartition(image, partition, context.listenerName)
  // Version 0 leaves out replicas that cannot be reached, and says so.
  const hidesOffline = context.apiVersion === 0
  const shown = (ids: readonly number[]) =>
    hidesOffline ? ids.filter(id => !view.offlineReplicas.includes(id)) : [...ids]
  const replicaNodes = shown(partition.replicas)
  const isrNodes = shown(partition.isr)
  let error: ErrorName = 'NONE'
  if (view.leaderProblem !== undefined) {
    error = context.apiVersion >= 6 ? view.leaderProblem : 'LEADER_NOT_AVAILABLE'
  } else if (
    replicaNodes.length < partition.replicas.length ||
    isrNodes.length < partition.isr.length
  ) {
    error = 'REPLICA_NOT_AVAILABLE'
  }
  return {
    errorCode: ErrorCode[error],
    partitionIndex,
    leaderId: view.leader?.id ?? -1,
    leaderEpoch: partition.leaderEpoch,
    replicaNodes,
    isrNodes,
    offlineReplicas: view.offlineReplicas,
  }
}
