/**
 * Starts fdatasync calls, a few at a time, so that cold reads find a free thread. A log that asks while its sync runs
 * gets another one behind it: all that was appended meanwhile shares it.
 */
import type { Clock } from '@moldau/base'
import { QuickSyncs } from './quick-syncs.ts'

/** Something that can be synced. */
export interface Syncable {
  /** Starts one round and calls `done` when it has ended, well or badly. */
  startSync(done: () => void): void
}

/** The queue of syncs of one directory. */
export class SyncScheduler {
  readonly quick: QuickSyncs
  #atOnceMax: number
  readonly #waiting = new Set<Syncable>()
  readonly #running = new Set<Syncable>()
  #isStarting = false
  /** The log of the last round. */
  #last: Syncable | undefined
  #isAlone = false

  constructor(atOnceMax: number, clock: Clock) {
    this.#atOnceMax = atOnceMax
    this.quick = new QuickSyncs(clock)
  }

  request(log: Syncable): void {
    this.#waiting.add(log)
    this.#start()
  }

  /** So many run at once from now on. */
  widen(atOnceMax: number): void {
    this.#atOnceMax = Math.max(this.#atOnceMax, atOnceMax)
  }

  /** Whether the round that is being started is the only one, nobody waits, and the last one was of the same log. */
  get isAlone(): boolean {
    return this.#isAlone
  }

  isBusy(log: Syncable): boolean {
    return this.#waiting.has(log) || this.#running.has(log)
  }

  /** A round may end within its start: then the loop goes on, not deeper. */
  #start(): void {
    if (this.#isStarting) return
    this.#isStarting = true
    for (const log of this.#waiting) {
      if (this.#running.size >= this.#atOnceMax) break
      if (this.#running.has(log)) continue
      this.#waiting.delete(log)
      this.#running.add(log)
      const isOnly = this.#waiting.size === 0 && this.#running.size === 1
      this.#isAlone = isOnly && this.#last === log
      this.#last = log
      log.startSync(() => {
        this.#running.delete(log)
        this.#start()
      })
    }
    this.#isStarting = false
  }
}
