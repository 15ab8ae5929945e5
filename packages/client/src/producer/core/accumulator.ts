/**
 * The producer's memory: records gathered into batches per partition, and what became of each batch.
 *
 * A batch is open (records are appended), waiting (to be sent, again perhaps), in flight, or done. Within a partition
 * batches leave in order. For an idempotent producer each gets its sequence when it first leaves; when one has to be
 * sent again, nothing more leaves the partition until all in flight there are answered, and then they leave in their
 * old order. When a batch with a sequence is given up, the partition asks for a new producer epoch, since the broker
 * would refuse what follows the gap. Pure: time comes in, decisions go out; `Sender` acts on them.
 */
import {
  BatchBuilder,
  batch as header,
  type BatchOptions,
  type RecordInput,
} from '@moldau/protocol'

/** Who is told of a record's fate; `index` is the record's position in its batch. */
export interface Delivery {
  delivered(baseOffset: number, index: number, logAppendTime: number): void
  failed(error: Error): void
}

/** The producer id and epoch that the cluster gave. */
export interface Identity {
  readonly producerId: number
  readonly producerEpoch: number
}

export interface AccumulatorOptions {
  readonly batchBytes: number
  readonly lingerMs: number
  readonly deliveryTimeoutMs: number
  /** Batches of one partition on the way at once. */
  readonly inFlightMax: number
  readonly isIdempotent: boolean
  readonly batch: BatchOptions
}

/** Some records for one partition. */
export interface ProducerBatch {
  readonly queue: PartitionQueue
  readonly builder: BatchBuilder
  readonly createdAt: number
  /** Position among all batches of the partition. */
  readonly order: number
  readonly deliveries: (Delivery | undefined)[]
  /** Told when the batch is done, either way. */
  readonly watchers: (() => void)[]
  isClosed: boolean
  isDone: boolean
  /** What is sent, once built. */
  data: Buffer | undefined
  baseSequence: number
  attempts: number
  /** Not to be sent before this time. */
  notBefore: number
}

/** One partition's batches. */
export interface PartitionQueue {
  readonly topic: string
  readonly partition: number
  /** Not in flight, in order; the last may be open. */
  readonly waiting: ProducerBatch[]
  readonly inFlight: ProducerBatch[]
  identity: Identity | undefined
  nextSequence: number
  nextOrder: number
  /** A batch must be sent again: wait until none is in flight. */
  isRecovering: boolean
  /** The sequence has a gap: wait for a new epoch. */
  needsNewEpoch: boolean
}

export class Accumulator {
  readonly #options: AccumulatorOptions
  readonly #topics = new Map<string, PartitionQueue[]>()
  readonly #active = new Set<PartitionQueue>()
  #usedBytes = 0
  #isFlushing = 0

  constructor(options: AccumulatorOptions) {
    this.#options = options
  }

  /** Bytes of records that are not done. */
  get usedBytes(): number {
    return this.#usedBytes
  }

  /** Queues that hold a batch, waiting or in flight. */
  get active(): ReadonlySet<PartitionQueue> {
    return this.#active
  }

  /** Adds a record; true when there is something new to look at for the sender: a first or a full batch. */
  append(
    topic: string,
    partition: number,
    record: RecordInput,
    delivery: Delivery | undefined,
    now: number,
  ): boolean {
    const queue = this.#queue(topic, partition)
    let batch = queue.waiting.at(-1)
    let isNew = false
    if (batch !== undefined && !batch.isClosed) {
      if (batch.builder.sizeInBytes + batch.builder.bytesOf(record) > this.#options.batchBytes) {
        batch.isClosed = true
        batch = undefined
      }
    } else batch = undefined
    if (batch === undefined) {
      batch = this.#open(queue, now)
      isNew = true
    }
    const before = batch.builder.sizeInBytes
    batch.builder.append(record)
    batch.deliveries.push(delivery)
    this.#usedBytes += batch.builder.sizeInBytes - before
    if (batch.builder.sizeInBytes >= this.#options.batchBytes) {
      batch.isClosed = true
      return true
    }
    return isNew
  }

  /** The batch that may leave the queue now. */
  ready(queue: PartitionQueue, now: number): ProducerBatch | undefined {
    const head = queue.waiting[0]
    if (head === undefined || queue.needsNewEpoch) return undefined
    if (queue.isRecovering && queue.inFlight.length > 0) return undefined
    if (queue.inFlight.length >= this.#options.inFlightMax) return undefined
    return this.readyAt(queue) <= now ? head : undefined
  }

  /** When the head of the queue may leave, other reasons to wait aside; Infinity without one. */
  readyAt(queue: PartitionQueue): number {
    const head = queue.waiting[0]
    if (head === undefined) return Infinity
    const isFull = head.isClosed || queue.waiting.length > 1 || this.#isFlushing > 0
    const lingerEnd = isFull ? 0 : head.createdAt + this.#options.lingerMs
    return Math.max(lingerEnd, head.notBefore)
  }

  /** When the oldest batch of the queue runs out of time; Infinity without one. */
  expiresAt(queue: PartitionQueue): number {
    const head = queue.waiting[0]
    return head === undefined ? Infinity : head.createdAt + this.#options.deliveryTimeoutMs
  }

  /** Takes the ready batch out as in flight: built, with its sequence. `identity` only for idempotent producers. */
  take(batch: ProducerBatch, identity: Identity | undefined): Buffer {
    const { queue } = batch
    queue.waiting.shift()
    queue.inFlight.push(batch)
    queue.isRecovering = false
    batch.isClosed = true
    batch.attempts++
    batch.data ??= batch.builder.build()
    if (identity !== undefined) this.#sequence(batch, identity)
    return batch.data
  }

  /** The batch was stored. */
  succeeded(batch: ProducerBatch, baseOffset: number, logAppendTime: number): void {
    if (batch.isDone) return
    this.#finish(batch)
    batch.deliveries.forEach((delivery, index) =>
      delivery?.delivered(baseOffset, index, logAppendTime),
    )
  }

  /** The batch is to be sent again, not before `notBefore`. */
  retry(batch: ProducerBatch, notBefore: number): void {
    if (batch.isDone) return
    const { queue } = batch
    remove(queue.inFlight, batch)
    batch.notBefore = notBefore
    queue.isRecovering = true
    const at = queue.waiting.findIndex(other => other.order > batch.order)
    queue.waiting.splice(at < 0 ? queue.waiting.length : at, 0, batch)
  }

  /** The batch is given up. Returns whether some record had nobody who is told. */
  failed(batch: ProducerBatch, error: Error): boolean {
    if (batch.isDone) return false
    // A sequence that was assigned and is not sent any more leaves a gap for those behind.
    if (batch.baseSequence >= 0) batch.queue.needsNewEpoch = true
    this.#finish(batch)
    let isUnreported = false
    for (const delivery of batch.deliveries) {
      if (delivery === undefined) isUnreported = true
      else delivery.failed(error)
    }
    return isUnreported
  }

  /** Whether a batch before this one, of the same partition, is not done. */
  hasEarlier(batch: ProducerBatch): boolean {
    const isEarlier = (other: ProducerBatch): boolean => other.order < batch.order
    return batch.queue.inFlight.some(isEarlier) || batch.queue.waiting.some(isEarlier)
  }

  /** The waiting batches whose time is over. */
  expired(now: number): ProducerBatch[] {
    const result: ProducerBatch[] = []
    for (const queue of this.#active) {
      // Those in flight are answered first; an answer may still say that they were stored.
      if (this.expiresAt(queue) > now) continue
      for (const batch of queue.waiting)
        if (batch.createdAt + this.#options.deliveryTimeoutMs <= now) result.push(batch)
    }
    return result
  }

  /** Queues that wait for a new epoch and have nothing in flight any more. */
  needingNewEpoch(): PartitionQueue[] {
    return [...this.#active].filter(queue => queue.needsNewEpoch && queue.inFlight.length === 0)
  }

  /** Every batch that is not done. */
  outstanding(): ProducerBatch[] {
    return [...this.#active].flatMap(queue => [...queue.inFlight, ...queue.waiting])
  }

  /** While held, batches leave without lingering. */
  holdFlush(isHeld: boolean): void {
    this.#isFlushing += isHeld ? 1 : -1
  }

  #queue(topic: string, partition: number): PartitionQueue {
    let queues = this.#topics.get(topic)
    if (queues === undefined) {
      queues = []
      this.#topics.set(topic, queues)
    }
    let queue = queues[partition]
    if (queue === undefined) {
      queue = {
        topic,
        partition,
        waiting: [],
        inFlight: [],
        identity: undefined,
        nextSequence: 0,
        nextOrder: 0,
        isRecovering: false,
        needsNewEpoch: false,
      }
      queues[partition] = queue
    }
    return queue
  }

  #open(queue: PartitionQueue, now: number): ProducerBatch {
    const batch: ProducerBatch = {
      queue,
      builder: new BatchBuilder(this.#options.batch),
      createdAt: now,
      order: queue.nextOrder++,
      deliveries: [],
      watchers: [],
      isClosed: false,
      isDone: false,
      data: undefined,
      baseSequence: -1,
      attempts: 0,
      notBefore: 0,
    }
    queue.waiting.push(batch)
    this.#active.add(queue)
    return batch
  }

  #sequence(batch: ProducerBatch, identity: Identity): void {
    const { queue } = batch
    const isAnother =
      queue.identity?.producerId !== identity.producerId ||
      queue.identity.producerEpoch !== identity.producerEpoch
    // A new identity starts at zero, but not while batches of the old one are on the way.
    if (isAnother && queue.inFlight.length === 1) {
      queue.identity = identity
      queue.nextSequence = 0
      batch.baseSequence = -1
      for (const other of queue.waiting) other.baseSequence = -1
    }
    if (batch.baseSequence < 0) {
      batch.baseSequence = queue.nextSequence
      queue.nextSequence = (queue.nextSequence + batch.builder.recordCount) % 2 ** 31
    }
    const { producerId, producerEpoch } = queue.identity ?? identity
    header.setProducer(batch.data as Buffer, 0, {
      producerId,
      producerEpoch,
      baseSequence: batch.baseSequence,
    })
  }

  #finish(batch: ProducerBatch): void {
    const { queue } = batch
    batch.isDone = true
    batch.data = undefined
    remove(queue.inFlight, batch)
    remove(queue.waiting, batch)
    this.#usedBytes -= batch.builder.sizeInBytes - header.HEADER_BYTES
    if (queue.waiting.length === 0 && queue.inFlight.length === 0) this.#active.delete(queue)
    for (const watch of batch.watchers) watch()
  }
}

function remove<T>(items: T[], item: T): void {
  const at = items.indexOf(item)
  if (at >= 0) items.splice(at, 1)
}
