/**
 * The cluster as seen from one client: where its brokers are, who leads what, who coordinates a group, and a way to
 * call any of them. Shared by the producers, consumers and admins of one `Kafka`. Errors rise; trying again is the
 * callers' (`retrying`).
 */
import { ZERO_UUID, type Logger } from '@moldau/base'
import type { World } from '@moldau/io'
import { Apis, errorName } from '@moldau/protocol'
import { KafkaError, protocolError } from '../errors.ts'
import type { commonOptions, ValuesOf } from '../config.ts'
import type { Address, CallOptions, Connection } from './connection.ts'
import { Connections } from './connections.ts'
import { Metadata, type BrokerMetadata, type TopicMetadata } from './metadata.ts'
import { retrying, type RetryPolicy, type WaitOptions } from './retry.ts'
import type { Api, RequestOf, ResponseOf } from './versions.ts'

/** Whom to ask: a broker by id, any one, or the controller's stand-in. */
export type Target = number | 'any' | 'controller'

/** Coordinators that are remembered. */
const coordinatorsMax = 1000

export class Cluster {
  readonly world: World
  readonly logger: Logger
  readonly metadata: Metadata
  readonly policy: RetryPolicy
  readonly apiTimeoutMs: number
  readonly #bootstrap: readonly Address[]
  readonly #connections: Connections
  readonly #refreshing = new Map<string, Promise<ReadonlyMap<string, number>>>()
  readonly #coordinators = new Map<string, number>()
  #laneCount = 0

  constructor(config: ValuesOf<typeof commonOptions>, world: World, logger: Logger) {
    this.world = world
    this.logger = logger
    this.#bootstrap = parseAddresses(config['bootstrap.servers'])
    this.metadata = new Metadata(config['metadata.max.age.ms'])
    this.policy = {
      backoffMs: config['retry.backoff.ms'],
      backoffMaxMs: config['retry.backoff.max.ms'],
    }
    this.apiTimeoutMs = config['default.api.timeout.ms']
    this.#connections = new Connections(
      {
        world,
        clientId: config['client.id'],
        setupTimeoutMs: config['socket.connection.setup.timeout.ms'],
        requestTimeoutMs: config['request.timeout.ms'],
      },
      {
        backoffMs: config['reconnect.backoff.ms'],
        backoffMaxMs: config['reconnect.backoff.max.ms'],
      },
      config['connections.max.idle.ms'],
    )
  }

  /** A lane of its own for calls that may wait long. */
  newLane(purpose: string): string {
    return `${purpose}-${++this.#laneCount}`
  }

  closeLane(lane: string): void {
    this.#connections.closeLane(lane)
  }

  close(): void {
    this.#connections.close()
  }

  /** Calls `api` once. @throws KafkaError */
  async call<A extends Api>(
    target: Target,
    api: A,
    request: RequestOf<A>,
    options: CallOptions & { lane?: string } = {},
  ): Promise<ResponseOf<A>> {
    const connection = await this.connection(target, options.lane)
    return connection.call(api, request, options)
  }

  /** An open connection. @throws KafkaError CONNECTION, TIMEOUT, CLOSED */
  async connection(target: Target, lane = 'main'): Promise<Connection> {
    if (target === 'any') return this.#anyConnection(lane)
    const nodeId = target === 'controller' ? this.metadata.controllerId : target
    const broker = this.metadata.brokers.get(nodeId)
    if (broker !== undefined) return this.#connections.get(broker, lane)
    if (target === 'controller') return this.#anyConnection(lane)
    throw new KafkaError('CONNECTION', { message: `Broker ${nodeId} is not known (any more)` })
  }

  /** The connection to the broker if it is open now. */
  openConnection(broker: BrokerMetadata, lane: string): Connection | undefined {
    return this.#connections.open(broker, lane)
  }

  /**
   * Asks for topics (undefined: all) and remembers the answer. Returns the error numbers by topic name.
   * @throws KafkaError
   */
  refresh(
    names: readonly string[] | undefined,
    options: { allowAutoCreation?: boolean } = {},
  ): Promise<ReadonlyMap<string, number>> {
    const key = `${names === undefined ? '*' : [...names].sort().join()}/${options.allowAutoCreation === true}`
    let running = this.#refreshing.get(key)
    if (running === undefined) {
      running = this.#refresh(names, options.allowAutoCreation === true).finally(() =>
        this.#refreshing.delete(key),
      )
      this.#refreshing.set(key, running)
    }
    return running
  }

  /**
   * A topic, from memory while that is fresh; waits for one that is just being made.
   * @throws KafkaError UNKNOWN_TOPIC_OR_PARTITION and others when time is over
   */
  async topic(
    name: string,
    options: WaitOptions & { allowAutoCreation?: boolean } = {},
  ): Promise<TopicMetadata> {
    const cached = this.metadata.fresh(name, this.world.clock.monotonic())
    if (cached !== undefined) return cached
    const timeoutMs = options.timeoutMs ?? this.apiTimeoutMs
    return retrying(this.world, this.policy, { timeoutMs, signal: options.signal }, async () => {
      const errors = await this.refresh([name], options)
      const errno = errors.get(name) ?? 0
      const topic = this.metadata.known(name)
      if (topic !== undefined) return topic
      throw protocolError(errno === 0 ? unknownTopic : errno, {
        message:
          errorName(errno) === 'INVALID_TOPIC_EXCEPTION'
            ? `Topic name ${JSON.stringify(name)} is not valid`
            : `Topic ${name} cannot be used: ${errorName(errno === 0 ? unknownTopic : errno)}`,
        api: 'Metadata',
      })
    })
  }

  /** The broker that coordinates the group. @throws KafkaError */
  async coordinator(groupId: string, lane = 'main'): Promise<number> {
    const known = this.#coordinators.get(groupId)
    if (known !== undefined && this.metadata.brokers.has(known)) return known
    const connection = await this.connection('any', lane)
    const version = connection.versionOf(Apis.FindCoordinator)
    const answer = await connection.call(
      Apis.FindCoordinator,
      version >= 4
        ? { keyType: groupKeyType, coordinatorKeys: [groupId] }
        : { keyType: groupKeyType, key: groupId },
    )
    const row = version >= 4 ? answer.coordinators[0] : answer
    if (row === undefined || row.errorCode !== 0)
      throw protocolError(row?.errorCode ?? -1, {
        message: `Cannot find the coordinator of group ${groupId}: ${row?.errorMessage ?? errorName(row?.errorCode ?? -1)}`,
        api: 'FindCoordinator',
      })
    if (!this.metadata.brokers.has(row.nodeId)) await this.refresh([])
    if (this.#coordinators.size >= coordinatorsMax) this.#coordinators.clear()
    this.#coordinators.set(groupId, row.nodeId)
    return row.nodeId
  }

  /** The group's coordinator turned out to be another one, or away. */
  forgetCoordinator(groupId: string): void {
    this.#coordinators.delete(groupId)
  }

  async #refresh(
    names: readonly string[] | undefined,
    allowAutoTopicCreation: boolean,
  ): Promise<ReadonlyMap<string, number>> {
    const answer = await this.call('any', Apis.Metadata, {
      topics: names === undefined ? null : names.map(name => ({ topicId: ZERO_UUID, name })),
      allowAutoTopicCreation,
    })
    if (answer.errorCode !== 0) throw protocolError(answer.errorCode, { api: 'Metadata' })
    this.metadata.update(answer, this.world.clock.monotonic())
    return new Map(answer.topics.map(topic => [topic.name ?? '', topic.errorCode]))
  }

  /** Known brokers in random order, those with an open connection first, then the bootstrap addresses. */
  async #anyConnection(lane: string): Promise<Connection> {
    const known = shuffled([...this.metadata.brokers.values()], this.world)
    for (const broker of known) {
      const open = this.#connections.open(broker, lane)
      if (open !== undefined) return open
    }
    let failure: unknown
    for (const address of [...known, ...shuffled(this.#bootstrap, this.world)]) {
      try {
        return await this.#connections.get(address, lane)
      } catch (error) {
        if (error instanceof KafkaError && error.code === 'CLOSED') throw error
        failure ??= error
      }
    }
    throw failure
  }
}

const groupKeyType = 0
const unknownTopic = 3

function shuffled<T>(items: readonly T[], world: World): T[] {
  const result = [...items]
  for (let i = result.length - 1; i > 0; i--) {
    const j = world.random.below(i + 1)
    const other = result[j] as T
    result[j] = result[i] as T
    result[i] = other
  }
  return result
}

/** `host:port`, `[::1]:9092`. @throws KafkaError CONFIG */
function parseAddresses(servers: readonly string[]): Address[] {
  if (servers.length === 0)
    throw new KafkaError('CONFIG', { message: 'bootstrap.servers is needed: host:port, …' })
  return servers.map(server => {
    const at = server.lastIndexOf(':')
    const host = server.slice(0, at).replace(/^\[(.*)\]$/, '$1')
    const port = Number(server.slice(at + 1))
    if (at <= 0 || host === '' || !Number.isInteger(port) || port < 1 || port > 65_535)
      throw new KafkaError('CONFIG', { message: `Invalid address ${server} in bootstrap.servers` })
    return { host, port }
  })
}
