/** Topics over a raw connection: make them, and read a partition from its first offset to its end. */
import { Apis, ErrorCode, errorName, readBatches, readRecords } from '@moldau/protocol'
import type { RawConnection } from './raw-connection.ts'

const FETCH_MAX_BYTES = 8 * 1024 * 1024
/** Making thousands of partitions takes a while on a busy machine. */
const CREATE_TIMEOUT_MS = 60_000

/** A record as it was read. */
export interface ReadRecord {
  readonly offset: number
  readonly key: string
  readonly value: string
}

/** Makes a topic. @throws the error of the answer */
export async function createTopic(
  connection: RawConnection,
  name: string,
  partitionCount: number,
): Promise<void> {
  const answer = await connection.request(Apis.CreateTopics, 7, {
    topics: [
      { name, numPartitions: partitionCount, replicationFactor: 1, assignments: [], configs: [] },
    ],
    timeoutMs: CREATE_TIMEOUT_MS,
  })
  const row = answer.topics[0]
  if (row?.errorCode !== ErrorCode.NONE)
    throw new Error(
      `Topic ${name} was not created: ${row === undefined ? 'no answer' : errorName(row.errorCode)}`,
    )
}

/** All records below the high watermark. @throws the error of an answer, DecodeError */
export async function readPartition(
  connection: RawConnection,
  topic: string,
  partition: number,
): Promise<ReadRecord[]> {
  const read: ReadRecord[] = []
  for (let fetchOffset = 0; ;) {
    const answer = await connection.request(Apis.Fetch, 12, {
      maxWaitMs: 0,
      minBytes: 0,
      maxBytes: FETCH_MAX_BYTES,
      topics: [
        { topic, partitions: [{ partition, fetchOffset, partitionMaxBytes: FETCH_MAX_BYTES }] },
      ],
    })
    const row = answer.responses[0]?.partitions[0]
    if (row?.errorCode !== ErrorCode.NONE)
      throw new Error(
        `Cannot read ${topic}-${partition} at ${fetchOffset}: ${row === undefined ? 'no answer' : errorName(row.errorCode)}`,
      )
    for (const { buffer, at } of readBatches(row.records ?? Buffer.alloc(0)))
      for (const { offset, key, value } of readRecords(buffer, at))
        if (offset >= fetchOffset) read.push({ offset, key: String(key), value: String(value) })
    const next = (read.at(-1)?.offset ?? -1) + 1
    if (fetchOffset >= row.highWatermark) return read
    if (next <= fetchOffset)
      throw new Error(
        `${topic}-${partition}: nothing at ${fetchOffset}, the high watermark is ${row.highWatermark}`,
      )
    fetchOffset = next
  }
}
