/**
 * Reads batches and records out of bytes that were validated before (a log, a fetch response): as objects, for
 * those who want them. Decompression is bounded.
 */
import { DecodeError } from '@moldau/base'
import {
  compress,
  compressionId,
  decompress,
  type Compression,
} from '../compression/compression.ts'
import { compressSlowly, joinSlowly, type Rest } from '../compression/slowly.ts'
import * as batch from './batch.ts'
import { RecordCursor } from './record-cursor.ts'
import type { RecordHeader, StoredRecord } from './record.ts'

/** What the records of one batch may decompress to unless the caller says otherwise. */
export const DECOMPRESSED_BYTES_MAX = 128 * 1024 * 1024

/** Where a batch lies. */
export interface BatchView {
  readonly buffer: Buffer
  readonly at: number
  /** The position behind the batch. */
  readonly end: number
}

/**
 * The batches in `buffer`, which begins at a batch; one that is cut short at the end is left out.
 * @throws DecodeError for a length or a format that cannot be.
 */
export function* readBatches(buffer: Buffer, start = 0, end = buffer.length): Generator<BatchView> {
  let at = start
  while (at + batch.HEADER_BYTES <= end) {
    const size = batch.sizeInBytes(buffer, at)
    if (size < batch.HEADER_BYTES || batch.magic(buffer, at) !== batch.MAGIC)
      throw new DecodeError(
        `Cannot read a batch at byte ${at}: size ${size}, format ${batch.magic(buffer, at)}`,
      )
    if (at + size > end) return
    yield { buffer, at, end: at + size }
    at += size
  }
}

/** The records of the batch at `at`. @throws DecodeError, DecompressedTooLargeError */
export function* readRecords(
  buffer: Buffer,
  at: number,
  decompressedBytesMax = DECOMPRESSED_BYTES_MAX,
): Generator<StoredRecord> {
  const baseOffset = batch.baseOffset(buffer, at)
  const baseTimestamp = batch.baseTimestamp(buffer, at)
  const appendTime =
    batch.timestampType(buffer, at) === 'LogAppendTime' ? batch.maxTimestamp(buffer, at) : undefined
  const records = recordBytes(buffer, at, decompressedBytesMax)
  const cursor = new RecordCursor()
  cursor.start(records, 0, records.length)
  while (cursor.next())
    yield {
      offset: baseOffset + cursor.offsetDelta,
      timestamp: appendTime ?? baseTimestamp + cursor.timestampDelta,
      key: part(records, cursor.keyAt, cursor.keyLength),
      value: part(records, cursor.valueAt, cursor.valueLength),
      headers: cursor.headerCount === 0 ? none : readHeaders(records, cursor),
    }
  if (cursor.problem !== undefined)
    throw new DecodeError(`Cannot read a record of the batch at ${baseOffset}: ${cursor.problem}`)
}

/** The encoded records of the batch at `at`, decompressed: what a RecordCursor walks. */
export function recordBytes(buffer: Buffer, at: number, decompressedBytesMax: number): Buffer {
  const end = at + batch.sizeInBytes(buffer, at)
  const stored = buffer.subarray(at + batch.HEADER_BYTES, end)
  return decompress(batch.compression(buffer, at), stored, decompressedBytesMax)
}

/** The batch at `at` with its records compressed in another way, all else as it was: a new Buffer. */
export function recompressBatch(
  buffer: Buffer,
  at: number,
  compression: Compression,
  options: { decompressedBytesMax?: number; level?: number } = {},
): Buffer {
  const plain = recordBytes(buffer, at, options.decompressedBytesMax ?? DECOMPRESSED_BYTES_MAX)
  const records = compress(compression, plain, options.level)
  const result = Buffer.allocUnsafe(batch.HEADER_BYTES + records.length)
  records.copy(result, batch.HEADER_BYTES)
  writeHeaderLike(buffer, at, compression, result)
  return result
}

/** The same for what may be large, with rests: `plain` is what the records of the batch decompress to. */
export async function recompressBatchSlowly(
  buffer: Buffer,
  plain: Buffer,
  compression: Compression,
  level: number | undefined,
  rest: Rest,
): Promise<Buffer> {
  const records = await compressSlowly(compression, plain, level, rest)
  const result = await joinSlowly([Buffer.alloc(batch.HEADER_BYTES), records], rest)
  writeHeaderLike(buffer, 0, compression, result)
  return result
}

/** Gives `result`, whose records are in place, the header of the batch at `at`. */
function writeHeaderLike(
  buffer: Buffer,
  at: number,
  compression: Compression,
  result: Buffer,
): void {
  batch.writeHeader(result, 0, result.length, {
    baseOffset: batch.baseOffset(buffer, at),
    partitionLeaderEpoch: batch.partitionLeaderEpoch(buffer, at),
    attributes: batch.withCompressionId(batch.attributes(buffer, at), compressionId(compression)),
    lastOffsetDelta: batch.lastOffsetDelta(buffer, at),
    baseTimestamp: batch.baseTimestamp(buffer, at),
    maxTimestamp: batch.maxTimestamp(buffer, at),
    producerId: batch.producerId(buffer, at),
    producerEpoch: batch.producerEpoch(buffer, at),
    baseSequence: batch.baseSequence(buffer, at),
    recordCount: batch.recordCount(buffer, at),
  })
}

const none: readonly RecordHeader[] = []

function part(records: Buffer, at: number, length: number): Buffer | null {
  return length < 0 ? null : records.subarray(at, at + length)
}

/** The cursor has checked every length. */
function readHeaders(records: Buffer, cursor: RecordCursor): RecordHeader[] {
  const headers: RecordHeader[] = []
  let at = cursor.headersAt
  const length = (): number => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = records[at++] as number
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1)
    }
  }
  for (let i = 0; i < cursor.headerCount; i++) {
    const keyLength = length()
    const key = records.toString('utf8', at, at + keyLength)
    at += keyLength
    const valueLength = length()
    headers.push({ key, value: part(records, at, valueLength) })
    if (valueLength > 0) at += valueLength
  }
  return headers
}
