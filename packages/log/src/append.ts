/**
 * What is given to an append and what it answers, and the answer that the producer's past gives.
 */
import { batch } from '@moldau/protocol'
import type { AppendProblem } from './core/append-plan.ts'
import { markerOf, producerHeaderOf, type LogContents } from './log-contents.ts'

/** Who wrote the records: decides how much is checked, and whether offsets are assigned or given. */
export type AppendOrigin = 'client' | 'coordinator' | 'replication' | 'raft'

/** How to append. @public */
export interface AppendOptions {
  readonly origin: AppendOrigin
  /** Epoch of the leader that assigns the offsets; batches of a follower or the quorum carry their own. */
  readonly leaderEpoch: number
  /** Wall-clock milliseconds, where the caller has read the clock already. */
  readonly now?: number
  /** The records are what `prepareHeavy` has made. */
  readonly isPrepared?: boolean
}

/** Where records were put. `logAppendTime` is −1 unless the broker set it. */
export interface AppendedRecords {
  readonly baseOffset: number
  readonly lastOffset: number
  readonly logAppendTime: number
  readonly logStartOffset: number
  /** The producer had sent them before: nothing was appended. */
  readonly duplicate?: boolean
  readonly error?: undefined
}

/** What `append` answers. */
export type AppendResult = AppendedRecords | AppendProblem

/** The answer of a log that takes no more. */
export const storageProblem: AppendProblem = {
  error: 'KAFKA_STORAGE_ERROR',
  message: 'Cannot append: the log is closed, or its directory has failed',
}

/** Whether a file call has failed; anything else is a bug. */
export function isSystemError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error
}

/** A repeated batch gets its first answer, a gap or an old epoch is refused; undefined lets the batch pass. */
export function checkProducer(
  contents: LogContents,
  records: Buffer,
  origin: AppendOrigin,
): AppendResult | undefined {
  const { producers } = contents
  if (batch.isControl(records, 0)) {
    const marker = markerOf(records, 0)
    return marker === undefined ? undefined : producers.checkMarker(marker)
  }
  const header = producerHeaderOf(records, 0)
  const { producerId, producerEpoch, firstSequence, lastSequence } = header
  const duplicate = producers.findDuplicate(producerId, producerEpoch, firstSequence, lastSequence)
  if (duplicate === undefined) return producers.check(header, origin === 'client')
  return {
    baseOffset: duplicate.lastOffset - duplicate.offsetDelta,
    lastOffset: duplicate.lastOffset,
    // Kafka 4.3.1 answers the cached timestamp, whatever the type of the topic's timestamps.
    logAppendTime: duplicate.timestamp,
    logStartOffset: contents.logStartOffset,
    duplicate: true,
  }
}
