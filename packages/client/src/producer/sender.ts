/**
 * Sends what the accumulator holds: to each partition's leader, at most five requests at once per broker, in order
 * per partition, again after errors that pass. Owns the one timer of a producer. All decisions on order and
 * sequences are the accumulator's.
 */
import type { Timer } from '@moldau/base'
import { Apis } from '@moldau/protocol'
import type { Cluster } from '../cluster/cluster.ts'
import type { Connection } from '../cluster/connection.ts'
import type { BrokerMetadata } from '../cluster/metadata.ts'
import { backoff, sleep } from '../cluster/retry.ts'
import { isKafkaError, KafkaError, protocolError } from '../errors.ts'
import type { Accumulator, Identity, ProducerBatch } from './core/accumulator.ts'
import { isStaleMetadata, verdictOn } from './core/verdict.ts'

export interface SenderOptions {
  readonly acks: number
  readonly isIdempotent: boolean
  readonly requestBytesMax: number
  readonly inFlightMax: number
  readonly requestTimeoutMs: number
  readonly retries: number
}

/** What the sender tells the producer. */
export interface SenderEvents {
  /** Bytes of the accumulator became free. */
  released(): void
  /** Records failed of which nobody else is told. */
  unreported(error: KafkaError): void
}

type ProduceAnswer = ReturnType<typeof Apis.Produce.response.decode>

export class Sender {
  readonly #cluster: Cluster
  readonly #accumulator: Accumulator
  readonly #options: SenderOptions
  readonly #events: SenderEvents
  readonly #lane: string
  readonly #inFlight = new Map<number, number>()
  readonly #connecting = new Set<number>()
  #identity: Identity | undefined
  #isAskingIdentity = false
  #isRefreshing = false
  #refreshFailures = 0
  #timer: Timer | undefined
  #timerAt = Infinity
  #isPumpScheduled = false
  #isClosed = false
  #fatal: KafkaError | undefined

  constructor(
    cluster: Cluster,
    accumulator: Accumulator,
    options: SenderOptions,
    events: SenderEvents,
  ) {
    this.#cluster = cluster
    this.#accumulator = accumulator
    this.#options = options
    this.#events = events
    this.#lane = cluster.newLane('produce')
  }

  /** Why nothing can be sent any more. */
  get fatal(): KafkaError | undefined {
    return this.#fatal
  }

  /** Something was appended: looks at the end of this tick, so that what is appended together leaves together. */
  wake(): void {
    if (this.#isPumpScheduled || this.#isClosed) return
    this.#isPumpScheduled = true
    this.#cluster.world.timers.soon(() => {
      this.#isPumpScheduled = false
      this.#pump()
    })
  }

  /** Fails what is left and closes the connections. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#timer?.cancel()
    this.#failAll(new KafkaError('CLOSED', { message: 'The producer was closed' }))
    this.#cluster.closeLane(this.#lane)
  }

  #pump(): void {
    if (this.#isClosed) return
    const now = this.#now()
    this.#expire(now)
    if (this.#options.isIdempotent && !this.#prepareIdentity()) return this.#schedule(now)
    this.#bumpEpochs()
    const byBroker = new Map<number, { connection: Connection; batches: ProducerBatch[] }>()
    const bytes = new Map<number, number>()
    for (const queue of this.#accumulator.active) {
      const batch = this.#accumulator.ready(queue, now)
      if (batch === undefined) continue
      const leader = this.#leaderOf(queue.topic, queue.partition)
      if (leader === undefined || this.#isBusy(leader.nodeId)) continue
      const connection = this.#cluster.openConnection(leader, this.#lane)
      if (connection === undefined) {
        this.#connect(leader)
        continue
      }
      const size = batch.builder.sizeInBytes
      const used = bytes.get(leader.nodeId) ?? 0
      if (used > 0 && used + size > this.#options.requestBytesMax) continue
      bytes.set(leader.nodeId, used + size)
      const group = byBroker.get(leader.nodeId)
      if (group === undefined) byBroker.set(leader.nodeId, { connection, batches: [batch] })
      else group.batches.push(batch)
    }
    for (const [nodeId, { connection, batches }] of byBroker)
      this.#send(nodeId, connection, batches)
    // What did not fit into a request, or the next batch of a partition, may leave at once.
    if (byBroker.size > 0) this.wake()
    this.#schedule(now)
  }

  #send(nodeId: number, connection: Connection, batches: ProducerBatch[]): void {
    const topics = new Map<string, { index: number; records: Buffer }[]>()
    for (const batch of batches) {
      const records = this.#accumulator.take(batch, this.#identity)
      const { topic, partition } = batch.queue
      const partitions = topics.get(topic)
      if (partitions === undefined) topics.set(topic, [{ index: partition, records }])
      else partitions.push({ index: partition, records })
    }
    this.#inFlight.set(nodeId, (this.#inFlight.get(nodeId) ?? 0) + 1)
    const expectsNoAnswer = this.#options.acks === 0
    connection
      .call(
        Apis.Produce,
        {
          transactionalId: null,
          acks: this.#options.acks,
          timeoutMs: this.#options.requestTimeoutMs,
          topicData: [...topics].map(([name, partitionData]) => ({ name, partitionData })),
        },
        { expectsNoAnswer },
      )
      .then(
        answer => {
          if (expectsNoAnswer)
            for (const batch of batches) this.#accumulator.succeeded(batch, -1, -1)
          else this.#answered(batches, answer, connection)
        },
        (error: unknown) => {
          for (const batch of batches) this.#judge(batch, asKafkaError(error))
        },
      )
      .finally(() => {
        this.#inFlight.set(nodeId, (this.#inFlight.get(nodeId) ?? 1) - 1)
        this.#events.released()
        this.wake()
      })
  }

  #answered(batches: ProducerBatch[], answer: ProduceAnswer, connection: Connection): void {
    const rows = new Map(
      answer.responses.flatMap(topic =>
        topic.partitionResponses.map(row => [`${topic.name}/${row.index}`, row]),
      ),
    )
    for (const batch of batches) {
      const { topic, partition } = batch.queue
      const row = rows.get(`${topic}/${partition}`)
      if (row?.errorCode === 0) {
        this.#accumulator.succeeded(batch, row.baseOffset, row.logAppendTimeMs)
        continue
      }
      const [record] = row?.recordErrors ?? []
      const reason = record?.batchIndexErrorMessage ?? row?.errorMessage
      const error = protocolError(row?.errorCode ?? -1, {
        message:
          reason === undefined || reason === null
            ? undefined
            : `${topic}-${partition} refused the records: ${reason}`,
        api: 'Produce',
        broker: connection.name,
        topicPartition: { topic, partition },
      })
      this.#judge(batch, error)
    }
  }

  #judge(batch: ProducerBatch, error: KafkaError): void {
    const now = this.#now()
    const { topic, partition } = batch.queue
    if (isStaleMetadata(error.code)) {
      this.#cluster.metadata.markStale(topic)
      this.#refreshLeaders()
    }
    const verdict = verdictOn(error, {
      isIdempotent: this.#options.isIdempotent,
      isFirst: !this.#accumulator.hasEarlier(batch),
      attemptsLeft: this.#isClosed ? 0 : this.#options.retries - batch.attempts + 1,
    })
    switch (verdict) {
      case 'stored':
        this.#accumulator.succeeded(batch, -1, -1)
        return
      case 'fail':
        this.#fail(batch, error)
        return
      case 'retry-with-new-epoch':
        batch.queue.needsNewEpoch = true
        break
      case 'retry':
        break
    }
    const delay = backoff(this.#cluster.policy, batch.attempts, this.#cluster.world)
    this.#cluster.logger.debug('batch is sent again', { topic, partition, code: error.code, delay })
    this.#accumulator.retry(batch, now + delay)
  }

  #expire(now: number): void {
    for (const batch of this.#accumulator.expired(now)) {
      const { topic, partition } = batch.queue
      this.#fail(
        batch,
        new KafkaError('TIMEOUT', {
          message: `Cannot produce to ${topic}-${partition}: ${batch.builder.recordCount} records were not acknowledged within delivery.timeout.ms, after ${batch.attempts} attempts`,
          topicPartition: { topic, partition },
        }),
      )
    }
  }

  #fail(batch: ProducerBatch, error: KafkaError): void {
    if (this.#accumulator.failed(batch, error)) this.#events.unreported(error)
    this.#events.released()
  }

  #failAll(error: KafkaError): void {
    for (const batch of this.#accumulator.outstanding()) this.#fail(batch, error)
  }

  /** Whether there is a producer id; asks for one if not. */
  #prepareIdentity(): boolean {
    if (this.#identity !== undefined) return true
    if (this.#isAskingIdentity || this.#accumulator.active.size === 0) return false
    this.#isAskingIdentity = true
    this.#askIdentity()
      .then(
        identity => {
          this.#identity = identity
        },
        (error: unknown) => {
          this.#fatal = asKafkaError(error)
          this.#failAll(this.#fatal)
        },
      )
      .finally(() => {
        this.#isAskingIdentity = false
        this.wake()
      })
    return false
  }

  async #askIdentity(): Promise<Identity> {
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await this.#cluster.call(
          'any',
          Apis.InitProducerId,
          { transactionalId: null, transactionTimeoutMs: 0x7fffffff },
          { lane: this.#lane },
        )
        if (answer.errorCode === 0)
          return { producerId: answer.producerId, producerEpoch: answer.producerEpoch }
        throw protocolError(answer.errorCode, { api: 'InitProducerId' })
      } catch (error) {
        // Batches expire in the meantime; only an error that does not pass ends this.
        if (this.#isClosed || !asKafkaError(error).retriable) throw error
        await sleep(
          this.#cluster.world,
          backoff(this.#cluster.policy, attempt, this.#cluster.world),
        )
      }
    }
  }

  /** Gives a new epoch to the queues that asked for one, or a new id once the epochs are used up. */
  #bumpEpochs(): void {
    const queues = this.#accumulator.needingNewEpoch()
    if (queues.length === 0 || this.#identity === undefined) return
    for (const queue of queues) queue.needsNewEpoch = false
    const { producerId, producerEpoch } = this.#identity
    this.#identity =
      producerEpoch >= producerEpochMax
        ? undefined
        : { producerId, producerEpoch: producerEpoch + 1 }
    if (this.#identity === undefined) this.wake()
  }

  #leaderOf(topic: string, partition: number): BrokerMetadata | undefined {
    const { metadata } = this.#cluster
    const leader = metadata.leader(topic, partition)
    // An outdated answer is used until the new one is there.
    if (leader === undefined || metadata.fresh(topic, this.#now()) === undefined)
      this.#refreshLeaders()
    return leader
  }

  #isBusy(nodeId: number): boolean {
    return (this.#inFlight.get(nodeId) ?? 0) >= this.#options.inFlightMax
  }

  #connect(broker: BrokerMetadata): void {
    if (this.#connecting.has(broker.nodeId)) return
    this.#connecting.add(broker.nodeId)
    this.#cluster
      .connection(broker.nodeId, this.#lane)
      .catch((error: unknown) => {
        this.#cluster.logger.debug('cannot connect', { broker: broker.nodeId, error })
        for (const queue of this.#accumulator.active) {
          const leader = this.#cluster.metadata.leader(queue.topic, queue.partition)
          if (leader?.nodeId === broker.nodeId) this.#cluster.metadata.markStale(queue.topic)
        }
      })
      .finally(() => {
        this.#connecting.delete(broker.nodeId)
        this.wake()
      })
  }

  /** Looks up the leaders of all topics in use, one call at a time, backing off while that fails. */
  #refreshLeaders(): void {
    if (this.#isRefreshing || this.#isClosed) return
    this.#isRefreshing = true
    const { world, policy } = this.#cluster
    const isFirst = this.#refreshFailures === 0
    const wait = isFirst
      ? Promise.resolve()
      : sleep(world, backoff(policy, this.#refreshFailures, world))
    wait
      .then(() => {
        const topics = new Set([...this.#accumulator.active].map(queue => queue.topic))
        return topics.size === 0 || this.#isClosed ? undefined : this.#cluster.refresh([...topics])
      })
      .then(
        errors => {
          const isAllKnown = [...(errors?.values() ?? [])].every(errno => errno === 0)
          this.#refreshFailures =
            isAllKnown && this.#hasAllLeaders() ? 0 : this.#refreshFailures + 1
        },
        () => {
          this.#refreshFailures++
        },
      )
      .finally(() => {
        this.#isRefreshing = false
        this.wake()
      })
  }

  #hasAllLeaders(): boolean {
    for (const { topic, partition } of this.#accumulator.active)
      if (this.#cluster.metadata.leader(topic, partition) === undefined) return false
    return true
  }

  #schedule(now: number): void {
    let at = Infinity
    for (const queue of this.#accumulator.active) {
      at = Math.min(at, this.#accumulator.expiresAt(queue))
      const readyAt = this.#accumulator.readyAt(queue)
      // What is ready and still here waits for an answer, a connection or a leader: those wake us.
      if (readyAt > now) at = Math.min(at, readyAt)
    }
    if (at === this.#timerAt) return
    this.#timer?.cancel()
    this.#timer = undefined
    this.#timerAt = at
    if (at === Infinity) return
    this.#timer = this.#cluster.world.timers.after(Math.max(0, at - now), () => {
      this.#timer = undefined
      this.#timerAt = Infinity
      this.#pump()
    })
  }

  #now(): number {
    return this.#cluster.world.clock.monotonic()
  }
}

const producerEpochMax = 0x7fff

function asKafkaError(error: unknown): KafkaError {
  if (isKafkaError(error)) return error
  return new KafkaError('CONNECTION', { message: String(error), cause: error })
}
