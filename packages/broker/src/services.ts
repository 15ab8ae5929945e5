/**
 * What an API handler may use: one bag, made by `broker.ts`, handed to every handler in its context. A handler imports
 * nothing that has state; it finds it here.
 */
import type { Logger } from '@moldau/base'
import type { ControllerChannel } from '@moldau/controller'
import type { GroupCoordinator } from '@moldau/coordinators'
import type { World } from '@moldau/io'
import type { Logs } from '@moldau/log'
import type { ClusterImage, SupportedFeature } from '@moldau/metadata'
import type { RaftNode } from '@moldau/raft'
import type { BrokerConfig } from './config.ts'
import type { FetchBudget } from './fetching/fetch-budget.ts'
import type { FetchSessions } from './fetching/fetch-sessions.ts'
import type { BrokerMetrics } from './metrics.ts'
import type { ConnectionCounts } from './network/listener.ts'
import type { ProducerIds } from './producer-ids.ts'
import type { ReplicaManager } from './replication/replica-manager.ts'
import type { TopicCreation } from './topic-creation.ts'

/** Everything a handler may use. */
export interface BrokerServices {
  readonly nodeId: number
  readonly clusterId: string
  /** Id of the log directory that a path is registered under. */
  readonly directoryIds: ReadonlyMap<string, string>
  readonly world: World
  readonly logger: Logger
  /** Values in effect now: server.properties with the dynamic configs of this broker over them. Read it each time. */
  readonly config: BrokerConfig
  /** What server.properties said, as text: for DescribeConfigs. */
  readonly staticProperties: ReadonlyMap<string, string>
  /** The newest metadata. Take it once per request. */
  image(): ClusterImage
  readonly logs: Logs
  readonly replicas: ReplicaManager
  readonly groups: GroupCoordinator
  /** The way to the active controller: in this process now, over the network later. */
  readonly controller: ControllerChannel
  /** The quorum, for DescribeQuorum and the controller id. */
  readonly raft: RaftNode
  /** Features that this broker supports, as it registers them. */
  readonly features: readonly SupportedFeature[]
  /** Where this broker listens, by listener name. */
  readonly listeners: ReadonlyMap<string, ListenerEndpoint>
  readonly fetchSessions: FetchSessions
  readonly fetchBudget: FetchBudget
  readonly producerIds: ProducerIds
  readonly topicCreation: TopicCreation
  readonly metrics: BrokerMetrics
  readonly connections: ConnectionCounts
}

/** One listener of this broker. `advertisedHost` and `advertisedPort` are what clients are told. */
export interface ListenerEndpoint {
  readonly name: string
  /** 0 PLAINTEXT, 1 SSL, 2 SASL_PLAINTEXT, 3 SASL_SSL. */
  readonly securityProtocol: number
  readonly host: string
  readonly port: number
  readonly advertisedHost: string
  readonly advertisedPort: number
}

/** Who asks, in which version, over which connection. */
export interface RequestContext {
  readonly broker: BrokerServices
  readonly apiVersion: number
  /** Empty where the client sent none. */
  readonly clientId: string
  /** Address of the client, without port. */
  readonly clientHost: string
  /** `User:ANONYMOUS` on listeners without authentication. */
  readonly principal: string
  readonly listenerName: string
  readonly connection: ClientConnection
}

/** What a handler may know of the connection. */
export interface ClientConnection {
  /** Unique in this broker: `local:port-remote:port-count`, as Kafka's. */
  readonly id: string
  /** Name and version of the client's library, as ApiVersions v3+ told; `unknown` before. */
  clientSoftwareName: string
  clientSoftwareVersion: string
  readonly isClosed: boolean
}
