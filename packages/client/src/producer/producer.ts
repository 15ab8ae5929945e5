/**
 * Writes records. `send` gives a promise per record; `enqueue` none, for bulk. Both gather records into batches
 * (`linger.ms`, `batch.size`), and the memory for them is bounded by `buffer.memory`. Idempotent by default: no record
 * is stored twice or out of order within its partition.
 */
import type { RecordHeader } from '@moldau/protocol'
import type { Cluster } from '../cluster/cluster.ts'
import { abortable, type WaitOptions } from '../cluster/retry.ts'
import type { producerOptions, ValuesOf } from '../config.ts'
import { isKafkaError, KafkaError } from '../errors.ts'
import type { Serde } from '../serializers/serde.ts'
import { Accumulator, type Delivery } from './core/accumulator.ts'
import { Partitioner } from './core/partitioner.ts'
import { Sender } from './sender.ts'

/** A record to write. Without `partition` the key decides; without `timestamp` it is now. @public */
export interface ProducerRecord<K, V> {
  readonly key?: K | null
  readonly value: V
  readonly headers?: readonly RecordHeader[] | Readonly<Record<string, string | Buffer | null>>
  readonly partition?: number
  /** Milliseconds since 1970. */
  readonly timestamp?: number
}

/** Where a record went. `offset` is −1 where the broker does not tell (acks=0, or a duplicate). @public */
export interface RecordMetadata {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly timestamp: number
}

interface Encoded {
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly RecordHeader[]
  readonly timestamp: number
}

/** Records whose topic is not known yet, and sends that wait for memory. */
const waitingMax = 100_000
/** What a record costs beside its key and value, roughly. */
const recordOverheadBytes = 21

/** @public */
export class Producer<K, V> {
  readonly #cluster: Cluster
  readonly #config: ValuesOf<typeof producerOptions>
  readonly #key: Serde<K>
  readonly #value: Serde<V>
  readonly #accumulator: Accumulator
  readonly #partitioner: Partitioner
  readonly #sender: Sender
  readonly #closed: () => void
  /** Per topic: how many records wait for its metadata. While any does, later ones queue up behind it. */
  readonly #waitingForTopic = new Map<string, { count: number; ready: Promise<void> }>()
  #waitingCount = 0
  readonly #waitingForRoom: (() => void)[] = []
  #unreported: KafkaError | undefined
  #isClosed = false

  constructor(
    cluster: Cluster,
    config: ValuesOf<typeof producerOptions>,
    serdes: { key: Serde<K>; value: Serde<V> },
    options: { requestTimeoutMs: number; isIdempotent: boolean; closed: () => void },
  ) {
    this.#cluster = cluster
    this.#config = config
    this.#key = serdes.key
    this.#value = serdes.value
    this.#closed = options.closed
    const { isIdempotent } = options
    const inFlightMax = config['max.in.flight.requests.per.connection']
    const compression = config['compression.type']
    this.#accumulator = new Accumulator({
      batchBytes: Math.max(1, config['batch.size']),
      lingerMs: config['linger.ms'],
      deliveryTimeoutMs: config['delivery.timeout.ms'],
      inFlightMax: isIdempotent ? Math.min(inFlightMax, idempotentInFlightMax) : inFlightMax,
      isIdempotent,
      batch: {
        compression,
        ...(compression === 'zstd' && { compressionLevel: config['compression.zstd.level'] }),
        ...(compression === 'gzip' && { compressionLevel: config['compression.gzip.level'] }),
      },
    })
    this.#partitioner = new Partitioner({
      random: cluster.world.random,
      stickyBytes: Math.max(1, config['batch.size']),
      ignoresKeys: config['partitioner.ignore.keys'],
    })
    this.#sender = new Sender(
      cluster,
      this.#accumulator,
      {
        acks: config.acks === 'all' ? -1 : Number(config.acks),
        isIdempotent,
        requestBytesMax: config['max.request.size'],
        inFlightMax,
        requestTimeoutMs: options.requestTimeoutMs,
        retries: config.retries,
      },
      {
        released: () => this.#released(),
        unreported: error => {
          this.#unreported ??= error
        },
      },
    )
  }

  /** Resolves when the record is acknowledged as `acks` asks. @throws KafkaError */
  send(
    topic: string,
    record: ProducerRecord<K, V>,
    options: { signal?: AbortSignal } = {},
  ): Promise<RecordMetadata> {
    try {
      this.#checkOpen()
      options.signal?.throwIfAborted()
      const encoded = this.#encode(topic, record)
      if (this.#hasRoom && !this.#waitingForTopic.has(topic)) {
        const partition = this.#partitionOf(topic, record, encoded)
        if (partition !== undefined) return this.#deliver(topic, partition, encoded)
      }
      return abortable(this.#sendLater(topic, record, encoded), options.signal)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /**
   * Takes the record and returns at once; false when the buffer is full and `ready()` should be awaited. Failures
   * are thrown by `flush()`, `close()` or a later `enqueue()`.
   * @throws KafkaError BUFFER_FULL when false was ignored for too long
   */
  enqueue(topic: string, record: ProducerRecord<K, V>): boolean {
    this.#checkOpen()
    this.#throwUnreported()
    const encoded = this.#encode(topic, record)
    if (this.#accumulator.usedBytes >= 2 * this.#config['buffer.memory'])
      throw new KafkaError('BUFFER_FULL')
    const partition = this.#waitingForTopic.has(topic)
      ? undefined
      : this.#partitionOf(topic, record, encoded)
    if (partition === undefined)
      this.#withTopic(topic, () => {
        this.#append(topic, this.#existing(topic, record, encoded), encoded, undefined)
      }).catch((error: unknown) => {
        if (isKafkaError(error)) this.#unreported ??= error
      })
    else this.#append(topic, partition, encoded, undefined)
    return this.#hasRoom
  }

  /** Resolves when there is room in the buffer. */
  async ready(options: { signal?: AbortSignal } = {}): Promise<void> {
    while (!this.#hasRoom) await abortable(this.#room(), options.signal)
  }

  /** Sends what is buffered now and resolves when all of it is acknowledged. @throws KafkaError of `enqueue` */
  async flush(options: { signal?: AbortSignal } = {}): Promise<void> {
    this.#accumulator.holdFlush(true)
    try {
      while (this.#waitingForTopic.size > 0)
        await abortable(
          Promise.allSettled([...this.#waitingForTopic.values()].map(topic => topic.ready)),
          options.signal,
        )
      const done = this.#accumulator
        .outstanding()
        .map(batch => new Promise<void>(resolve => batch.watchers.push(resolve)))
      this.#sender.wake()
      await abortable(Promise.all(done), options.signal)
    } finally {
      this.#accumulator.holdFlush(false)
    }
    this.#throwUnreported()
  }

  /** The partitions of a topic, as numbers. @throws KafkaError */
  async partitionsFor(topic: string, options: WaitOptions = {}): Promise<number[]> {
    const found = await this.#cluster.topic(topic, { ...options, allowAutoCreation: true })
    return found.partitions.map(partition => partition.partition)
  }

  /** Flushes, then closes. With an aborted signal what is left fails at once. @throws as `flush` */
  async close(options: { signal?: AbortSignal } = {}): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    try {
      await this.flush(options)
    } finally {
      this.#sender.close()
      this.#released()
      this.#closed()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  get #hasRoom(): boolean {
    return this.#accumulator.usedBytes < this.#config['buffer.memory']
  }

  #encode(topic: string, record: ProducerRecord<K, V>): Encoded {
    const encoded = {
      key:
        record.key === undefined || record.key === null
          ? null
          : this.#key.serialize(record.key, topic),
      value: this.#value.serialize(record.value, topic),
      headers: toHeaders(record.headers),
      timestamp: record.timestamp ?? this.#cluster.world.clock.now(),
    }
    const bytes = estimatedBytes(encoded)
    if (bytes > this.#config['max.request.size'])
      throw new KafkaError('MESSAGE_TOO_LARGE', {
        message: `Cannot produce to ${topic}: a record of ${bytes} bytes is larger than max.request.size`,
      })
    return encoded
  }

  /** undefined while the topic is not known. @throws KafkaError for a partition that the topic does not have */
  #partitionOf(topic: string, record: ProducerRecord<K, V>, encoded: Encoded): number | undefined {
    const found = this.#cluster.metadata.known(topic)
    if (found === undefined) return undefined
    const count = found.partitions.length
    if (record.partition !== undefined) {
      if (record.partition >= 0 && record.partition < count) return record.partition
      throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', {
        message: `Cannot produce to ${topic}-${record.partition}: the topic has ${count} partitions`,
        topicPartition: { topic, partition: record.partition },
      })
    }
    const isKeyed = encoded.key !== null && !this.#config['partitioner.ignore.keys']
    const available = isKeyed
      ? none
      : found.partitions.filter(p => p.leader >= 0).map(p => p.partition)
    return this.#partitioner.choose(topic, encoded.key, estimatedBytes(encoded), count, available)
  }

  #existing(topic: string, record: ProducerRecord<K, V>, encoded: Encoded): number {
    const partition = this.#partitionOf(topic, record, encoded)
    if (partition === undefined) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION')
    return partition
  }

  #deliver(topic: string, partition: number, encoded: Encoded): Promise<RecordMetadata> {
    return new Promise((resolve, reject) => {
      this.#append(topic, partition, encoded, {
        delivered(baseOffset, index, logAppendTime) {
          resolve({
            topic,
            partition,
            offset: baseOffset < 0 ? -1 : baseOffset + index,
            timestamp: logAppendTime < 0 ? encoded.timestamp : logAppendTime,
          })
        },
        failed: reject,
      })
    })
  }

  #append(
    topic: string,
    partition: number,
    encoded: Encoded,
    delivery: Delivery | undefined,
  ): void {
    const now = this.#cluster.world.clock.monotonic()
    if (this.#accumulator.append(topic, partition, encoded, delivery, now)) this.#sender.wake()
  }

  async #sendLater(
    topic: string,
    record: ProducerRecord<K, V>,
    encoded: Encoded,
  ): Promise<RecordMetadata> {
    let metadata: Promise<RecordMetadata> | undefined
    if (!this.#hasRoom) await this.#roomInTime()
    await this.#withTopic(topic, () => {
      metadata = this.#deliver(topic, this.#existing(topic, record, encoded), encoded)
    })
    return metadata as Promise<RecordMetadata>
  }

  /** Runs `task` once the topic is known, behind those that wait for it already. */
  async #withTopic(topic: string, task: () => void): Promise<void> {
    this.#checkWaiting()
    let waiting = this.#waitingForTopic.get(topic)
    if (waiting === undefined) {
      const ready = this.#cluster
        .topic(topic, { timeoutMs: this.#config['max.block.ms'], allowAutoCreation: true })
        .then(() => {})
      waiting = { count: 0, ready }
      this.#waitingForTopic.set(topic, waiting)
    }
    waiting.count++
    this.#waitingCount++
    try {
      await waiting.ready
      task()
    } finally {
      this.#waitingCount--
      if (--waiting.count === 0) this.#waitingForTopic.delete(topic)
    }
  }

  #room(): Promise<void> {
    this.#checkWaiting()
    return new Promise(resolve => this.#waitingForRoom.push(resolve))
  }

  /** @throws KafkaError BUFFER_FULL after max.block.ms */
  async #roomInTime(): Promise<void> {
    const timeoutMs = this.#config['max.block.ms']
    let isLate = false
    const { promise: late, resolve } = Promise.withResolvers<void>()
    const timer = this.#cluster.world.timers.after(timeoutMs, () => {
      isLate = true
      resolve()
    })
    while (!this.#hasRoom && !isLate) await Promise.race([this.#room(), late])
    timer.cancel()
    if (isLate)
      throw new KafkaError('BUFFER_FULL', {
        message: `The producer's buffer did not get free within ${timeoutMs} ms`,
      })
  }

  #released(): void {
    if (!this.#hasRoom && !this.#isClosed) return
    for (const resume of this.#waitingForRoom.splice(0)) resume()
  }

  #checkWaiting(): void {
    if (this.#waitingCount + this.#waitingForRoom.length >= waitingMax)
      throw new KafkaError('BUFFER_FULL', {
        message: `${waitingMax} records wait for a topic or for memory already`,
      })
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new KafkaError('CLOSED', { message: 'The producer was closed' })
    if (this.#sender.fatal !== undefined) throw this.#sender.fatal
  }

  #throwUnreported(): void {
    const error = this.#unreported
    this.#unreported = undefined
    if (error !== undefined) throw error
  }
}

/** More would let the broker's memory of the last five batches of a producer miss a duplicate. */
const idempotentInFlightMax = 5

const none: readonly never[] = []

function toHeaders(headers: ProducerRecord<never, never>['headers']): readonly RecordHeader[] {
  if (headers === undefined) return none
  if (Array.isArray(headers)) return headers as readonly RecordHeader[]
  return Object.entries(headers as Readonly<Record<string, string | Buffer | null>>).map(
    ([key, value]) => ({ key, value: typeof value === 'string' ? Buffer.from(value) : value }),
  )
}

function estimatedBytes(encoded: Encoded): number {
  let bytes = recordOverheadBytes + (encoded.key?.length ?? 0) + (encoded.value?.length ?? 0)
  for (const { key, value } of encoded.headers) bytes += key.length + (value?.length ?? 0) + 4
  return bytes
}
