/**
 * Takes records out of what was fetched, decodes them, and remembers what the application has in hand: only once it
 * asks for more does that count as consumed.
 */
import type { Logger } from '@moldau/base'
import type { RecordHeader, StoredRecord } from '@moldau/protocol'
import { isKafkaError, KafkaError, plain } from '../errors.ts'
import type { Serde } from '../serializers/serde.ts'
import type { AssignedPartition, AssignedPartitions } from './core/assigned-partitions.ts'
import type { FetchedRecords } from './core/fetched-records.ts'

/** A record that was read. @public */
export interface ConsumerRecord<K, V> {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** Milliseconds since 1970. */
  readonly timestamp: number
  readonly key: K | null
  readonly value: V
  readonly headers: readonly RecordHeader[]
  readonly leaderEpoch: number
}

/** Records of one partition, in order. @public */
export interface ConsumerBatch<K, V> extends Iterable<ConsumerRecord<K, V>> {
  readonly topic: string
  readonly partition: number
  readonly records: readonly ConsumerRecord<K, V>[]
  /** The end of what is readable, as last heard. */
  readonly highWatermark: number
}

/** What happens with a record that the serdes cannot read. */
export type DecodeErrorPolicy = 'throw' | 'skip'

export interface RecordSourceOptions<K, V> {
  readonly key: Serde<K>
  readonly value: Serde<V>
  readonly onDecodeError: DecodeErrorPolicy
  readonly logger: Logger
  /** Called when a fetched answer is used up, so that the next may be fetched. */
  readonly usedUp: () => void
}

export class RecordSource<K, V> {
  readonly #partitions: AssignedPartitions
  readonly #options: RecordSourceOptions<K, V>
  /** Read from until its fetched records are consumed. */
  #current: AssignedPartition | undefined
  #held:
    | { partition: AssignedPartition; token: number; nextOffset: number; leaderEpoch: number }
    | undefined
  /** Where a used-up answer ended: behind its last record may lie control records, aborted ones, holes. */
  #skippedTo: number | undefined

  constructor(partitions: AssignedPartitions, options: RecordSourceOptions<K, V>) {
    this.#partitions = partitions
    this.#options = options
  }

  /** Whether the application has a record in hand. */
  get isHeld(): boolean {
    return this.#held !== undefined
  }

  /** The offset behind the record in hand, if it is of `partition`. */
  heldOffset(partition: AssignedPartition): number | undefined {
    return this.#held?.partition === partition ? this.#held.nextOffset : undefined
  }

  /** What is in hand is consumed now. */
  settle(): void {
    const held = this.#held
    if (held === undefined) return
    this.#held = undefined
    const { partition, token, nextOffset, leaderEpoch } = held
    if (!this.#partitions.isCurrent(partition, token)) return
    partition.consumedOffset = nextOffset
    partition.consumedEpoch = leaderEpoch
  }

  /** The next record, if one is there. What was in hand must be settled. @throws KafkaError SERDE, CORRUPT_MESSAGE */
  takeRecord(): ConsumerRecord<K, V> | undefined {
    for (;;) {
      const partition = this.#nextPartition()
      if (partition === undefined) return undefined
      const record = this.#decodeNext(partition)
      if (record !== undefined) {
        this.#hold(partition, record.offset + 1, record.leaderEpoch)
        return record
      }
      this.#consumeSkipped(partition)
    }
  }

  /** Up to `maxRecords` of one partition, if there are any; else as `takeRecord`. */
  takeBatch(maxRecords: number): ConsumerBatch<K, V> | undefined {
    for (;;) {
      const partition = this.#nextPartition()
      if (partition === undefined) return undefined
      const records = this.#decodeSome(partition, maxRecords)
      const last = records.at(-1)
      if (last === undefined) {
        this.#consumeSkipped(partition)
        continue
      }
      // What was skipped behind the last record is consumed together with it.
      const nextOffset = Math.max(last.offset + 1, this.#skippedTo ?? 0)
      this.#skippedTo = undefined
      this.#hold(partition, nextOffset, last.leaderEpoch)
      return {
        topic: partition.topic,
        partition: partition.partition,
        records,
        highWatermark: partition.highWatermark,
        [Symbol.iterator]: () => records[Symbol.iterator](),
      }
    }
  }

  #decodeSome(partition: AssignedPartition, maxRecords: number): ConsumerRecord<K, V>[] {
    const records: ConsumerRecord<K, V>[] = []
    try {
      while (records.length < maxRecords && partition.buffered.length > 0) {
        const record = this.#decodeNext(partition)
        if (record !== undefined) records.push(record)
      }
    } catch (error) {
      // Those before the bad one are handed out first; it is met again by the next call.
      if (records.length === 0) throw error
    }
    return records
  }

  #consumeSkipped(partition: AssignedPartition): void {
    if (this.#skippedTo !== undefined) partition.consumedOffset = this.#skippedTo
    this.#skippedTo = undefined
  }

  #hold(partition: AssignedPartition, nextOffset: number, leaderEpoch: number): void {
    this.#held = { partition, token: partition.token, nextOffset, leaderEpoch }
  }

  /** One that has something fetched: the same again, then the next in turn. */
  #nextPartition(): AssignedPartition | undefined {
    const current = this.#current
    if (current !== undefined && this.#isReadable(current)) return current
    const all = this.#partitions.all()
    const start = current === undefined ? 0 : all.indexOf(current) + 1
    for (let i = 0; i < all.length; i++) {
      const partition = all[(start + i) % all.length] as AssignedPartition
      if (!this.#isReadable(partition)) continue
      this.#current = partition
      return partition
    }
    return undefined
  }

  #isReadable(partition: AssignedPartition): boolean {
    return (
      partition.buffered.length > 0 &&
      !partition.isPaused &&
      this.#partitions.isCurrent(partition, partition.token)
    )
  }

  /** undefined at the end of a fetched answer, which is dropped then, and for a record that is skipped. */
  #decodeNext(partition: AssignedPartition): ConsumerRecord<K, V> | undefined {
    const fetched = partition.buffered[0]
    if (fetched === undefined) return undefined
    const stored = this.#nextStored(partition, fetched)
    if (stored === undefined) {
      partition.buffered.shift()
      this.#skippedTo = fetched.nextOffset
      this.#options.usedUp()
      return undefined
    }
    try {
      return this.#decode(partition, stored, fetched.leaderEpoch)
    } catch (cause) {
      if (this.#options.onDecodeError === 'throw') throw this.#poison(partition, stored, cause)
      this.#options.logger.warn('record cannot be decoded', {
        topic: partition.topic,
        partition: partition.partition,
        offset: stored.offset,
      })
      return undefined
    }
  }

  #nextStored(partition: AssignedPartition, fetched: FetchedRecords): StoredRecord | undefined {
    try {
      return fetched.next()
    } catch (error) {
      this.#partitions.refetch(partition, fetched.nextOffset)
      throw error
    }
  }

  #decode(
    { topic, partition }: AssignedPartition,
    stored: StoredRecord,
    leaderEpoch: number,
  ): ConsumerRecord<K, V> {
    const { key, value } = this.#options
    return {
      topic,
      partition,
      offset: stored.offset,
      timestamp: stored.timestamp,
      key: stored.key === null ? null : key.deserialize(stored.key, topic),
      value: value.deserialize(stored.value, topic),
      headers: stored.headers,
      leaderEpoch,
    }
  }

  /** The next loop meets the record again, unless the application seeks past it. */
  #poison(assigned: AssignedPartition, stored: StoredRecord, cause: unknown): KafkaError {
    const { topic, partition } = assigned
    this.#partitions.refetch(assigned, stored.offset)
    const reason = isKafkaError(cause) ? plain(cause) : String(cause)
    return new KafkaError('SERDE', {
      message: `Cannot decode ${topic}-${partition} at offset ${stored.offset}: ${reason}`,
      topicPartition: { topic, partition },
      cause,
    })
  }
}
