/**
 * Finds the one batch that a Produce may hold for a partition, as Kafka does before it looks at the topic (its
 * ProduceRequest.validateRecords). Bytes behind it that begin no whole batch are dropped. Only headers are read.
 */
import { batch, type ErrorName } from '@moldau/protocol'

/** Up to the length field, and up to the format. */
const UP_TO_LENGTH_BYTES = 12
const UP_TO_MAGIC_BYTES = 17
/** What the smallest batch there ever was has behind the length field. */
const LENGTH_MIN = 14
const ZSTD = 4
const FIRST_VERSION_WITH_ZSTD = 7

/** Why there is not exactly one. */
export interface ProducedBatchProblem {
  readonly error: ErrorName
  readonly message: string
}

/** Size of the batch with which `records` begin, or what is wrong. */
export function producedBatch(records: Buffer, version: number): number | ProducedBatchProblem {
  const size = sizeOfNext(records, 0)
  if (typeof size !== 'number') return size
  if (size === 0) return invalid('The records hold no whole batch')
  if (batch.magic(records, 0) !== batch.MAGIC)
    return invalid(`Record batches of format ${batch.magic(records, 0)} are not accepted, only 2`)
  if (size < batch.HEADER_BYTES)
    return { error: 'CORRUPT_MESSAGE', message: 'The batch is too small' }
  if (version < FIRST_VERSION_WITH_ZSTD && (batch.attributes(records, 0) & 7) === ZSTD)
    return { error: 'UNSUPPORTED_COMPRESSION_TYPE', message: '' }
  if (size === records.length) return size
  const more = sizeOfNext(records, size)
  if (typeof more !== 'number') return more
  return more === 0 ? size : invalid('A request may hold only one batch per partition')
}

/** Size of the batch that begins at `at`; 0 where none does, or where it is cut short. */
function sizeOfNext(records: Buffer, at: number): number | ProducedBatchProblem {
  const rest = records.length - at
  if (rest < UP_TO_LENGTH_BYTES) return 0
  const size = batch.sizeInBytes(records, at)
  const length = size - UP_TO_LENGTH_BYTES
  if (length < LENGTH_MIN) {
    return {
      error: 'CORRUPT_MESSAGE',
      message: `Record size ${length} is less than the minimum record overhead (${LENGTH_MIN})`,
    }
  }
  if (rest < UP_TO_MAGIC_BYTES) return 0
  const magic = batch.magic(records, at)
  if (magic < 0 || magic > batch.MAGIC)
    return { error: 'CORRUPT_MESSAGE', message: `Invalid magic found in record: ${magic}` }
  return size > rest ? 0 : size
}

function invalid(message: string): ProducedBatchProblem {
  return { error: 'INVALID_RECORD', message }
}
