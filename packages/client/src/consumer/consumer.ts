/**
 * Reads records, as a member of a group (`subscribe`) or by itself (`assign`). A `for await` loop pulls records;
 * fetching runs ahead within bounds. Offsets are committed only for records after which the loop body asked for the
 * next one, so a crash repeats records and loses none.
 */
import type { Cluster } from '../cluster/cluster.ts'
import { abortable, retrying, type WaitOptions } from '../cluster/retry.ts'
import type { consumerOptions, ValuesOf } from '../config.ts'
import { isKafkaError, KafkaError } from '../errors.ts'
import type { Serde } from '../serializers/serde.ts'
import { AssignedPartitions, type AssignedPartition } from './core/assigned-partitions.ts'
import { noMember } from './core/membership.ts'
import { Fetcher } from './fetcher.ts'
import { GroupSession } from './group-session.ts'
import {
  commitOffsets,
  fetchOffsets,
  type CommittedOffset,
  type OffsetToCommit,
} from './group-offsets.ts'
import {
  RecordSource,
  type ConsumerBatch,
  type ConsumerRecord,
  type DecodeErrorPolicy,
} from './record-source.ts'

/** Where to start reading. @public */
export type StartOffset = number | 'earliest' | 'latest'

/** A partition to read without a group's help; without `offset` from the committed one or auto.offset.reset. @public */
export interface PartitionToRead {
  readonly topic: string
  readonly partition: number
  readonly offset?: StartOffset
}

/** @public */
export class Consumer<K, V> {
  readonly #cluster: Cluster
  readonly #config: ValuesOf<typeof consumerOptions>
  readonly #closed: () => void
  readonly #lane: string
  readonly #partitions = new AssignedPartitions()
  readonly #fetcher: Fetcher
  readonly #session: GroupSession | undefined
  #names: string[] = []
  #patterns: RegExp[] = []
  #isSubscribed = false
  readonly #source: RecordSource<K, V>
  #isAsking = false
  #askedAt = 0
  #isHalted = false
  readonly #quietWaiters: (() => void)[] = []
  #wake: (() => void) | undefined
  #error: KafkaError | undefined
  #commitDueAt = Infinity
  #committing: Promise<void> = Promise.resolve()
  #isClosed = false

  constructor(
    cluster: Cluster,
    config: ValuesOf<typeof consumerOptions>,
    serdes: { key: Serde<K>; value: Serde<V> },
    options: { metadataMaxAgeMs: number; onDecodeError: DecodeErrorPolicy; closed: () => void },
  ) {
    this.#cluster = cluster
    this.#config = config
    this.#closed = options.closed
    this.#lane = cluster.newLane('group')
    this.#fetcher = new Fetcher(cluster, config, this.#partitions, {
      changed: () => this.#wake?.(),
      failed: error => this.#fail(error),
    })
    this.#source = new RecordSource(this.#partitions, {
      ...serdes,
      onDecodeError: options.onDecodeError,
      logger: cluster.logger,
      usedUp: () => this.#fetcher.pump(),
    })
    if (config['group.id'] !== '')
      this.#session = new GroupSession(
        cluster,
        config,
        {
          topics: () => this.#resolveTopics(),
          quiet: () => this.#quiet(),
          lastAskedAt: () => (this.#isAsking ? undefined : this.#askedAt),
          revoked: isLost => this.#revoked(isLost),
          assigned: partitions => this.#assigned(partitions),
          failed: error => this.#fail(error),
        },
        { lane: this.#lane, metadataMaxAgeMs: options.metadataMaxAgeMs },
      )
  }

  /**
   * Reads these topics as a member of the group, in place of those before. Patterns are matched against all topics.
   * @throws KafkaError CONFIG without a group.id
   */
  subscribe(...topics: readonly (string | RegExp)[]): Promise<void> {
    this.#checkOpen()
    if (this.#session === undefined)
      return Promise.reject(new KafkaError('CONFIG', { message: 'subscribe() needs a group.id' }))
    this.#names = topics.filter(topic => typeof topic === 'string')
    this.#patterns = topics.filter(topic => topic instanceof RegExp)
    const wasSubscribed = this.#isSubscribed
    this.#isSubscribed = true
    if (wasSubscribed) this.#session.rejoin()
    return Promise.resolve()
  }

  /** Reads these partitions, in place of those before, whatever a group's members do. */
  assign(partitions: readonly PartitionToRead[]): void {
    this.#checkOpen()
    if (this.#isSubscribed)
      throw new KafkaError('CONFIG', { message: 'assign() and subscribe() exclude one another' })
    this.#partitions.clear()
    this.#partitions.add(partitions)
    for (const { topic, partition, offset } of partitions)
      if (offset !== undefined) this.seek({ topic, partition, offset })
    this.#scheduleCommit()
    this.#fetcher.pump()
  }

  /** The partitions that are read now. */
  assignment(): { topic: string; partition: number }[] {
    return this.#partitions.all().map(({ topic, partition }) => ({ topic, partition }))
  }

  /** Continues an assigned partition elsewhere. @throws KafkaError UNKNOWN_TOPIC_OR_PARTITION if it is not assigned */
  seek(to: { topic: string; partition: number; offset: StartOffset }): void {
    const partition = this.#assignedPartition(to)
    if (typeof to.offset === 'number') this.#partitions.seek(partition, to.offset)
    else this.#partitions.seekToEnd(partition, to.offset)
    this.#fetcher.pump()
  }

  /** Stops reading assigned partitions; what was fetched is kept. */
  pause(partitions: readonly { topic: string; partition: number }[]): void {
    for (const partition of partitions) this.#assignedPartition(partition).isPaused = true
  }

  resume(partitions: readonly { topic: string; partition: number }[]): void {
    for (const partition of partitions) this.#assignedPartition(partition).isPaused = false
    this.#fetcher.pump()
    this.#wake?.()
  }

  /** The offset behind the last record that was handed out; undefined while that is not known. */
  position(of: { topic: string; partition: number }): number | undefined {
    const partition = this.#assignedPartition(of)
    return this.#source.heldOffset(partition) ?? partition.consumedOffset
  }

  /** The records, one by one, for as long as the loop runs. */
  records(options: { signal?: AbortSignal } = {}): AsyncIterableIterator<ConsumerRecord<K, V>> {
    return this.#iterate(() => this.#source.takeRecord(), options.signal)
  }

  /** The records in batches of up to `maxRecords` (`max.poll.records`) of one partition. */
  batches(
    options: { maxRecords?: number; signal?: AbortSignal } = {},
  ): AsyncIterableIterator<ConsumerBatch<K, V>> {
    const maxRecords = options.maxRecords ?? this.#config['max.poll.records']
    return this.#iterate(() => this.#source.takeBatch(maxRecords), options.signal)
  }

  /**
   * Commits these offsets, or those behind every record handed out, the one in hand included.
   * @throws KafkaError
   */
  async commit(offsets?: readonly OffsetToCommit[], options: WaitOptions = {}): Promise<void> {
    if (this.#config['group.id'] === '')
      throw new KafkaError('CONFIG', { message: 'commit() needs a group.id' })
    if (offsets === undefined) this.#source.settle()
    await this.#commit(offsets, options)
  }

  /** The group's committed offsets for the assigned or the given partitions. @throws KafkaError */
  committed(
    partitions: readonly { topic: string; partition: number }[] = this.assignment(),
    options: WaitOptions = {},
  ): Promise<Map<string, CommittedOffset>> {
    return retrying(this.#cluster.world, this.#cluster.policy, this.#wait(options), () =>
      fetchOffsets(this.#cluster, this.#config['group.id'], partitions, { requireStable: true }),
    )
  }

  /** The partitions of a topic, as numbers. @throws KafkaError */
  async partitionsFor(topic: string, options: WaitOptions = {}): Promise<number[]> {
    const found = await this.#cluster.topic(topic, options)
    return found.partitions.map(partition => partition.partition)
  }

  /** Commits what was processed, leaves the group, closes. Loops that wait end. */
  async close(options: { signal?: AbortSignal } = {}): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#wake?.()
    try {
      if (this.#isAutoCommitting)
        await abortable(
          this.#commit(undefined, { timeoutMs: closeCommitMs }),
          options.signal,
        ).catch((error: unknown) => {
          this.#cluster.logger.warn('could not commit at close', { error })
        })
      await this.#session?.close()
    } finally {
      this.#fetcher.close()
      this.#cluster.closeLane(this.#lane)
      this.#partitions.clear()
      this.#closed()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #iterate<T>(
    take: () => T | undefined,
    signal: AbortSignal | undefined,
  ): AsyncIterableIterator<T> {
    let isOver = false
    const iterator: AsyncIterableIterator<T> = {
      next: () => {
        if (isOver || this.#isClosed) return Promise.resolve({ value: undefined, done: true })
        try {
          signal?.throwIfAborted()
          this.#ask()
          const item = this.#isHalted || this.#error !== undefined ? undefined : take()
          if (item !== undefined) {
            this.#isAsking = false
            return Promise.resolve({ value: item, done: false })
          }
        } catch (error) {
          this.#answered()
          return Promise.reject(error)
        }
        return this.#waitFor(take, signal)
      },
      return: async () => {
        isOver = true
        this.#answered()
        if (this.#isAutoCommitting && !this.#isClosed) await this.#autoCommit()
        return { value: undefined, done: true }
      },
      [Symbol.asyncIterator]: () => iterator,
    }
    return iterator
  }

  /** The loop asks: what it had in hand is processed. */
  #ask(): void {
    this.#source.settle()
    this.#isAsking = true
    if (this.#quietWaiters.length > 0) {
      this.#isHalted = true
      for (const resolve of this.#quietWaiters.splice(0)) resolve()
    }
    const now = this.#cluster.world.clock.monotonic()
    this.#askedAt = now
    if (now >= this.#commitDueAt) {
      this.#scheduleCommit()
      void this.#autoCommit()
    }
    if (this.#isSubscribed) this.#session?.start()
  }

  /** The loop got something, or an error, or left. */
  #answered(): void {
    this.#isAsking = false
    this.#askedAt = this.#cluster.world.clock.monotonic()
  }

  async #waitFor<T>(
    take: () => T | undefined,
    signal: AbortSignal | undefined,
  ): Promise<IteratorResult<T>> {
    try {
      for (;;) {
        if (this.#isClosed) return { value: undefined, done: true }
        const error = this.#error
        this.#error = undefined
        if (error !== undefined) throw error
        const item = this.#isHalted ? undefined : take()
        if (item !== undefined) return { value: item, done: false }
        this.#fetcher.pump()
        await abortable(
          new Promise<void>(resolve => {
            this.#wake = resolve
          }),
          signal,
        )
      }
    } finally {
      this.#wake = undefined
      this.#answered()
    }
  }

  async #resolveTopics(): Promise<string[]> {
    const names = new Set(this.#names)
    const mayCreate = this.#config['allow.auto.create.topics']
    if (this.#patterns.length > 0) {
      const all = await this.#cluster.refresh(undefined)
      for (const name of all.keys()) {
        const isHidden =
          this.#config['exclude.internal.topics'] &&
          this.#cluster.metadata.known(name)?.isInternal === true
        // A sticky or global pattern remembers where it stopped.
        if (!isHidden && this.#patterns.some(pattern => name.search(pattern) >= 0)) names.add(name)
      }
    }
    if (this.#names.length > 0)
      await this.#cluster.refresh(this.#names, { allowAutoCreation: mayCreate })
    return [...names].sort()
  }

  #quiet(): Promise<void> {
    if (!this.#source.isHeld) {
      this.#isHalted = true
      return Promise.resolve()
    }
    return new Promise(resolve => this.#quietWaiters.push(resolve))
  }

  async #revoked(isLost: boolean): Promise<void> {
    if (!isLost && this.#isAutoCommitting) await this.#autoCommit()
    this.#partitions.clear()
    this.#isHalted = false
  }

  #assigned(partitions: readonly { topic: string; partition: number }[]): void {
    this.#partitions.clear()
    this.#partitions.add(partitions)
    this.#isHalted = false
    this.#scheduleCommit()
    this.#fetcher.pump()
    this.#wake?.()
  }

  #fail(error: KafkaError): void {
    this.#error ??= error
    this.#wake?.()
  }

  get #isAutoCommitting(): boolean {
    return this.#config['enable.auto.commit'] && this.#config['group.id'] !== ''
  }

  #scheduleCommit(): void {
    this.#commitDueAt = this.#isAutoCommitting
      ? this.#cluster.world.clock.monotonic() + this.#config['auto.commit.interval.ms']
      : Infinity
  }

  /** Never fails: what is not committed now is committed with the next, or read again by another. */
  #autoCommit(): Promise<void> {
    return this.#commit(undefined, { timeoutMs: this.#config['auto.commit.interval.ms'] }).catch(
      (error: unknown) => {
        this.#cluster.logger.warn('could not commit', { group: this.#config['group.id'], error })
      },
    )
  }

  /** One commit at a time, so that an older one cannot overtake. */
  #commit(offsets: readonly OffsetToCommit[] | undefined, options: WaitOptions): Promise<void> {
    const run = (): Promise<void> =>
      retrying(this.#cluster.world, this.#cluster.policy, this.#wait(options), () =>
        this.#commitOnce(offsets),
      )
    const done = this.#committing.then(run, run)
    this.#committing = done.catch(() => {})
    return done
  }

  async #commitOnce(offsets: readonly OffsetToCommit[] | undefined): Promise<void> {
    const pending = offsets === undefined ? this.#partitions.uncommitted() : []
    const instance = this.#config['group.instance.id']
    try {
      await commitOffsets(
        this.#cluster,
        {
          groupId: this.#config['group.id'],
          groupInstanceId: instance === '' ? null : instance,
          member: this.#isSubscribed ? (this.#session?.member ?? noMember) : noMember,
          lane: this.#lane,
        },
        offsets ??
          pending.map(({ partition, offset, leaderEpoch }) => ({
            topic: partition.topic,
            partition: partition.partition,
            offset,
            leaderEpoch,
          })),
      )
    } catch (error) {
      if (isKafkaError(error)) {
        if (error.code === 'CONNECTION' || error.code === 'TIMEOUT')
          this.#cluster.forgetCoordinator(this.#config['group.id'])
        if (this.#isSubscribed) this.#session?.commitFailed(error)
      }
      throw error
    }
    for (const { partition, offset } of pending) partition.committedOffset = offset
  }

  #assignedPartition(of: { topic: string; partition: number }): AssignedPartition {
    const found = this.#partitions.get(of.topic, of.partition)
    if (found !== undefined) return found
    throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', {
      message: `${of.topic}-${of.partition} is not assigned to this consumer`,
      topicPartition: { topic: of.topic, partition: of.partition },
    })
  }

  #wait(options: WaitOptions): { timeoutMs: number; signal?: AbortSignal | undefined } {
    return { timeoutMs: options.timeoutMs ?? this.#cluster.apiTimeoutMs, signal: options.signal }
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new KafkaError('CLOSED', { message: 'The consumer was closed' })
  }
}

/** How long `close` tries to commit. */
const closeCommitMs = 10_000
