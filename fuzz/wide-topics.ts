/**
 * Keeps the broker a small one. Requests that ask for 10,000 partitions come again and again, and what is never deleted
 * adds up to more partitions than 256 MiB are for: each has a log, and some 3 KB of heap.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { Apis } from '../packages/protocol/src/index.ts'
import { RawConnection } from '../packages/testing/src/raw-connection.ts'
import { createTopics } from './setup.ts'

/** Topics of more partitions are wide. */
const WIDE = 1000
/** So many partitions may be in wide topics: one of the most that a request can ask for, and some of the floods'. */
const PARTITIONS_MAX = 15_000

/** How often they are counted. */
const PAUSE_MS = 1000

/** Deletes the wide topics whenever they have too many partitions together, until `hasEnded`. */
export async function limitWideTopics(port: number, hasEnded: () => boolean): Promise<void> {
  while (!hasEnded()) {
    // An answer that does not come is for the witness to tell.
    await deleteExcess(port).catch(() => {})
    await pause(PAUSE_MS)
  }
}

async function deleteExcess(port: number): Promise<void> {
  const connection = await RawConnection.open(port)
  try {
    const { topics } = await connection.request(Apis.Metadata, 12, {
      topics: null,
      allowAutoTopicCreation: false,
      includeTopicAuthorizedOperations: false,
    })
    const wide = topics.filter(({ partitions }) => partitions.length > WIDE)
    const count = wide.reduce((sum, { partitions }) => sum + partitions.length, 0)
    if (count <= PARTITIONS_MAX) return
    await connection.request(Apis.DeleteTopics, 5, {
      topicNames: wide.map(({ name }) => name ?? ''),
      timeoutMs: 30_000,
    })
    await createTopics(connection)
  } finally {
    connection.destroy()
  }
}
