/**
 * The records of one partition in one fetch answer, decoded one by one as they are asked for. Skips what lies before
 * the wanted offset (a batch comes whole), control records, and records of aborted transactions under
 * `read_committed`.
 */
import {
  batch,
  decodeControlKey,
  DecompressedTooLargeError,
  readRecords,
  type StoredRecord,
} from '@moldau/protocol'
import { KafkaError } from '../../errors.ts'

/** A transaction that was aborted: from `firstOffset` to its marker. */
export interface AbortedTransaction {
  readonly producerId: number
  readonly firstOffset: number
}

export interface FetchedInput {
  readonly topic: string
  readonly partition: number
  readonly fetchOffset: number
  readonly records: Buffer
  /** Only under `read_committed`. */
  readonly abortedTransactions: readonly AbortedTransaction[]
}

export class FetchedRecords {
  readonly sizeInBytes: number
  readonly #input: FetchedInput
  /** By first offset; the first `#abortedAt` have begun. */
  readonly #aborted: readonly AbortedTransaction[]
  #abortedAt = 0
  readonly #abortedProducers = new Set<number>()
  #at = 0
  #leaderEpoch = -1
  #nextOffset: number
  #records: Iterator<StoredRecord> | undefined
  #batchEndOffset = 0

  constructor(input: FetchedInput) {
    this.#input = input
    this.sizeInBytes = input.records.length
    this.#nextOffset = input.fetchOffset
    this.#aborted = [...input.abortedTransactions].sort((a, b) => a.firstOffset - b.firstOffset)
  }

  /** The offset behind the last whole batch: where the next fetch starts. */
  static endOffset(records: Buffer, fetchOffset: number): number {
    let end = fetchOffset
    for (let at = 0; isWhole(records, at); at += batch.sizeInBytes(records, at))
      end = batch.lastOffset(records, at) + 1
    return end
  }

  /** The offset behind what was returned or skipped so far. */
  get nextOffset(): number {
    return this.#nextOffset
  }

  /** Leader epoch of the batch of the last record. */
  get leaderEpoch(): number {
    return this.#leaderEpoch
  }

  /** The next record, or undefined when all are consumed. @throws KafkaError CORRUPT_MESSAGE */
  next(): StoredRecord | undefined {
    for (;;) {
      if (this.#records === undefined && !this.#openBatch()) return undefined
      const { value, done } = this.#nextOfBatch()
      if (done === true) {
        // Compaction may have removed the last records of the batch: its header still tells where it ends.
        this.#nextOffset = this.#batchEndOffset
        this.#records = undefined
        continue
      }
      if (value.offset < this.#nextOffset) continue
      this.#nextOffset = value.offset + 1
      return value
    }
  }

  /** Goes to the next batch that holds something to return. */
  #openBatch(): boolean {
    const { records } = this.#input
    while (isWhole(records, this.#at)) {
      const at = this.#at
      this.#at += batch.sizeInBytes(records, at)
      if (!batch.isCrcValid(records, at)) throw this.#corrupt('its checksum is wrong')
      this.#batchEndOffset = batch.lastOffset(records, at) + 1
      if (this.#batchEndOffset <= this.#nextOffset) continue
      if (batch.isControl(records, at)) {
        this.#endTransaction(at)
        this.#nextOffset = this.#batchEndOffset
        continue
      }
      if (this.#isAborted(at)) {
        this.#nextOffset = this.#batchEndOffset
        continue
      }
      this.#leaderEpoch = batch.partitionLeaderEpoch(records, at)
      this.#records = readRecords(records, at)
      return true
    }
    return false
  }

  #nextOfBatch(): IteratorResult<StoredRecord, unknown> {
    try {
      return (this.#records as Iterator<StoredRecord>).next()
    } catch (error) {
      if (error instanceof DecompressedTooLargeError) throw this.#corrupt(error.message)
      throw this.#corrupt(error instanceof Error ? error.message : String(error))
    }
  }

  #isAborted(at: number): boolean {
    const { records } = this.#input
    const lastOffset = batch.lastOffset(records, at)
    for (; this.#abortedAt < this.#aborted.length; this.#abortedAt++) {
      const transaction = this.#aborted[this.#abortedAt] as AbortedTransaction
      if (transaction.firstOffset > lastOffset) break
      this.#abortedProducers.add(transaction.producerId)
    }
    return (
      batch.isTransactional(records, at) &&
      this.#abortedProducers.has(batch.producerId(records, at))
    )
  }

  #endTransaction(at: number): void {
    const { records } = this.#input
    // A transaction whose first batch is not in this answer may end in it.
    this.#isAborted(at)
    if (this.#abortedProducers.size === 0) return
    const [marker] = readRecords(records, at)
    if (marker !== undefined && decodeControlKey(marker.key) === 'abort')
      this.#abortedProducers.delete(batch.producerId(records, at))
  }

  #corrupt(reason: string): KafkaError {
    const { topic, partition } = this.#input
    return new KafkaError('CORRUPT_MESSAGE', {
      message: `Cannot read ${topic}-${partition} at offset ${this.#nextOffset}: ${reason}`,
      topicPartition: { topic, partition },
    })
  }
}

/** Answers may end within a batch. */
function isWhole(records: Buffer, at: number): boolean {
  const room = records.length - at
  if (room < batch.HEADER_BYTES) return false
  const size = batch.sizeInBytes(records, at)
  return size >= batch.HEADER_BYTES && size <= room
}
