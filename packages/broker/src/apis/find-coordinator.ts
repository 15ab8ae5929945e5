/**
 * FindCoordinator (key 10), versions 0 to 6: which broker looks after a group, a transactional id or a share
 * partition. v1 names the kind of key, v4 takes many keys (KIP-699), v6 share keys (KIP-932). Only groups have
 * coordinators yet; the other kinds are refused with UNSUPPORTED_VERSION, which every client takes as final. The
 * first answer waits until __consumer_offsets is there, where Kafka lets the client ask again.
 */
import { Apis, ErrorCode, errorMessage, KafkaError, type ErrorName } from '@moldau/protocol'
import type { RequestContext } from '../services.ts'
import { nodeOf, type BrokerNode } from '../topic-view.ts'
import { serve } from './serve.ts'

/** Kafka's numbers of the kinds of key. */
const keyTypes = { group: 0, transaction: 1, share: 2 } as const

const FIRST_VERSION_WITH_KEYS = 4
const FIRST_VERSION_WITH_SHARE = 6

const OFFSETS_TOPIC = '__consumer_offsets'

const nowhere: BrokerNode = { id: -1, host: '', port: -1, rack: null }

interface Found {
  readonly node: BrokerNode
  readonly error: ErrorName
}

export const findCoordinator = serve(Apis.FindCoordinator, {
  authorize() {},

  async handle({ keyType, key, coordinatorKeys }, context) {
    if (context.apiVersion < FIRST_VERSION_WITH_KEYS) {
      const { node, error } = await find(keyType, key, context)
      return {
        errorCode: ErrorCode[error],
        errorMessage: error === 'NONE' ? 'NONE' : errorMessage(error),
        nodeId: node.id,
        host: node.host,
        port: node.port,
      }
    }
    const coordinators = []
    for (const key of coordinatorKeys) {
      const { node, error } = await find(keyType, key, context)
      const { id: nodeId, host, port } = node
      coordinators.push({ key, nodeId, host, port, errorCode: ErrorCode[error], errorMessage: '' })
    }
    return { coordinators }
  },

  divide: { request: 'coordinatorKeys', response: 'coordinators' },

  refuse(request, { errorCode, errorMessage }, { apiVersion }) {
    const { id: nodeId, host, port } = nowhere
    const refusal = { nodeId, host, port, errorCode, errorMessage }
    if (apiVersion < FIRST_VERSION_WITH_KEYS) return refusal
    return { coordinators: request.coordinatorKeys.map(key => ({ key, ...refusal })) }
  },
})

async function find(keyType: number, key: string, context: RequestContext): Promise<Found> {
  switch (keyType) {
    case keyTypes.group:
      return findGroup(key, context)
    case keyTypes.transaction:
      return refuse('UNSUPPORTED_VERSION')
    case keyTypes.share:
      return refuse(isShareKey(key, context.apiVersion) ? 'UNSUPPORTED_VERSION' : 'INVALID_REQUEST')
    default:
      throw new KafkaError('INVALID_REQUEST')
  }
}

async function findGroup(
  groupId: string,
  { broker, listenerName }: RequestContext,
): Promise<Found> {
  if (broker.image().topics.byName(OFFSETS_TOPIC) === undefined) {
    await broker.topicCreation.create(OFFSETS_TOPIC)
  }
  const image = broker.image()
  const partitions = image.topics.byName(OFFSETS_TOPIC)?.partitions
  const leader = partitions?.[broker.groups.partitionFor(groupId)]?.leader
  const node = leader === undefined ? undefined : nodeOf(image.brokers.byId(leader), listenerName)
  return node === undefined ? refuse('COORDINATOR_NOT_AVAILABLE') : { node, error: 'NONE' }
}

function refuse(error: ErrorName): Found {
  return { node: nowhere, error }
}

/** `group:topicId:partition`, from version 6 on. */
function isShareKey(key: string, apiVersion: number): boolean {
  return apiVersion >= FIRST_VERSION_WITH_SHARE && /^.+:[A-Za-z0-9_-]{22}:\d+$/.test(key)
}
