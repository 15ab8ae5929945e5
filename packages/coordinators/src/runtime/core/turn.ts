/**
 * One event handled by a shard's state machine: what it may read (the time, randomness) and what it decided: records to
 * write, answers to give once they are committed, timers to start. The shell performs them, in that order.
 */
import type { LogFields, Random } from '@moldau/base'
import type { ErrorName } from '@moldau/protocol'

/** A record of an internal topic. A null value deletes what the key names. */
export interface ShardRecord {
  readonly key: Buffer
  readonly value: Buffer | null
  /** Clients bring it about again where a power cut takes it: nobody waits for the disk, unless the topic asks for that. */
  readonly isRenewable?: boolean
}

/** Somebody who waits for an answer, perhaps for a long time. */
export interface Reply<Response> {
  succeed(response: Response): void
  /** The state that would have answered is gone, or the answer cannot be committed in time. */
  fail(error: ErrorName): void
}

/** An answer that waits for the records it rests on. */
export interface Answer {
  release(): void
  fail(error: ErrorName): void
}

/** What a timer means. The object itself names the timer: starting it again moves it. */
export interface TimerEvent {
  readonly kind: string
}

/** A timer to start, or to stop where there is no delay. */
export interface TimerChange {
  readonly event: TimerEvent
  readonly delayMs: number | undefined
}

/** Something that an operator may want to know. */
export interface Note {
  readonly level: 'info' | 'warn'
  readonly event: string
  readonly fields: LogFields
}

export class Turn {
  /** Wall-clock time in milliseconds. */
  readonly now: number
  readonly random: Random
  readonly records: ShardRecord[] = []
  readonly answers: Answer[] = []
  readonly timers: TimerChange[] = []
  readonly notes: Note[] = []

  constructor(now: number, random: Random) {
    this.now = now
    this.random = random
  }

  /** The state machine has applied the record already. */
  write(record: ShardRecord): void {
    this.records.push(record)
  }

  answer<Response>(reply: Reply<Response>, response: Response): void {
    this.answers.push({
      release: () => reply.succeed(response),
      fail: error => reply.fail(error),
    })
  }

  /** Starts the timer, or moves it. */
  startTimer(event: TimerEvent, delayMs: number): void {
    this.timers.push({ event, delayMs })
  }

  stopTimer(event: TimerEvent): void {
    this.timers.push({ event, delayMs: undefined })
  }

  note(event: string, fields: LogFields): void {
    this.notes.push({ level: 'info', event, fields })
  }

  warn(event: string, fields: LogFields): void {
    this.notes.push({ level: 'warn', event, fields })
  }
}
