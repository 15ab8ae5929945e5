/**
 * The shell of the controller: one request at a time is decided on the image that is being written, its records are
 * appended through raft, and it is answered when they are committed. What takes long is done in turns with other work;
 * the next request waits. Two images: the loader's is committed, ours has in addition what was appended. When an append
 * fails, ours is dropped.
 *
 * No NoOpRecord is written: Kafka's active controller writes one every 500 ms so that followers see time pass; a
 * quorum of one has none, and an idle broker should not write (docs/decisions).
 */
import { assert, randomUuid, type Logger, type Steps, type Timer } from '@moldau/base'
import { inTurns, nextTurn, type World } from '@moldau/io'
import {
  decodeMetadataRecord,
  encodeMetadataRecord,
  ImageEditor,
  type ClusterImage,
  type Endpoint,
  type MetadataLoader,
  type MetadataRecordInput,
} from '@moldau/metadata'
import {
  KafkaError,
  type BrokerHeartbeatRequest,
  type BrokerHeartbeatResponse,
  type CreateTopicsRequest,
  type CreateTopicsResponse,
  type DescribeQuorumRequest,
  type MessageInput,
  type MessageOf,
} from '@moldau/protocol'
import type { RaftNode } from '@moldau/raft'
import { bootstrapRecords } from './bootstrap.ts'
import { BrokerSessions } from './core/broker-sessions.ts'
import { fenceExpired } from './core/brokers.ts'
import { decide, isDecidedApi, type DecidedApi, type DecidedApis } from './core/controller.ts'
import {
  ROWS_PER_STEP,
  type ConfigRules,
  type ControllerConfig,
  type DecisionContext,
} from './core/decision.ts'
import { partsOfCreation } from './core/topics.ts'
import { SUPPORTED_FEATURES, unservedFeatures, type UnservedFeature } from './core/features.ts'
import { describeQuorum } from './describe-quorum.ts'

/** Who asks. */
export interface ControllerRequestContext {
  readonly principal: string
  readonly listener: string
  readonly clientId: string | null
}

/** A row of `Apis`. */
export interface ControllerApi {
  readonly name: string
  readonly request: object
  readonly response: object
}

/** The way to the controller: in this process now, over the network later. */
export interface ControllerChannel {
  /** @throws KafkaError NOT_CONTROLLER when the records could not be committed here */
  handle<A extends ControllerApi>(
    api: A,
    version: number,
    request: MessageOf<A['request']>,
    context: ControllerRequestContext,
  ): Promise<MessageInput<A['response']>>
}

/** What a controller needs. */
export interface ControllerNodeOptions {
  readonly raft: RaftNode
  /** Registered with `raft` before: its image holds all that is committed. */
  readonly loader: MetadataLoader
  readonly world: World
  readonly logger: Logger
  readonly config: ControllerConfig
  readonly rules: ConfigRules
  /** Where this controller listens, as it is told to others. */
  readonly endpoints: readonly Endpoint[]
  /** Values of the records that an empty log begins with (`readBootstrapValues`). */
  readonly bootstrapValues?: readonly Buffer[] | undefined
}

const SESSION_CHECKS_PER_TIMEOUT = 4

/** Records that were appended: the next decision need not wait until they are committed. */
interface Appended {
  readonly committed: Promise<void>
}

export class ControllerNode implements ControllerChannel {
  readonly #options: ControllerNodeOptions
  readonly #sessions: BrokerSessions
  /** All that was appended, committed or not. */
  #writing: ClusterImage
  /** Settles when the decision that was asked for last is appended. Never rejects. */
  #decided: Promise<unknown> = Promise.resolve()
  /** Settles when all that was appended is committed. Never rejects. */
  #appended: Promise<unknown> = Promise.resolve()
  #sessionCheck: Timer | undefined
  #lastCheckAt = 0

  /** Takes over: brings the log to a whole state, registers this controller, begins the brokers' sessions. */
  static async open(options: ControllerNodeOptions): Promise<ControllerNode> {
    const { loader } = options
    if (loader.fault !== undefined) throw loader.fault
    const controller = new ControllerNode(options)
    await controller.#takeOver()
    return controller
  }

  private constructor(options: ControllerNodeOptions) {
    this.#options = options
    this.#writing = options.loader.image
    this.#sessions = new BrokerSessions(options.config['broker.session.timeout.ms'])
  }

  /** Finalised feature levels that are not served: for a warning at start. */
  get unservedFeatures(): readonly UnservedFeature[] {
    return unservedFeatures(this.#options.loader.image)
  }

  async handle<A extends ControllerApi>(
    api: A,
    version: number,
    request: MessageOf<A['request']>,
    _context: ControllerRequestContext,
  ): Promise<MessageInput<A['response']>> {
    // A row of `Apis` keeps name, request and response in step; TypeScript cannot follow that through the branches.
    if (api.name === 'DescribeQuorum') {
      const response = describeQuorum(
        request as unknown as DescribeQuorumRequest,
        this.#options.raft,
        this.#options.endpoints,
        version,
      )
      return response as unknown as MessageInput<A['response']>
    }
    if (api.name === 'CreateTopics') {
      const response = await this.#createTopics(request as unknown as CreateTopicsRequest, version)
      return response as unknown as MessageInput<A['response']>
    }
    if (api.name === 'BrokerHeartbeat') {
      const heartbeat = request as unknown as BrokerHeartbeatRequest
      const response = await this.#heartbeat(heartbeat, version)
      return response as unknown as MessageInput<A['response']>
    }
    if (!isDecidedApi(api.name))
      throw new KafkaError('UNSUPPORTED_VERSION', `${api.name} is not served by the controller`)
    const decided = request as unknown as DecidedApis[DecidedApi]['request']
    const response = await this.#carryOut(api.name, decided, version)
    return response as unknown as MessageInput<A['response']>
  }

  /** In its turn, as all decisions; its sender counts as heard meanwhile. */
  async #heartbeat(
    request: BrokerHeartbeatRequest,
    version: number,
  ): Promise<MessageInput<typeof BrokerHeartbeatResponse>> {
    const answered = this.#sessions.heartbeatArrived(request.brokerId, request.brokerEpoch)
    try {
      return await this.#carryOut('BrokerHeartbeat', request, version)
    } finally {
      answered(this.#options.world.clock.monotonic())
    }
  }

  /** Very many topics part by part, so that others have their turn in between. */
  async #createTopics(
    request: CreateTopicsRequest,
    version: number,
  ): Promise<MessageInput<typeof CreateTopicsResponse>> {
    const [first = request, ...others] = partsOfCreation(request, this.#options)
    const response = await this.#carryOut('CreateTopics', first, version)
    if (others.length === 0) return response
    const topics = [...(response.topics ?? [])]
    for (const part of others) {
      await nextTurn(this.#options.world)
      const { topics: more } = await this.#carryOut('CreateTopics', part, version)
      for (const topic of more ?? []) topics.push(topic)
    }
    return { ...response, topics }
  }

  /** Stops the timers. What was appended is still answered. */
  async close(): Promise<void> {
    this.#sessionCheck?.cancel()
    await this.#decided
    await this.#appended
  }

  async #takeOver(): Promise<void> {
    const { loader, raft, world, config, logger, bootstrapValues } = this.#options
    if (loader.isInTransaction) {
      const reason = 'The controller stopped within it'
      await this.#write([{ type: 'AbortTransactionRecord', version: 0, value: { reason } }])
      this.#writing = loader.image
    }
    if (loader.image.features.metadataVersion === 0) {
      await this.#write(bootstrapRecords(bootstrapValues, { image: this.#writing, config }))
      logger.info('metadata log bootstrapped', {
        metadataVersion: this.#writing.features.metadataVersion,
      })
    }
    if (this.#writing.features.recordVersions.hasControllerRegistration)
      await this.#write([this.#registration()])
    const now = world.clock.monotonic()
    for (const broker of this.#writing.brokers)
      if (!broker.fenced) this.#sessions.begin(broker.id, broker.epoch, now)
    this.#lastCheckAt = now
    const periodMs = Math.max(
      1,
      Math.floor(config['broker.session.timeout.ms'] / SESSION_CHECKS_PER_TIMEOUT),
    )
    this.#sessionCheck = world.timers.every(periodMs, () => this.#checkSessions(periodMs))
    logger.info('controller is active', { epoch: raft.leaderEpoch })
  }

  #registration(): MetadataRecordInput {
    const { raft, world, endpoints } = this.#options
    return {
      type: 'RegisterControllerRecord',
      version: 0,
      value: {
        controllerId: raft.nodeId,
        incarnationId: randomUuid(world.random),
        zkMigrationReady: false,
        endPoints: endpoints.map(endpoint => ({ ...endpoint })),
        features: SUPPORTED_FEATURES.map(feature => ({ ...feature })),
      },
    }
  }

  #context(): DecisionContext {
    const { raft, world, config, rules } = this.#options
    return {
      nodeId: raft.nodeId,
      image: this.#writing,
      nextOffset: raft.logEndOffset,
      now: world.clock.monotonic(),
      random: world.random,
      config,
      rules,
      sessions: this.#sessions,
    }
  }

  /** Also a refusal waits: it may rest on what is appended but not committed. */
  async #carryOut<N extends DecidedApi>(
    name: N,
    request: DecidedApis[N]['request'],
    version: number,
  ): Promise<DecidedApis[N]['response']> {
    const { response, committed } = await this.#inOrder(() => this.#decide(name, request, version))
    await committed
    if (!this.#options.raft.isLeader) throw new KafkaError('NOT_CONTROLLER')
    return response
  }

  *#decide<N extends DecidedApi>(name: N, request: DecidedApis[N]['request'], version: number) {
    const { records, response } = yield* decide(name, request, this.#context(), version)
    const committed = records.length > 0 ? (yield* this.#append(records)).committed : this.#appended
    return { response, committed }
  }

  /** Appends records that rest on no request. */
  async #write(records: readonly MetadataRecordInput[]): Promise<void> {
    const { committed } = await this.#inOrder(() => this.#append(records))
    await committed
  }

  /** Decisions one after the other: each rests on the image that the one before has made. */
  #inOrder<T>(steps: () => Steps<T>): Promise<T> {
    const decided = this.#decided.then(() => inTurns(steps(), this.#options.world))
    this.#decided = decided.catch(() => undefined)
    return decided
  }

  /** Applies the records to the image that is being written, as the log will tell them, and appends them. */
  *#append(records: readonly MetadataRecordInput[]): Steps<Appended> {
    const { raft, world } = this.#options
    const values: Buffer[] = []
    const editor = new ImageEditor(this.#writing)
    for (const [i, record] of records.entries()) {
      if (i % ROWS_PER_STEP === ROWS_PER_STEP - 1) yield
      const value = encodeMetadataRecord(record)
      editor.apply(decodeMetadataRecord(value))
      values.push(value)
    }
    const offset = raft.logEndOffset + records.length - 1
    const next = editor.finish({ offset, epoch: raft.leaderEpoch, timestamp: world.clock.now() })
    const appended = yield* raft.appendInSteps(values)
    const committed = this.#committed(appended.committed, offset)
    this.#writing = next
    this.#appended = committed.catch(() => undefined)
    return { committed }
  }

  async #committed(appended: Promise<number>, offset: number): Promise<void> {
    try {
      const lastOffset = await appended
      assert(
        lastOffset === offset,
        `Metadata records were appended up to ${lastOffset} instead of ${offset}`,
      )
    } catch (error) {
      this.#writing = this.#options.loader.image
      throw error
    }
  }

  /**
   * Fences one broker whose session ran out. After a stall of the whole process no broker is to blame: heartbeats
   * that wait to be read come first, so that round is left out.
   */
  #checkSessions(periodMs: number): void {
    const { world, raft, logger } = this.#options
    const now = world.clock.monotonic()
    const hasStalled = now - this.#lastCheckAt > 2 * periodMs
    this.#lastCheckAt = now
    if (hasStalled || !raft.isLeader) return
    this.#fenceExpired().catch((error: unknown) =>
      logger.error('broker could not be fenced', { error: String(error) }),
    )
  }

  async #fenceExpired(): Promise<void> {
    const fenced = await this.#inOrder(() => this.#fence())
    await fenced?.committed
  }

  *#fence(): Steps<Appended | undefined> {
    const records = yield* fenceExpired(this.#context())
    if (records.length === 0) return undefined
    const { logger } = this.#options
    logger.warn('broker fenced: no heartbeat', { recordCount: records.length })
    return yield* this.#append(records)
  }
}
