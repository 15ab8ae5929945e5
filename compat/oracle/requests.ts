/** Parts of requests that many cases need. */
import { BatchBuilder, type BatchOptions, type RecordInput } from '@moldau/protocol'

/** A point in time far from now: what records carry unless a case says otherwise. */
export const SOME_TIME = 1_700_000_000_000
/** A topic id that nothing has. */
export const UNKNOWN_ID = 'BBBBBBBBBBBBBBBBBBBBBA'
/** The id that means none. */
export const ZERO_ID = 'AAAAAAAAAAAAAAAAAAAAAA'

/** Every version of an API that brokers tell. */
export function versionsOf(api: { readonly versions: readonly [number, number] }): number[] {
  const [lowest, highest] = api.versions
  return Array.from({ length: highest - lowest + 1 }, (_, i) => lowest + i)
}

/** A batch of records: values with keys `k0`, `k1` … and rising times, or whole records. */
export function batchOf(
  options: BatchOptions,
  ...records: readonly (string | Buffer | RecordInput)[]
): Buffer {
  const builder = new BatchBuilder(options)
  for (const [i, record] of records.entries())
    builder.append(
      typeof record === 'string' || Buffer.isBuffer(record)
        ? {
            timestamp: SOME_TIME + i,
            key: Buffer.from(`k${i}`),
            value: Buffer.from(record),
          }
        : record,
    )
  return builder.build()
}

/** A topic of a CreateTopics request. */
export function newTopic(
  name: string,
  options: {
    readonly numPartitions?: number
    readonly replicationFactor?: number
    readonly assignments?: readonly {
      readonly partitionIndex: number
      readonly brokerIds: readonly number[]
    }[]
    readonly configs?: readonly { readonly name: string; readonly value: string | null }[]
  } = {},
) {
  return { name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [], ...options }
}
