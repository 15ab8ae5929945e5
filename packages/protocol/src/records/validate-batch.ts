/**
 * Checks one batch that came from outside down to its last record, before it is given an offset: header, checksum,
 * then a walk over the records, compressed ones by way of a bounded decoder. No objects are made per record. What
 * the errors are named and when each is given is Kafka's (its LogValidator).
 */
import { DecodeError } from '@moldau/base'
import { decompressBriefly } from '../compression/compression.ts'
import { DecompressedTooLargeError } from '../compression/too-large.ts'
import * as batch from './batch.ts'
import { DECOMPRESSED_BYTES_MAX } from './batch-reader.ts'
import { RecordCursor } from './record-cursor.ts'

/** What the caller asks of a batch. */
export interface BatchLimits {
  /** What the records may decompress to in one go; 128 MiB by default. */
  readonly decompressedBytesMax?: number
  /** Control batches are for brokers only; refused by default. */
  readonly allowControl?: boolean
  /** The partition, as messages about records name it. */
  readonly subject?: string
  /** A compacted topic: every record needs a key. */
  readonly requireKeys?: boolean
  /** Bounds on the producers' timestamps, in milliseconds around `now`; none where the broker sets the time. −1 is always fine. */
  readonly timestamps?: {
    readonly now: number
    readonly beforeMaxMs: number
    readonly afterMaxMs: number
  }
  /** Takes the records as they are: only header and checksum are checked. */
  readonly trustProducers?: boolean
}

/** A record that was refused; `batchIndex` counts from 0. */
export interface RecordProblem {
  readonly batchIndex: number
  readonly message: string
}

/** Why the batch was refused. UNKNOWN_SERVER_ERROR is Kafka's answer to records that cannot be unpacked. */
export interface BatchProblem {
  readonly error:
    | 'CORRUPT_MESSAGE'
    | 'INVALID_RECORD'
    | 'INVALID_TIMESTAMP'
    | 'MESSAGE_TOO_LARGE'
    | 'UNKNOWN_SERVER_ERROR'
  readonly message: string
  readonly recordErrors?: readonly RecordProblem[]
  /** The records decompress to more than `decompressedBytesMax`, or are in very many parts. */
  readonly isHeavy?: boolean
}

/** More refused records than this are not listed. */
const recordProblemsMax = 1000

/** Where the walk over the records of a batch stands. */
class RecordWalk {
  readonly cursor: RecordCursor
  index = 0
  maxTimestamp = -1
  problems: RecordProblem[] | undefined = undefined
  isTimestampProblem = false

  constructor(headersPerStep?: number) {
    this.cursor = new RecordCursor(headersPerStep)
  }

  start(records: Buffer, from: number, to: number): void {
    this.cursor.start(records, from, to)
    this.index = 0
    this.maxTimestamp = -1
    this.problems = undefined
    this.isTimestampProblem = false
  }
}

/** Not shared across calls that overlap: validation is synchronous. */
const onlyWalk = new RecordWalk()
/** What one step of a slow validation passes: so many records, or headers of one. */
const RECORDS_PER_STEP = 4096
const HEADERS_PER_STEP = 64 * 1024

/**
 * Checks the batch at `at`, which must lie before `end`. The bytes stay as they are, except that a largest timestamp
 * which disagrees with the records is corrected, as Kafka does, and that it becomes one of the producer.
 */
export function validateBatch(
  buffer: Buffer,
  at: number,
  end: number,
  limits: BatchLimits = {},
): BatchProblem | undefined {
  const wrongHeader = validateHeader(buffer, at, end, limits)
  if (wrongHeader !== undefined) return wrongHeader
  let records: Buffer
  let from = 0
  let to: number
  try {
    const type = batch.compression(buffer, at)
    if (limits.trustProducers === true) return undefined
    const batchEnd = at + batch.sizeInBytes(buffer, at)
    if (type === 'none') {
      records = buffer
      from = at + batch.HEADER_BYTES
      to = batchEnd
    } else {
      const stored = buffer.subarray(at + batch.HEADER_BYTES, batchEnd)
      const bytesMax = limits.decompressedBytesMax ?? DECOMPRESSED_BYTES_MAX
      records = decompressBriefly(type, stored, bytesMax)
      to = records.length
    }
  } catch (error) {
    if (error instanceof DecompressedTooLargeError)
      return { error: 'MESSAGE_TOO_LARGE', message: error.message, isHeavy: true }
    if (error instanceof DecodeError)
      return { error: 'UNKNOWN_SERVER_ERROR', message: error.message }
    throw error
  }
  onlyWalk.start(records, from, to)
  const problem = validateRecords(buffer, at, limits, onlyWalk, Infinity)
  return problem === 'more' ? undefined : problem
}

/**
 * Checks the records of a batch whose header is right, which are many: between steps others may have their turn.
 * `records` is what they decompress to.
 */
export function* validateManyRecords(
  buffer: Buffer,
  records: Buffer,
  limits: BatchLimits,
): Generator<undefined, BatchProblem | undefined> {
  const walk = new RecordWalk(HEADERS_PER_STEP)
  walk.start(records, 0, records.length)
  for (;;) {
    const problem = validateRecords(buffer, 0, limits, walk, RECORDS_PER_STEP)
    if (problem !== 'more') return problem
    yield undefined
  }
}

/** Checks the header of the batch at `at`, and the checksum. */
export function validateHeader(
  buffer: Buffer,
  at: number,
  end: number,
  limits: BatchLimits = {},
): BatchProblem | undefined {
  if (end - at < batch.HEADER_BYTES)
    return corrupt(`The batch has ${end - at} bytes, fewer than its header`)
  const size = batch.sizeInBytes(buffer, at)
  if (size < batch.HEADER_BYTES || size > end - at)
    return corrupt(`The batch states a size of ${size} bytes where ${end - at} are`)
  const magic = batch.magic(buffer, at)
  if (magic !== batch.MAGIC)
    return magic >= 0 && magic < batch.MAGIC
      ? invalid(`Record batches of format ${magic} are not accepted, only those of format 2`)
      : corrupt(`Invalid magic found in record: ${magic}`)
  if (!batch.isCrcValid(buffer, at))
    return corrupt(`Record is corrupt (stored crc = ${batch.crc(buffer, at)})`)
  if (!batch.hasExactIntegers(buffer, at))
    return invalid('An offset, a timestamp or a producer id of the batch is beyond 2^53')
  const count = batch.recordCount(buffer, at)
  const lastOffsetDelta = batch.lastOffsetDelta(buffer, at)
  if (lastOffsetDelta < 0)
    return invalid(`Batch has an invalid offset range: its last offset delta is ${lastOffsetDelta}`)
  if (count <= 0) return invalid(`Invalid reported count for record batch: ${count}`)
  if (count !== lastOffsetDelta + 1)
    return invalid(
      `Inconsistent batch offset range [0, ${lastOffsetDelta}] and count of records ${count}`,
    )
  if (batch.isControl(buffer, at) && limits.allowControl !== true)
    return invalid('Clients are not allowed to write control records')
  if (batch.producerId(buffer, at) >= 0 && batch.baseSequence(buffer, at) < 0) {
    // A transaction marker carries a producer id and no sequence.
    if (!batch.isControl(buffer, at))
      return invalid(
        `Invalid sequence number ${batch.baseSequence(buffer, at)} in record batch with producerId ${batch.producerId(buffer, at)}`,
      )
  }
  return undefined
}

/** Goes on with the walk for so many records: 'more' when there are others. */
function validateRecords(
  buffer: Buffer,
  at: number,
  limits: BatchLimits,
  walk: RecordWalk,
  recordsMax: number,
): BatchProblem | 'more' | undefined {
  const { cursor } = walk
  const count = batch.recordCount(buffer, at)
  const baseTimestamp = batch.baseTimestamp(buffer, at)
  const isPlain = batch.compression(buffer, at) === 'none'
  // A producer that claims so gives all records the largest timestamp of the batch.
  const claimsAppendTime = batch.timestampType(buffer, at) === 'LogAppendTime'
  const claimedTime = batch.maxTimestamp(buffer, at)
  const { subject, timestamps: bounds } = limits
  const earliest = bounds === undefined ? -Infinity : bounds.now - bounds.beforeMaxMs
  const latest = bounds === undefined ? Infinity : bounds.now + bounds.afterMaxMs
  const requireKeys = limits.requireKeys === true
  let { index, maxTimestamp, problems, isTimestampProblem } = walk
  const stop = Math.min(count, index + recordsMax)
  while (index < stop && cursor.next()) {
    // Kafka does not look at the offsets of plain records, and fails over those of compressed ones.
    if (!isPlain && cursor.offsetDelta !== index)
      return {
        error: 'UNKNOWN_SERVER_ERROR',
        message: `Record ${index} of the batch does not have incremental offsets: its offset delta is ${cursor.offsetDelta}`,
      }
    const timestamp = claimsAppendTime ? claimedTime : baseTimestamp + cursor.timestampDelta
    if (timestamp > maxTimestamp) maxTimestamp = timestamp
    if (requireKeys && cursor.keyLength < 0) problems = add(problems, index, missingKey(subject))
    else if (bounds !== undefined && timestamp !== -1) {
      if (timestamp < earliest || timestamp > latest) {
        isTimestampProblem = true
        problems = add(
          problems,
          index,
          `Timestamp ${timestamp} of message with offset ${index} is out of range. The timestamp should be within ${rangeText(bounds)}`,
        )
      }
    } else if (claimsAppendTime) {
      isTimestampProblem = true
      problems = add(problems, index, claimText(cursor, isPlain, timestamp))
    }
    index++
  }
  if (cursor.problem !== undefined)
    return invalid(`Record ${index} of the batch is malformed: ${cursor.problem}`)
  if (cursor.isResting || (index === stop && index < count)) {
    Object.assign(walk, { index, maxTimestamp, problems, isTimestampProblem })
    return 'more'
  }
  if (index < count)
    return invalid(`Incorrect declared batch size: ${count} records are stated, ${index} are there`)
  if (cursor.hasMore)
    return invalid(`Incorrect declared batch size: more bytes follow the ${count} stated records`)
  if (problems !== undefined) return refused(problems, isTimestampProblem)
  batch.setMaxTimestamp(buffer, at, 'CreateTime', maxTimestamp)
  return undefined
}

/** Names the record that the cursor is at as Kafka does, which has other eyes for records of compressed batches. */
function claimText(cursor: RecordCursor, isPlain: boolean, timestamp: number): string {
  const bytes = (length: number) => (isPlain ? Math.max(0, length) : length)
  return `Invalid timestamp type in message ${isPlain ? 'DefaultRecord' : 'PartialDefaultRecord'}(offset=${cursor.offsetDelta}, timestamp=${timestamp}, key=${bytes(cursor.keyLength)} bytes, value=${bytes(cursor.valueLength)} bytes). Producer should not set timestamp type to LogAppendTime.`
}

function add(
  problems: RecordProblem[] | undefined,
  batchIndex: number,
  message: string,
): RecordProblem[] {
  if (problems === undefined) return [{ batchIndex, message }]
  if (problems.length < recordProblemsMax) problems.push({ batchIndex, message })
  return problems
}

function refused(recordErrors: RecordProblem[], isTimestampProblem: boolean): BatchProblem {
  return isTimestampProblem
    ? {
        error: 'INVALID_TIMESTAMP',
        message: 'One or more records have been rejected due to invalid timestamp',
        recordErrors,
      }
    : {
        error: 'INVALID_RECORD',
        message: `One or more records have been rejected due to ${recordErrors.length} record errors in total, and only showing the first three errors at most: [${firstProblems(recordErrors)}]`,
        recordErrors,
      }
}

function missingKey(subject: string | undefined): string {
  const where = subject === undefined ? '' : ` in topic partition ${subject}`
  return `Compacted topic cannot accept message without key${where}`
}

function firstProblems(problems: readonly RecordProblem[]): string {
  return problems
    .slice(0, 3)
    .map(({ batchIndex, message }) => `RecordError(batchIndex=${batchIndex}, message='${message}')`)
    .join(', ')
}

/** The bounds as Kafka computes them: Long.MAX_VALUE, which is 2^63 here, goes beyond what a double tells exactly. */
function rangeText(bounds: BatchLimits['timestamps']): string {
  if (bounds === undefined) return '[]'
  const long = (value: number) => (value === 2 ** 63 ? 2n ** 63n - 1n : BigInt(Math.trunc(value)))
  const now = long(bounds.now)
  const earliest = BigInt.asIntN(64, now - long(bounds.beforeMaxMs))
  const latest = BigInt.asIntN(64, now + long(bounds.afterMaxMs))
  return `[${earliest}, ${latest}]`
}

function invalid(message: string): BatchProblem {
  return { error: 'INVALID_RECORD', message }
}

function corrupt(message: string): BatchProblem {
  return { error: 'CORRUPT_MESSAGE', message }
}
