/** The requests that the controller decides on, and who decides. */
import type { Steps } from '@moldau/base'
import type * as protocol from '@moldau/protocol'
import type { MessageInput } from '@moldau/protocol'
import { alterPartition } from './alter-partition.ts'
import { brokerHeartbeat, registerBroker, unregisterBroker } from './brokers.ts'
import { alterConfigs, incrementalAlterConfigs } from './configs.ts'
import type { Decision, DecisionContext } from './decision.ts'
import { assignReplicasToDirs } from './directories.ts'
import { updateFeatures } from './features.ts'
import { electLeaders } from './leadership.ts'
import { allocateProducerIds } from './producer-ids.ts'
import { createPartitions, deleteTopics } from './topic-changes.ts'
import { createTopics } from './topics.ts'

/** Request and response of each API that is decided here, by Kafka's name. */
export interface DecidedApis {
  CreateTopics: Exchange<protocol.CreateTopicsRequest, typeof protocol.CreateTopicsResponse>
  DeleteTopics: Exchange<protocol.DeleteTopicsRequest, typeof protocol.DeleteTopicsResponse>
  CreatePartitions: Exchange<
    protocol.CreatePartitionsRequest,
    typeof protocol.CreatePartitionsResponse
  >
  IncrementalAlterConfigs: Exchange<
    protocol.IncrementalAlterConfigsRequest,
    typeof protocol.IncrementalAlterConfigsResponse
  >
  AlterConfigs: Exchange<protocol.AlterConfigsRequest, typeof protocol.AlterConfigsResponse>
  AllocateProducerIds: Exchange<
    protocol.AllocateProducerIdsRequest,
    typeof protocol.AllocateProducerIdsResponse
  >
  BrokerRegistration: Exchange<
    protocol.BrokerRegistrationRequest,
    typeof protocol.BrokerRegistrationResponse
  >
  BrokerHeartbeat: Exchange<
    protocol.BrokerHeartbeatRequest,
    typeof protocol.BrokerHeartbeatResponse
  >
  UnregisterBroker: Exchange<
    protocol.UnregisterBrokerRequest,
    typeof protocol.UnregisterBrokerResponse
  >
  AlterPartition: Exchange<protocol.AlterPartitionRequest, typeof protocol.AlterPartitionResponse>
  AssignReplicasToDirs: Exchange<
    protocol.AssignReplicasToDirsRequest,
    typeof protocol.AssignReplicasToDirsResponse
  >
  ElectLeaders: Exchange<protocol.ElectLeadersRequest, typeof protocol.ElectLeadersResponse>
  UpdateFeatures: Exchange<protocol.UpdateFeaturesRequest, typeof protocol.UpdateFeaturesResponse>
}

/** A request as decoded, and a response to be encoded. */
interface Exchange<Request, Response> {
  readonly request: Request
  readonly response: MessageInput<Response>
}

/** Name of an API that is decided here. */
export type DecidedApi = keyof DecidedApis

type Decide<N extends DecidedApi> = (
  request: DecidedApis[N]['request'],
  context: DecisionContext,
  version: number,
) => Decision<DecidedApis[N]['response']> | Steps<Decision<DecidedApis[N]['response']>>

const deciders: { readonly [N in DecidedApi]: Decide<N> } = {
  CreateTopics: createTopics,
  DeleteTopics: deleteTopics,
  CreatePartitions: createPartitions,
  IncrementalAlterConfigs: incrementalAlterConfigs,
  AlterConfigs: alterConfigs,
  AllocateProducerIds: allocateProducerIds,
  BrokerRegistration: registerBroker,
  BrokerHeartbeat: brokerHeartbeat,
  UnregisterBroker: unregisterBroker,
  AlterPartition: alterPartition,
  AssignReplicasToDirs: assignReplicasToDirs,
  ElectLeaders: electLeaders,
  UpdateFeatures: updateFeatures,
}

/** Decides on one request. The only state it changes are the sessions of brokers. */
export function* decide<N extends DecidedApi>(
  name: N,
  request: DecidedApis[N]['request'],
  context: DecisionContext,
  version: number,
): Steps<Decision<DecidedApis[N]['response']>> {
  const decision = deciders[name](request, context, version)
  return 'records' in decision ? decision : yield* decision
}

/** True for the name of an API that is decided here. */
export function isDecidedApi(name: string): name is DecidedApi {
  return Object.hasOwn(deciders, name)
}
