/**
 * Builds one record batch. Records are encoded in place into one growing buffer as they are appended; `build`
 * compresses them, fills in the header and computes the checksum. Used by the producer, the quorum, the
 * coordinators and the cleaner.
 */
import { assert } from '@moldau/base'
import { compress, compressionId, type Compression } from '../compression/compression.ts'
import { attributesOf, HEADER_BYTES, writeHeader, type TimestampType } from './batch.ts'
import { recordBodyBytes, varintBytes, writeRecord, type RecordInput } from './record.ts'

/** Properties of the batch; all have Kafka's neutral value as default. */
export interface BatchOptions {
  readonly compression?: Compression
  readonly compressionLevel?: number
  readonly baseOffset?: number
  readonly partitionLeaderEpoch?: number
  readonly timestampType?: TimestampType
  readonly producerId?: number
  readonly producerEpoch?: number
  readonly baseSequence?: number
  readonly isTransactional?: boolean
  readonly isControl?: boolean
  /** Room to begin with. */
  readonly initialBytes?: number
}

export class BatchBuilder {
  readonly #options: BatchOptions
  #buffer: Buffer
  #at = HEADER_BYTES
  #count = 0
  #baseTimestamp = -1
  #maxTimestamp = -1

  constructor(options: BatchOptions = {}) {
    this.#options = options
    this.#buffer = Buffer.allocUnsafe(Math.max(HEADER_BYTES, options.initialBytes ?? 512))
  }

  get recordCount(): number {
    return this.#count
  }

  /** Size of the batch before compression. */
  get sizeInBytes(): number {
    return this.#at
  }

  /** By how much `append` of this record would grow the batch, before compression. */
  bytesOf(record: RecordInput): number {
    const body = recordBodyBytes(record, this.#timestampDelta(record.timestamp), this.#count)
    return varintBytes(body) + body
  }

  /** Adds the record behind the others; its offset delta is the number of records before it. */
  append(record: RecordInput): void {
    if (this.#count === 0) this.#baseTimestamp = record.timestamp
    const timestampDelta = record.timestamp - this.#baseTimestamp
    const bodyBytes = recordBodyBytes(record, timestampDelta, this.#count)
    this.#reserve(varintBytes(bodyBytes) + bodyBytes)
    this.#at = writeRecord(this.#buffer, this.#at, bodyBytes, record, timestampDelta, this.#count)
    this.#count++
    if (record.timestamp > this.#maxTimestamp) this.#maxTimestamp = record.timestamp
  }

  /** The batch. The builder is spent: it must not be appended to afterwards. */
  build(): Buffer {
    assert(this.#count > 0, 'A batch without records was built')
    const options = this.#options
    const compression = options.compression ?? 'none'
    const batch =
      compression === 'none'
        ? this.#buffer.subarray(0, this.#at)
        : withRecords(
            compress(
              compression,
              this.#buffer.subarray(HEADER_BYTES, this.#at),
              options.compressionLevel,
            ),
          )
    writeHeader(batch, 0, batch.length, {
      baseOffset: options.baseOffset ?? 0,
      partitionLeaderEpoch: options.partitionLeaderEpoch ?? -1,
      attributes: attributesOf({
        compressionId: compressionId(compression),
        timestampType: options.timestampType ?? 'CreateTime',
        isTransactional: options.isTransactional ?? false,
        isControl: options.isControl ?? false,
        hasDeleteHorizon: false,
      }),
      lastOffsetDelta: this.#count - 1,
      baseTimestamp: this.#baseTimestamp,
      maxTimestamp: this.#maxTimestamp,
      producerId: options.producerId ?? -1,
      producerEpoch: options.producerEpoch ?? -1,
      baseSequence: options.baseSequence ?? -1,
      recordCount: this.#count,
    })
    return batch
  }

  #timestampDelta(timestamp: number): number {
    return this.#count === 0 ? 0 : timestamp - this.#baseTimestamp
  }

  #reserve(bytes: number): void {
    const needed = this.#at + bytes
    if (needed <= this.#buffer.length) return
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2))
    this.#buffer.copy(grown, 0, 0, this.#at)
    this.#buffer = grown
  }
}

function withRecords(records: Buffer): Buffer {
  const batch = Buffer.allocUnsafe(HEADER_BYTES + records.length)
  records.copy(batch, HEADER_BYTES)
  return batch
}
