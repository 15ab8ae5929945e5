/**
 * The way in: `new Kafka({ bootstrapServers })` makes producers, consumers and admins that share what they know of the
 * cluster. Nothing connects before it is used.
 */
import { silentLogger, type Logger } from '@moldau/base'
import { nodeWorld, type World } from '@moldau/io'
import { Admin } from './admin/admin.ts'
import { Cluster } from './cluster/cluster.ts'
import {
  commonOptions,
  consumerOptions,
  producerOptions,
  readOptions,
  type Input,
  type ValuesOf,
} from './config.ts'
import { Consumer } from './consumer/consumer.ts'
import type { DecodeErrorPolicy } from './consumer/record-source.ts'
import { KafkaError } from './errors.ts'
import { Producer } from './producer/producer.ts'
import { buffer, type Serde } from './serializers/serde.ts'

/** Options for all clients: Kafka's names, dotted or in camelCase. Those of producers and consumers are defaults. @public */
export type KafkaOptions = Input<typeof commonOptions> &
  Input<typeof producerOptions> &
  Input<typeof consumerOptions> & {
    /** The outside world; Node's by default. */
    readonly world?: World
    readonly logger?: Logger
  }

/** Options of a producer, over those of `Kafka`. The serdes decide on its types. @public */
export type ProducerOptions<K, V> = Input<typeof producerOptions> & {
  readonly key?: Serde<K>
  readonly value?: Serde<V>
}

/** Options of a consumer, over those of `Kafka`. The serdes decide on its types. @public */
export type ConsumerOptions<K, V> = Input<typeof consumerOptions> & {
  readonly key?: Serde<K>
  readonly value?: Serde<V>
  /** 'throw' (default): the loop fails at the record, and again until it seeks past it. */
  readonly onDecodeError?: DecodeErrorPolicy
}

interface Closable {
  close(): Promise<void>
}

/** @public */
export class Kafka {
  readonly #options: KafkaOptions
  readonly #common: ValuesOf<typeof commonOptions>
  readonly #cluster: Cluster
  readonly #open = new Set<Closable>()

  /** @throws KafkaError CONFIG */
  constructor(options: KafkaOptions) {
    this.#options = options
    const others = [producerOptions, consumerOptions]
    this.#common = readOptions(commonOptions, options, others, extras)
    // Wrong values are told here, not by the first producer.
    readOptions(producerOptions, options, [commonOptions, consumerOptions], extras)
    readOptions(consumerOptions, options, [commonOptions, producerOptions], extras)
    this.#cluster = new Cluster(
      this.#common,
      options.world ?? nodeWorld(),
      options.logger ?? silentLogger,
    )
  }

  /** A producer. @throws KafkaError CONFIG */
  producer<K = Buffer | null, V = Buffer | null>(
    options: ProducerOptions<K, V> = {},
  ): Producer<K, V> {
    const merged = { ...this.#options, ...options }
    const config = readOptions(producerOptions, merged, [commonOptions, consumerOptions], extras)
    const isIdempotenceAsked = 'enable.idempotence' in merged || 'enableIdempotence' in merged
    const isAcksAll = config.acks === 'all' || config.acks === '-1'
    if (config['enable.idempotence'] && isIdempotenceAsked && !isAcksAll)
      throw new KafkaError('CONFIG', {
        message: `enable.idempotence needs acks=all, not acks=${config.acks}`,
      })
    const producer: Producer<K, V> = new Producer(this.#cluster, config, serdes(options), {
      requestTimeoutMs: this.#common['request.timeout.ms'],
      isIdempotent: config['enable.idempotence'] && isAcksAll && config.retries > 0,
      closed: () => this.#open.delete(producer),
    })
    this.#open.add(producer)
    return producer
  }

  /** A consumer: of a group with `groupId`, by itself without. @throws KafkaError CONFIG */
  consumer<K = Buffer | null, V = Buffer | null>(
    options: ConsumerOptions<K, V> = {},
  ): Consumer<K, V> {
    const merged = { ...this.#options, ...options }
    const config = readOptions(consumerOptions, merged, [commonOptions, producerOptions], extras)
    if (config['heartbeat.interval.ms'] >= config['session.timeout.ms'])
      throw new KafkaError('CONFIG', {
        message: 'heartbeat.interval.ms must be lower than session.timeout.ms',
      })
    const consumer: Consumer<K, V> = new Consumer(this.#cluster, config, serdes(options), {
      metadataMaxAgeMs: this.#common['metadata.max.age.ms'],
      onDecodeError: options.onDecodeError ?? 'throw',
      closed: () => this.#open.delete(consumer),
    })
    this.#open.add(consumer)
    return consumer
  }

  admin(): Admin {
    const admin: Admin = new Admin(this.#cluster, () => this.#open.delete(admin))
    this.#open.add(admin)
    return admin
  }

  /** Closes all that was made here, and the connections. @throws the first error of those */
  async close(): Promise<void> {
    const results = await Promise.allSettled([...this.#open].map(client => client.close()))
    this.#cluster.close()
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

/** Options that are not Kafka's. */
const extras = ['world', 'logger', 'key', 'value', 'onDecodeError'] as const

/** Without serdes the types are the defaults of the type parameters: bytes. */
function serdes<K, V>(options: {
  readonly key?: Serde<K>
  readonly value?: Serde<V>
}): {
  key: Serde<K>
  value: Serde<V>
} {
  const bytes = buffer as unknown
  return { key: options.key ?? (bytes as Serde<K>), value: options.value ?? (bytes as Serde<V>) }
}
