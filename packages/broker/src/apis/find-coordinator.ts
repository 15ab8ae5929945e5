/**
 * FindCoordinator (key 10), versions 0 to 6: which broker looks after a group, a transactional id or a share
 * partition. v1 names the kind of key, v4 takes many keys (KIP-699), v6 share keys (KIP-932). A missing internal topic
 * is created first; unlike Kafka, the first answer waits for that, so that clients with few retries succeed.
 */
import { Apis, ErrorCode, errorMessage, type ErrorName } from '@moldau/protocol'
import { coordinatorPartition } from '@moldau/coordinators'
import type { RequestContext } from '../services.ts'
import { nodeOf, type BrokerNode } from '../topic-view.ts'
import { serve } from './serve.ts'

const internalTopics = ['__consumer_offsets', '__transaction_state', '__share_group_state']

const SHARE = 2

const nowhere: BrokerNode = { id: -1, host: '', port: -1, rack: null }

export const findCoordinator = serve(Apis.FindCoordinator, {
  authorize() {},

  async handle(request, context) {
    if (context.apiVersion < 4) {
      const { node, error } = await find(request.keyType, request.key, context)
      return {
        errorCode: ErrorCode[error],
        errorMessage: error === 'NONE' ? 'NONE' : errorMessage(error),
        nodeId: node.id,
        host: node.host,
        port: node.port,
        coordinators: [],
      }
    }
    const coordinators = []
    for (const key of request.coordinatorKeys) {
      const { node, error } = await find(request.keyType, key, context)
      coordinators.push({
        key,
        nodeId: node.id,
        host: node.host,
        port: node.port,
        errorCode: ErrorCode[error],
        errorMessage: '',
      })
    }
    return { coordinators }
  },

  refuse: (request, error, context) =>
    context.apiVersion < 4
      ? { ...error, nodeId: -1, host: '', port: -1, coordinators: [] }
      : {
          coordinators: request.coordinatorKeys.map(key => ({
            key,
            nodeId: -1,
            host: '',
            port: -1,
            errorCode: error.errorCode,
            errorMessage: error.errorMessage,
          })),
        },
})

async function find(
  keyType: number,
  key: string,
  context: RequestContext,
): Promise<{ node: BrokerNode; error: ErrorName }> {
  const { broker } = context
  const topicName = internalTopics[keyType]
  if (topicName === undefined || (keyType === SHARE && !isShareKey(key, context.apiVersion))) {
    return { node: nowhere, error: 'INVALID_REQUEST' }
  }
  if (broker.image().topics.byName(topicName) === undefined) {
    await broker.topicCreation.create(topicName)
  }
  const image = broker.image()
  const partitions = image.topics.byName(topicName)?.partitions ?? []
  const leader = partitions[coordinatorPartition(key, partitions.length)]?.leader
  const node =
    leader === undefined ? undefined : nodeOf(image.brokers.byId(leader), context.listenerName)
  return node === undefined
    ? { node: nowhere, error: 'COORDINATOR_NOT_AVAILABLE' }
    : { node, error: 'NONE' }
}

/** `group:topicId:partition`, from version 6 on. */
function isShareKey(key: string, apiVersion: number): boolean {
  return apiVersion >= 6 && /^.+:[A-Za-z0-9_-]{22}:\d+$/.test(key)
}
