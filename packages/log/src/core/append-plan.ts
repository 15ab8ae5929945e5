/**
 * Whether records may be appended, and what is done to them first. Batches from clients are checked to the last record
 * (Kafka 4.3.1's LogValidator); batches from brokers and from the quorum are checked for shape, checksum and order.
 * Pure: the records are read, and their headers patched in place; nothing is kept.
 */
import {
  batch,
  compressionId,
  recompressBatch,
  validateBatch,
  validateHeader,
  validateManyRecords,
  type BatchLimits,
  type BatchProblem,
  type Compression,
  type ErrorName,
} from '@moldau/protocol'

/** Why an append was refused; `batchIndex` counts records from 0. */
export interface AppendProblem {
  readonly error: ErrorName
  readonly message: string
  readonly recordErrors?: readonly { readonly batchIndex: number; readonly message: string }[]
  /** It takes longer than an append may: `prepareHeavy` comes first. */
  readonly isHeavy?: boolean
}

/** What an append takes the time for: to check records of so many bytes, decompressed, and to compress so many. */
export const BRIEF_BYTES_MAX = 1024 * 1024
export const BRIEF_RECORDS_MAX = 128 * 1024
const BRIEF_RECOMPRESSED_BYTES_MAX = 64 * 1024

/** The compression in a batch's attributes. */
const COMPRESSION_MASK = 7

const heavy: AppendProblem = { error: 'MESSAGE_TOO_LARGE', message: '', isHeavy: true }

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
): Buffer | AppendProblem {
  const problem = checkClientRecords(received, rules, now, subject)
  if (problem !== undefined) return problem
  const wanted = newCompression(received, rules)
  if (wanted === undefined) return received
  const { compressionLevel } = rules
  const options = compressionLevel === undefined ? {} : { level: compressionLevel }
  const records = recompressBatch(received, 0, wanted, options)
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
  // Keys can only be missed, times only be given, and records only be recompressed, by a look at each.
  const trustProducers =
    rules.trustProducers &&
    !rules.requireKeys &&
    rules.compression === undefined &&
    batch.timestampType(records, 0) === 'CreateTime'
  if (!trustProducers && isHeavy(records, rules)) return heavy
  const isRecompressed = newCompression(records, rules) !== undefined
  const limits = {
    ...limitsOf(rules, now, subject),
    trustProducers,
    decompressedBytesMax: isRecompressed ? BRIEF_RECOMPRESSED_BYTES_MAX : BRIEF_BYTES_MAX,
  }
  return refusalOf(validateBatch(records, 0, records.length, limits), subject)
}

/** Whether the header shows already that it is. */
function isHeavy(records: Buffer, rules: AppendRules): boolean {
  return (
    batch.recordCount(records, 0) > BRIEF_RECORDS_MAX ||
    (records.length > BRIEF_RECOMPRESSED_BYTES_MAX && newCompression(records, rules) !== undefined)
  )
}

/** Checks the header of a heavy batch. */
export function checkHeavyHeader(records: Buffer, subject: string): AppendProblem | undefined {
  return refusalOf(validateHeader(records, 0, records.length), subject)
}

/** Checks, in steps, what a heavy batch whose header is right decompresses to. */
export function* checkHeavyRecords(
  received: Buffer,
  records: Buffer,
  rules: AppendRules,
  now: number,
  subject: string,
): Generator<undefined, AppendProblem | undefined> {
  const limits = limitsOf(rules, now, subject)
  return refusalOf(yield* validateManyRecords(received, records, limits), subject)
}

function limitsOf(rules: AppendRules, now: number, subject: string): BatchLimits {
  const { requireKeys, timestampBeforeMaxMs, timestampAfterMaxMs } = rules
  return {
    requireKeys,
    subject,
    ...(!rules.isLogAppendTime && {
      timestamps: { now, beforeMaxMs: timestampBeforeMaxMs, afterMaxMs: timestampAfterMaxMs },
    }),
  }
}

function refusalOf(problem: BatchProblem | undefined, subject: string): AppendProblem | undefined {
  return problem === undefined || problem.recordErrors !== undefined
    ? problem
    : { ...problem, message: `Cannot append to ${subject}: ${problem.message}` }
}

/** How the topic's `compression.type` wants the batch; undefined where it is so already. */
export function newCompression(
  records: Buffer,
  { compression }: AppendRules,
): Compression | undefined {
  if (compression === undefined) return undefined
  const isSo = (batch.attributes(records, 0) & COMPRESSION_MASK) === compressionId(compression)
  return isSo ? undefined : compression
}

/** The limits on one batch as it will be stored. */
export function checkSize(
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
