/**
 * Whether records may be appended, and what is done to them first. Batches from clients are checked to the last record
 * (Kafka 4.3.1's LogValidator); batches from brokers and from the quorum are checked for shape, checksum and order.
 * Pure: the records are read, and their headers patched in place; nothing is kept.
 */
import {
  batch,
  recompressBatch,
  validateBatch,
  validateHeavyBatch,
  type BatchProblem,
  type Compression,
  type ErrorName,
} from '@moldau/protocol'

/** Why an append was refused; `batchIndex` counts records from 0. */
export interface AppendProblem {
  readonly error: ErrorName
  readonly message: string
  readonly recordErrors?: readonly { readonly batchIndex: number; readonly message: string }[]
  /** Its records decompress to much: they are checked by `checkHeavy` before the batch may be appended. */
  readonly isHeavy?: boolean
}

/** Records of a client are checked within an append up to this size, decompressed. */
const BRIEF_BYTES_MAX = 4 * 1024 * 1024

/** The topic configs that an append obeys. */
export interface AppendRules {
  readonly maxMessageBytes: number
  readonly segmentBytes: number
  /** A compacted topic: every record needs a key. */
  readonly requireKeys: boolean
  readonly isLogAppendTime: boolean
  readonly timestampBeforeMaxMs: number
  readonly timestampAfterMaxMs: number
  /** Only headers are checked where nothing has to look at the records. */
  readonly trustProducers: boolean
  /** Undefined keeps what the producer chose. */
  readonly compression: Compression | undefined
  readonly compressionLevel: number | undefined
}

/** What is stored of a client's records: the batch as it came, or recompressed; or why it is refused. */
export function acceptClientRecords(
  received: Buffer,
  rules: AppendRules,
  now: number,
  subject: string,
  isChecked = false,
): Buffer | AppendProblem {
  const problem = isChecked ? undefined : checkClientRecords(received, rules, now, subject)
  if (problem !== undefined) return problem
  const records = applyCompression(received, rules)
  if (records === received) return records
  return checkSize(records.length, rules, subject) ?? records
}

/** Checks what a client sent for one partition: exactly one batch. */
function checkClientRecords(
  records: Buffer,
  rules: AppendRules,
  now: number,
  subject: string,
): AppendProblem | undefined {
  if (records.length < batch.HEADER_BYTES || batch.sizeInBytes(records, 0) > records.length)
    return invalid(`Cannot append to ${subject}: the records hold no whole batch`)
  const size = batch.sizeInBytes(records, 0)
  if (
    size >= batch.HEADER_BYTES &&
    size < records.length &&
    batch.magic(records, 0) === batch.MAGIC
  )
    return invalid(`Cannot append to ${subject}: a request may hold only one batch per partition`)
  if (batch.baseOffset(records, 0) !== 0)
    return invalid(
      `Cannot append to ${subject}: the base offset of the batch should be 0, but it is ${batch.baseOffset(records, 0)}`,
    )
  const tooLarge = checkSize(records.length, rules, subject)
  if (tooLarge !== undefined) return tooLarge
  const { requireKeys, timestampBeforeMaxMs, timestampAfterMaxMs } = rules
  // Keys can only be missed, times only be given, and records only be recompressed, by a look at each.
  const trustProducers =
    rules.trustProducers &&
    !requireKeys &&
    rules.compression === undefined &&
    batch.timestampType(records, 0) === 'CreateTime'
  const limits = {
    requireKeys,
    subject,
    trustProducers,
    decompressedBytesMax: BRIEF_BYTES_MAX,
    ...(!rules.isLogAppendTime && {
      timestamps: { now, beforeMaxMs: timestampBeforeMaxMs, afterMaxMs: timestampAfterMaxMs },
    }),
  }
  return refusalOf(validateBatch(records, 0, records.length, limits), subject)
}

/** Checks, in steps, what a batch that was found heavy decompresses to. */
export function* checkHeavyRecords(
  received: Buffer,
  records: Buffer,
  rules: AppendRules,
  now: number,
  subject: string,
): Generator<undefined, AppendProblem | undefined> {
  const { requireKeys, timestampBeforeMaxMs, timestampAfterMaxMs } = rules
  const limits = {
    requireKeys,
    subject,
    ...(!rules.isLogAppendTime && {
      timestamps: { now, beforeMaxMs: timestampBeforeMaxMs, afterMaxMs: timestampAfterMaxMs },
    }),
  }
  return refusalOf(yield* validateHeavyBatch(received, records, limits), subject)
}

function refusalOf(problem: BatchProblem | undefined, subject: string): AppendProblem | undefined {
  return problem === undefined || problem.recordErrors !== undefined
    ? problem
    : { ...problem, message: `Cannot append to ${subject}: ${problem.message}` }
}

/** The batch as the topic's `compression.type` wants it: the same Buffer where it is right already. */
function applyCompression(records: Buffer, rules: AppendRules): Buffer {
  const wanted = rules.compression
  if (wanted === undefined || batch.compression(records, 0) === wanted) return records
  return recompressBatch(
    records,
    0,
    wanted,
    rules.compressionLevel === undefined ? {} : { level: rules.compressionLevel },
  )
}

/** The limits on one batch as it will be stored. */
function checkSize(
  sizeInBytes: number,
  rules: AppendRules,
  subject: string,
): AppendProblem | undefined {
  if (sizeInBytes > rules.maxMessageBytes)
    return {
      error: 'MESSAGE_TOO_LARGE',
      message: `The record batch size in the append to ${subject} is ${sizeInBytes} bytes which exceeds the maximum configured value of ${rules.maxMessageBytes}`,
    }
  return checkSegmentSize(sizeInBytes, rules, subject)
}

/** A batch never spans segments. */
export function checkSegmentSize(
  sizeInBytes: number,
  rules: AppendRules,
  subject: string,
): AppendProblem | undefined {
  if (sizeInBytes <= rules.segmentBytes) return undefined
  return {
    error: 'RECORD_LIST_TOO_LARGE',
    message: `Message batch size is ${sizeInBytes} bytes in append to partition ${subject}, which exceeds the maximum configured segment size of ${rules.segmentBytes}`,
  }
}

/** Checks batches that carry their offsets: whole, intact, rising from `nextOffset` on. */
export function checkPlacedRecords(
  records: Buffer,
  nextOffset: number,
  subject: string,
): AppendProblem | undefined {
  let expected = nextOffset
  let at = 0
  while (at < records.length) {
    const rest = records.length - at
    if (rest < batch.HEADER_BYTES || batch.sizeInBytes(records, at) > rest)
      return corrupt(`Cannot append to ${subject}: the last batch is cut short`)
    if (
      batch.sizeInBytes(records, at) < batch.HEADER_BYTES ||
      batch.magic(records, at) !== batch.MAGIC
    )
      return corrupt(`Cannot append to ${subject}: byte ${at} does not begin a batch of format 2`)
    if (!batch.isCrcValid(records, at))
      return corrupt(
        `Cannot append to ${subject}: the checksum of the batch at offset ${batch.baseOffset(records, at)} is wrong`,
      )
    const baseOffset = batch.baseOffset(records, at)
    if (baseOffset < expected)
      return {
        error: 'OFFSET_OUT_OF_RANGE',
        message: `Cannot append to ${subject}: offset ${baseOffset} is below the next offset ${expected}`,
      }
    expected = batch.lastOffset(records, at) + 1
    at += batch.sizeInBytes(records, at)
  }
  return undefined
}

function invalid(message: string): AppendProblem {
  return { error: 'INVALID_RECORD', message }
}

function corrupt(message: string): AppendProblem {
  return { error: 'CORRUPT_MESSAGE', message }
}
