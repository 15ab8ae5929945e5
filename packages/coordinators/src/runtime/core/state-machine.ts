/** What a shard's state must be able to do. Pure: no time, no input or output but by the turn it is given. */
import type { TimerEvent, Turn } from './turn.ts'

/** A record as it was read back. */
export interface StoredShardRecord {
  readonly key: Buffer
  readonly value: Buffer | null
  /** The producer whose transaction the record is part of. */
  readonly transactionOf: number | undefined
}

export interface StateMachine {
  /** Applies a committed record while the shard is loaded. @throws DecodeError */
  replay(record: StoredShardRecord): void
  /** The end of a producer's transaction was read. */
  replayMarker(producerId: number, isCommit: boolean): void
  /** All records are replayed. */
  loaded(turn: Turn): void
  timerFired(event: TimerEvent, turn: Turn): void
}
