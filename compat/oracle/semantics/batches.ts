/** Record batches for the cases, sound ones and spoilt ones. Nothing in them depends on when they are made. */
import { batch, BatchBuilder, type BatchOptions, type RecordInput } from '@moldau/protocol'

/** The time of the first record: long ago, so topics of the cases never expire their records. */
export const TIME = 1_700_000_000_000

/** A batch of these values, one millisecond apart, without keys. */
export function batchOf(values: readonly string[], options: BatchOptions = {}): Buffer {
  return batchOfRecords(
    values.map((value, index) => ({
      timestamp: TIME + index,
      key: null,
      value: Buffer.from(value),
    })),
    options,
  )
}

/** A batch of these records. */
export function batchOfRecords(
  records: readonly RecordInput[],
  options: BatchOptions = {},
): Buffer {
  const builder = new BatchBuilder(options)
  for (const record of records) builder.append(record)
  return Buffer.from(builder.build())
}

/** A batch of one producer. */
export function batchFrom(
  producerId: number,
  producerEpoch: number,
  baseSequence: number,
  recordCount = 1,
): Buffer {
  const values = Array.from({ length: recordCount }, (_, i) => `${baseSequence}+${i}`)
  return batchOf(values, { producerId, producerEpoch, baseSequence })
}

/** The batch with other bytes at a position, and the checksum of what it is then. */
export function patched(records: Buffer, at: number, bytes: readonly number[]): Buffer {
  const copy = Buffer.from(records)
  copy.set(bytes, at)
  batch.setCrc(copy, 0)
  return copy
}

/** The batch with other bytes at a position, under its old checksum. */
export function spoilt(records: Buffer, at: number, bytes: readonly number[]): Buffer {
  const copy = Buffer.from(records)
  copy.set(bytes, at)
  return copy
}
