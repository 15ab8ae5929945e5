/**
 * Whether a sync may be done in the event loop. On a fast disk it takes less time than the way to a thread and back, and
 * whatever comes meanwhile waits in the sockets and shares the next one. So it is done there when one log alone
 * wants them and the last ones were quick; where somebody reads as well, the loop is left to others for a third of the time.
 */
import type { Clock } from '@moldau/base'

/** What takes the disk longer to write is never synced in the loop: 256 KB took it 40 ms once. */
const BYTES_MAX = 96 * 1024
/** Quick: a sync by a thread, way included, and one in the loop. */
const QUICK_IN_THREAD_MS = 1
const QUICK_IN_LOOP_MS = 2
/** So many quick ones in a row let the next be done in the loop; each that then blocks it for long doubles the number. */
const QUICK_ONES_MIN = 8
const QUICK_ONES_MAX = 512
/** After so many in a row the disk counts as new. */
const FORGIVEN_AFTER = 2000
/** Where somebody reads, no sync is done in the loop for this part of the time that the last one took. */
const PAUSE = 0.5

/** What is known of the syncs of one directory. */
export class QuickSyncs {
  readonly #clock: Clock
  #inARow = 0
  #needed = QUICK_ONES_MIN
  #notBefore = 0
  #hasReaders = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  mayBlock(bytes: number): boolean {
    if (bytes > BYTES_MAX || this.#inARow < this.#needed) return false
    return !this.#hasReaders || this.#clock.monotonic() >= this.#notBefore
  }

  /** Somebody reads a log. */
  read(): void {
    this.#hasReaders = true
  }

  /** Milliseconds, to give to `tookThread` or `tookLoop`. */
  start(): number {
    return this.#clock.monotonic()
  }

  /** A sync by a thread has ended. */
  tookThread(startMs: number): void {
    if (this.#clock.monotonic() - startMs <= QUICK_IN_THREAD_MS) this.#inARow++
    else this.#inARow = 0
  }

  /** A sync in the loop has ended. */
  tookLoop(startMs: number): void {
    const now = this.#clock.monotonic()
    const took = now - startMs
    this.#notBefore = now + took * PAUSE
    this.#hasReaders = false
    if (took > QUICK_IN_LOOP_MS) {
      this.#inARow = 0
      this.#needed = Math.min(this.#needed * 2, QUICK_ONES_MAX)
    } else if (++this.#inARow > FORGIVEN_AFTER) this.#needed = QUICK_ONES_MIN
  }
}
