/**
 * This broker's membership of the cluster: registers with the controller, sends heartbeats, and hands in its resignation
 * at the end. Kafka's BrokerLifecycleManager. `ready` is when the controller has unfenced the broker.
 */
import { randomUuid, type Logger, type Timer } from '@moldau/base'
import type { World } from '@moldau/io'
import type { SupportedFeature } from '@moldau/metadata'
import { Apis, ErrorCode, errorName } from '@moldau/protocol'
import type { ControllerChannel } from '@moldau/controller'
import type { ListenerEndpoint } from '../services.ts'

/** Time between attempts to register. */
const RETRY_MS = 100
/** First wait between heartbeats while this broker waits for something; each is twice as long as the one before. */
const FIRST_WAIT_MS = 5
/** Longest wait for the controller's leave to stop. */
const RESIGNATION_MS = 5000

/** What a membership needs. */
export interface BrokerLifecycleOptions {
  readonly world: World
  readonly logger: Logger
  readonly controller: ControllerChannel
  readonly nodeId: number
  readonly clusterId: string
  readonly rack: string | null
  readonly features: readonly SupportedFeature[]
  readonly directoryIds: readonly string[]
  readonly listeners: readonly ListenerEndpoint[]
  readonly interBrokerListenerName: string
  readonly heartbeatMs: number
  /** Epoch of the last clean stop; -1 for none. */
  readonly previousBrokerEpoch: number
  /** How far this broker's image of the metadata is. */
  readonly metadataOffset: () => number
  /** Ids of the directories whose disk has failed. */
  readonly offlineDirectoryIds: () => string[]
}

export class BrokerLifecycle {
  readonly #options: BrokerLifecycleOptions
  readonly #incarnationId: string
  #brokerEpoch = -1
  #timer: Timer | undefined
  #isStopping = false
  #isStopped = false
  #isFenced = true
  #waitMs = FIRST_WAIT_MS
  readonly #ready = Promise.withResolvers<void>()
  readonly #resigned = Promise.withResolvers<void>()

  constructor(options: BrokerLifecycleOptions) {
    this.#options = options
    this.#incarnationId = randomUuid(options.world.random)
  }

  /** Offset of this broker's registration; -1 before. */
  get brokerEpoch(): number {
    return this.#brokerEpoch
  }

  get isFenced(): boolean {
    return this.#isFenced
  }

  /** Registers, and resolves when the controller has unfenced this broker. */
  async start(): Promise<void> {
    await this.#register()
    void this.#beat()
    await this.#ready.promise
  }

  /** Asks for leave to stop, waits for it a while, and stops the heartbeats. */
  async stop(): Promise<void> {
    if (this.#isStopping || this.#brokerEpoch < 0) return
    this.#isStopping = true
    this.#waitMs = FIRST_WAIT_MS
    const giveUp = this.#options.world.timers.after(RESIGNATION_MS, () => this.#resigned.resolve())
    void this.#beat()
    await this.#resigned.promise
    giveUp.cancel()
    this.#isStopped = true
    this.#timer?.cancel()
  }

  async #register(): Promise<void> {
    const { logger, controller, nodeId, clusterId, rack, features, directoryIds, listeners } =
      this.#options
    for (;;) {
      const response = await controller
        .handle(
          Apis.BrokerRegistration,
          4,
          {
            brokerId: nodeId,
            clusterId,
            incarnationId: this.#incarnationId,
            listeners: listeners.map(
              ({ name, advertisedHost: host, advertisedPort: port, securityProtocol }) => ({
                name,
                host,
                port,
                securityProtocol,
              }),
            ),
            features: features.map(feature => ({ ...feature })),
            rack,
            isMigratingZkBroker: false,
            logDirs: [...directoryIds],
            previousBrokerEpoch: this.#options.previousBrokerEpoch,
          },
          this.#context(),
        )
        .catch((error: unknown) => {
          logger.warn('broker registration failed, will be tried again', { error: String(error) })
          return undefined
        })
      if (response?.errorCode === ErrorCode.NONE) {
        this.#brokerEpoch = response.brokerEpoch ?? -1
        logger.info('broker registered', { brokerEpoch: this.#brokerEpoch })
        return
      }
      if (response !== undefined) {
        const error = errorName(response.errorCode ?? ErrorCode.UNKNOWN_SERVER_ERROR)
        // A second node of the same id, a wrong cluster, an old version: trying again would not help.
        if (error !== 'NOT_CONTROLLER' && error !== 'DUPLICATE_BROKER_REGISTRATION') {
          throw new Error(`Cannot register broker ${nodeId} with the controller: ${error}`)
        }
      }
      await new Promise<void>(resolve => void this.#options.world.timers.after(RETRY_MS, resolve))
    }
  }

  async #beat(): Promise<void> {
    const { controller, nodeId, metadataOffset, offlineDirectoryIds, logger, world, heartbeatMs } =
      this.#options
    try {
      const request = {
        brokerId: nodeId,
        brokerEpoch: this.#brokerEpoch,
        currentMetadataOffset: metadataOffset(),
        wantFence: false,
        wantShutDown: this.#isStopping,
        offlineLogDirs: offlineDirectoryIds(),
        cordonedLogDirs: null,
      }
      const response = await controller.handle(Apis.BrokerHeartbeat, 1, request, this.#context())
      const errorCode = response.errorCode ?? ErrorCode.NONE
      if (errorCode === ErrorCode.STALE_BROKER_EPOCH && !this.#isStopping) await this.#register()
      else if (errorCode !== ErrorCode.NONE)
        logger.warn('broker heartbeat refused', { error: errorName(errorCode) })
      else this.#take(response.isFenced ?? true, response.shouldShutDown ?? false)
    } catch (error) {
      logger.warn('broker heartbeat failed', { error: String(error) })
      if (this.#isStopping) this.#resigned.resolve()
    }
    this.#timer?.cancel()
    if (this.#isStopped) return
    const isWaiting = this.#isFenced || this.#isStopping
    this.#timer = world.timers.after(
      isWaiting ? this.#nextWaitMs(heartbeatMs) : heartbeatMs,
      () => void this.#beat(),
    )
  }

  #nextWaitMs(heartbeatMs: number): number {
    const waitMs = Math.min(this.#waitMs, RETRY_MS, heartbeatMs)
    this.#waitMs = waitMs * 2
    return waitMs
  }

  #take(isFenced: boolean, shouldShutDown: boolean): void {
    if (shouldShutDown) this.#resigned.resolve()
    if (isFenced !== this.#isFenced) {
      this.#isFenced = isFenced
      this.#options.logger.info(isFenced ? 'broker fenced' : 'broker unfenced', {
        brokerEpoch: this.#brokerEpoch,
      })
    }
    if (!isFenced) this.#ready.resolve()
  }

  #context() {
    const { nodeId, interBrokerListenerName: listener } = this.#options
    return { principal: `User:broker-${nodeId}`, listener, clientId: `broker-${nodeId}` }
  }
}
