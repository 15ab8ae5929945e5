/**
 * A broker with its controller, in one process: what is started, in which order, and stopped in reverse. The storage,
 * then the quorum and its image, the controller, the replicas and coordinators that follow the image, last the clients.
 */
import type { Logger } from '@moldau/base'
import { newClusterValues } from '@moldau/controller'
import type { World } from '@moldau/io'
import { openStorage } from '@moldau/raft'
import { servedApis } from './apis/index.ts'
import { LiveBrokerConfig, type ServerProperties } from './config.ts'
import { BrokerParts } from './broker-parts.ts'
import { closeAll, openListeners, type OpenedListener } from './network/open-listeners.ts'
import { RequestPipeline } from './network/request-pipeline.ts'
import { ConnectionCounts } from './network/listener.ts'
import { BrokerMetrics } from './metrics.ts'
import { metricsText } from './metrics-text.ts'
import type { BrokerServices } from './services.ts'

/** What a broker is started with. */
export interface BrokerOptions {
  readonly world: World
  /** server.properties, read by `parseServerProperties`. */
  readonly settings: ServerProperties
  readonly logger: Logger
  /** The cluster that is expected or, in empty directories, made; any, or a random one, by default. */
  readonly clusterId?: string
  /** Told when the broker stops serving by itself: its disk failed, or its metadata cannot be read. */
  readonly onFault?: (error: Error) => void
}

/** A running broker. @public */
export class Broker {
  readonly services: BrokerServices
  readonly #parts: BrokerParts
  readonly #listeners: readonly OpenedListener[]
  #stopping: Promise<void> | undefined

  private constructor(
    parts: BrokerParts,
    services: BrokerServices,
    listeners: readonly OpenedListener[],
  ) {
    this.#parts = parts
    this.services = services
    this.#listeners = listeners
  }

  /** Starts a broker; resolves when it serves clients. @throws Error in one sentence per problem */
  static async start(options: BrokerOptions): Promise<Broker> {
    const { world, settings, logger } = options
    if (settings.problems.length > 0)
      throw new Error(settings.problems.map(({ message }) => message).join('\n'))
    const { config } = settings
    const nodeId = config['node.id']
    const controllerEndpoint = controllerEndpointOf(settings)
    const storage = openStorage({
      world,
      directories: directoriesOf(settings),
      ...(config['metadata.log.dir'] !== null && { metadataDirectory: config['metadata.log.dir'] }),
      nodeId,
      ...(options.clusterId !== undefined && { clusterId: options.clusterId }),
      controllerEndpoint,
      bootstrapValues: newClusterValues(),
    })
    const live = new LiveBrokerConfig({ nodeId, staticProperties: settings.texts, logger })
    const counts = new ConnectionCounts()
    const metrics = new BrokerMetrics()
    metrics.watch(counts)
    let pipeline: RequestPipeline | undefined
    // Bound first, so that the ports are known for the registration; served last.
    const listeners = await openListeners(settings.listeners, {
      world,
      logger: logger.child('network'),
      config: () => live.values,
      counts,
      requests: {
        admits: (apiKey, apiVersion) => pipeline?.admits(apiKey, apiVersion) ?? false,
        handle: (connection, buffer, start, end) =>
          pipeline?.handle(connection, buffer, start, end),
      },
    })
    let parts: BrokerParts | undefined
    try {
      parts = await BrokerParts.open({
        ...options,
        storage,
        controllerEndpoint,
        live,
        metrics,
        counts,
        listeners,
      })
      await parts.join()
      pipeline = new RequestPipeline(servedApis, parts.services)
      for (const { listener } of listeners) listener.serve()
      const broker = new Broker(parts, parts.services, listeners)
      logger.info('broker started', { nodeId, clusterId: storage.clusterId, port: broker.port })
      return broker
    } catch (error) {
      await closeAll(listeners)
      await parts?.close()
      throw error
    }
  }

  get clusterId(): string {
    return this.services.clusterId
  }

  /** What this broker counts, as Prometheus text. @public */
  metricsText(): Promise<{ text: string; contentType: string }> {
    return metricsText(this.services.metrics.registry)
  }

  /** The port of the first listener. */
  get port(): number {
    return this.#listeners[0]?.listener.port ?? -1
  }

  /** Stops cleanly: what is acknowledged is on disk, and the next start needs no recovery. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  async #stop(): Promise<void> {
    const { logger, nodeId } = this.services
    logger.info('broker stopping', { nodeId })
    await this.#parts.leave()
    await closeAll(this.#listeners)
    await this.#parts.close()
    logger.info('broker stopped', { nodeId })
  }
}

/** `log.dirs`, or `log.dir`. */
function directoriesOf({ config }: ServerProperties): string[] {
  const directories = config['log.dirs'] ?? []
  return directories.length > 0 ? [...directories] : [...config['log.dir']]
}

/** Where the controller would be reached by other nodes. */
function controllerEndpointOf({ listeners }: ServerProperties) {
  const listener = listeners.find(({ isController }) => isController)
  const { host, port } = listener?.advertised ?? listener ?? { host: '', port: 0 }
  return { name: listener?.name ?? 'CONTROLLER', host: host === '' ? 'localhost' : host, port }
}
