/**
 * DescribeCluster (key 60), versions 0 to 2: the brokers and the cluster id. v1 asks for brokers or controllers
 * (KIP-919; this is a broker's answer, so only brokers are told), v2 for fenced brokers too (KIP-1073).
 */
import { Apis, KafkaError } from '@moldau/protocol'
import { aliveBrokers, controllerForClients, nodeOf } from '../topic-view.ts'
import { CLUSTER_OPERATIONS, OPERATIONS_OMITTED } from './authorized-operations.ts'
import { serve } from './serve.ts'

const BROKERS = 1
const CONTROLLERS = 2

export const describeCluster = serve(Apis.DescribeCluster, {
  authorize() {},

  handle(request, { broker, listenerName }) {
    if (request.endpointType === CONTROLLERS) {
      throw new KafkaError(
        'MISMATCHED_ENDPOINT_TYPE',
        'The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER',
      )
    }
    if (request.endpointType !== BROKERS) {
      throw new KafkaError(
        'UNSUPPORTED_ENDPOINT_TYPE',
        `Unsupported endpoint type ${request.endpointType}`,
      )
    }
    const image = broker.image()
    const brokers = []
    for (const registration of image.brokers) {
      const node = nodeOf(registration, listenerName)
      if (node === undefined || (registration.fenced && !request.includeFencedBrokers)) continue
      brokers.push({
        brokerId: node.id,
        host: node.host,
        port: node.port,
        rack: node.rack,
        isFenced: registration.fenced,
      })
    }
    return {
      endpointType: BROKERS,
      clusterId: broker.clusterId,
      controllerId: controllerForClients(aliveBrokers(image, listenerName), broker.nodeId),
      brokers: brokers.sort((a, b) => a.brokerId - b.brokerId),
      clusterAuthorizedOperations: request.includeClusterAuthorizedOperations
        ? CLUSTER_OPERATIONS
        : OPERATIONS_OMITTED,
    }
  },

  refuse: (_request, { errorCode, errorMessage }) => ({
    errorCode,
    errorMessage,
    endpointType: BROKERS,
    clusterId: '',
    brokers: [],
  }),
})
