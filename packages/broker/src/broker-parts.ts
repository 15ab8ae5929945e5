/** Everything of a broker below its listeners, opened in order and closed in reverse: see `broker.ts`. */
import { defaultsOf, type Logger } from '@moldau/base'
import { ControllerNode, SUPPORTED_FEATURES } from '@moldau/controller'
import { GroupCoordinator } from '@moldau/coordinators'
import { Logs, topicOptions } from '@moldau/log'
import { MetadataLoader, SnapshotGenerator } from '@moldau/metadata'
import { RaftNode, readBootstrapValues, type OpenedStorage } from '@moldau/raft'
import type { BrokerOptions } from './broker.ts'
import { configRules, type LiveBrokerConfig } from './config.ts'
import { BrokerLifecycle } from './controller-link/broker-lifecycle.ts'
import { FetchBudget } from './fetching/fetch-budget.ts'
import { FetchSessions } from './fetching/fetch-sessions.ts'
import type { BrokerMetrics } from './metrics.ts'
import type { ConnectionCounts } from './network/listener.ts'
import type { OpenedListener } from './network/open-listeners.ts'
import { CoordinatorElections, OffsetsTopicStorage } from './offsets-topic.ts'
import { ProducerIds } from './producer-ids.ts'
import { ReplicaManager } from './replication/replica-manager.ts'
import { Deadlines } from './replication/waiting-requests.ts'
import type { BrokerServices } from './services.ts'
import { TopicCreation } from './topic-creation.ts'

/** What was made before. */
interface PartsOptions extends BrokerOptions {
  readonly storage: OpenedStorage
  readonly controllerEndpoint: { name: string; host: string; port: number }
  readonly live: LiveBrokerConfig
  readonly metrics: BrokerMetrics
  readonly counts: ConnectionCounts
  readonly listeners: readonly OpenedListener[]
}

export class BrokerParts {
  readonly services: BrokerServices
  readonly #logger: Logger
  readonly #logs: Logs
  readonly #raft: RaftNode
  readonly #controller: ControllerNode
  readonly #groups: GroupCoordinator
  readonly #replicas: ReplicaManager
  readonly #lifecycle: BrokerLifecycle

  private constructor(
    services: BrokerServices,
    parts: { logs: Logs; raft: RaftNode; controller: ControllerNode; lifecycle: BrokerLifecycle },
  ) {
    this.services = services
    this.#logger = services.logger
    this.#logs = parts.logs
    this.#raft = parts.raft
    this.#controller = parts.controller
    this.#groups = services.groups
    this.#replicas = services.replicas
    this.#lifecycle = parts.lifecycle
  }

  /** Opens the logs, the quorum and the controller, and lets replicas and coordinators follow the metadata. */
  static async open(options: PartsOptions): Promise<BrokerParts> {
    const undo: (() => void | Promise<void>)[] = []
    try {
      return await BrokerParts.#open(options, undo)
    } catch (error) {
      // What was opened is locked: the next attempt of this process must find it free.
      for (const close of undo.toReversed()) await close()
      throw error
    }
  }

  static async #open(
    options: PartsOptions,
    undo: (() => void | Promise<void>)[],
  ): Promise<BrokerParts> {
    const { world, settings, logger, storage, live, metrics, listeners } = options
    const { config } = settings
    const nodeId = config['node.id']
    const onFault = (error: Error) => {
      logger.error('broker cannot go on', { error: String(error) })
      options.onFault?.(error)
    }
    const logs = await Logs.open({
      world,
      directories: [...storage.directoryIds.keys()],
      defaults: defaultsOf(topicOptions),
      brokerConfig: config,
      logger,
    })
    undo.push(() => logs.close())
    logs.onDirectoryFailure = (_directory, error) => {
      if (logs.directories.every(({ failure }) => failure !== undefined)) onFault(error)
    }
    const raft = await RaftNode.open({
      world,
      directory: storage.metadataDirectory,
      segmentBytes: config['metadata.log.segment.bytes'],
      nodeId,
      directoryId: storage.directoryIds.get(storage.metadataDirectory) ?? '',
      retention: {
        maxBytes: config['metadata.max.retention.bytes'],
        maxMs: config['metadata.max.retention.ms'],
      },
      logger: logger.child('raft'),
      onFault,
    })
    undo.push(() => raft.close())
    const loader = new MetadataLoader({
      clusterId: storage.clusterId,
      logger: logger.child('metadata'),
      onFault,
    })
    await raft.register(loader)
    const controller = await ControllerNode.open({
      raft,
      loader,
      world,
      logger: logger.child('controller'),
      config,
      rules: configRules({ nodeId, staticProperties: settings.texts, config: () => live.values }),
      endpoints: [{ ...options.controllerEndpoint, securityProtocol: 0 }],
      bootstrapValues: readBootstrapValues(world.files, storage.metadataDirectory),
    })
    undo.push(() => controller.close())
    const image = () => loader.image
    const currentConfig = () => live.values
    const { interBrokerListenerName } = settings
    const replicas = new ReplicaManager({
      nodeId,
      logs,
      logger: logger.child('replicas'),
      deadlines: new Deadlines(world.timers, () => world.clock.monotonic()),
      topicConfig: (now, topic) => live.topicConfig(now, topic),
    })
    const groups = new GroupCoordinator({
      world,
      logger: logger.child('groups'),
      config,
      storage: new OffsetsTopicStorage(replicas, config['offsets.load.buffer.size']),
      partitionCount:
        image().topics.byName('__consumer_offsets')?.partitions.length ??
        config['offsets.topic.num.partitions'],
      image,
    })
    const lifecycle = new BrokerLifecycle({
      world,
      logger: logger.child('lifecycle'),
      controller,
      nodeId,
      clusterId: storage.clusterId,
      rack: config['broker.rack'],
      features: SUPPORTED_FEATURES,
      directoryIds: [...storage.directoryIds.values()],
      listeners: listeners.map(({ endpoint }) => endpoint),
      interBrokerListenerName,
      heartbeatMs: config['broker.heartbeat.interval.ms'],
      previousBrokerEpoch: logs.previousBrokerEpoch,
      metadataOffset: () => loader.image.provenance.offset,
      offlineDirectoryIds: () =>
        logs.directories.flatMap(({ directory, failure }) =>
          failure === undefined ? [] : (storage.directoryIds.get(directory) ?? []),
        ),
    })
    const fetchBudget = new FetchBudget(world)
    metrics.watchFetches(fetchBudget)
    const services: BrokerServices = {
      nodeId,
      clusterId: storage.clusterId,
      directoryIds: storage.directoryIds,
      world,
      logger,
      get config() {
        return live.values
      },
      staticProperties: settings.texts,
      image,
      logs,
      replicas,
      groups,
      controller,
      raft,
      features: SUPPORTED_FEATURES,
      listeners: new Map(listeners.map(({ endpoint }) => [endpoint.name, endpoint])),
      fetchSessions: new FetchSessions(
        world.clock,
        world.random,
        () => live.values['max.incremental.fetch.session.cache.slots'],
      ),
      fetchBudget,
      producerIds: new ProducerIds({
        nodeId,
        brokerEpoch: () => lifecycle.brokerEpoch,
        controller,
        listenerName: interBrokerListenerName,
      }),
      topicCreation: new TopicCreation({
        controller,
        config: currentConfig,
        image,
        listenerName: interBrokerListenerName,
        logger: logger.child('topics'),
      }),
      metrics,
      connections: options.counts,
    }
    // In this order: configs before the replicas that use them, replicas before the coordinators that are stored in them.
    loader.addPublisher(live)
    loader.addPublisher(replicas)
    loader.addPublisher(new CoordinatorElections(nodeId, groups, logger.child('groups')))
    loader.addPublisher(
      new SnapshotGenerator({
        target: raft,
        clock: world.clock,
        logger: logger.child('metadata'),
        maxBytesBetweenSnapshots: config['metadata.log.max.record.bytes.between.snapshots'],
        maxIntervalMs: config['metadata.log.max.snapshot.interval.ms'],
      }),
    )
    return new BrokerParts(services, { logs, raft, controller, lifecycle })
  }

  /** Joins the cluster; resolves when clients may come. */
  async join(): Promise<void> {
    await this.#lifecycle.start()
    for (const { name, level, servedLevel } of this.#controller.unservedFeatures)
      this.#logger.warn('a feature level found in the data folder is not served yet', {
        feature: name,
        level,
        servedLevel,
      })
    this.#replicas.reportStrays()
    this.#logs.startTasks()
  }

  /** Leaves the cluster; resolves when what clients wait for is on disk. */
  async leave(): Promise<void> {
    await this.#lifecycle.stop()
    await this.#replicas.settled()
  }

  /** Closes all in reverse. */
  async close(): Promise<void> {
    await this.#lifecycle.stop()
    await this.#attempt('group coordinator', () => this.#groups.close())
    await this.#attempt('controller', () => this.#controller.close())
    await this.#attempt('quorum', () => this.#raft.close())
    await this.#attempt('logs', () => this.#logs.close(this.#lifecycle.brokerEpoch))
  }

  /** One part that does not close must not keep the others from closing cleanly. */
  async #attempt(part: string, close: () => void | Promise<void>): Promise<void> {
    try {
      await close()
    } catch (error) {
      this.#logger.error('part did not close cleanly', { part, error: String(error) })
    }
  }
}
