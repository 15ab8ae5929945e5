/**
 * A part of a log that was found out of the page cache although this process wrote it not long ago: reads of it go to
 * the thread pool. A thread that lost its processor in the middle of a read looks like a disk that was waited for, so
 * the part is small at first and doubles while what follows it is not in the cache either. A few quick reads prove
 * nothing: the system reads ahead.
 */
import type { Segment } from './segment.ts'

const BYTES_MIN = 4 * 1024 * 1024
const BYTES_MAX = 256 * 1024 * 1024

/** The latest such part of one log. */
export class ColdRange {
  #segment: Segment | undefined = undefined
  #from = 0
  #to = 0
  #nextBytes = BYTES_MIN
  /** Read quickly since the last slow read. */
  #quickBytes = 0

  holds(segment: Segment, position: number): boolean {
    return segment === this.#segment && position >= this.#from && position < this.#to
  }

  /** A read up to `position` had to wait. */
  wasSlow(segment: Segment, position: number): void {
    this.#segment = segment
    this.#from = position
    this.#to = position + this.#nextBytes
    this.#nextBytes = Math.min(this.#nextBytes * 2, BYTES_MAX)
    this.#quickBytes = 0
  }

  /** Bytes were served from the page cache. After as many as the next part would have, it begins small again. */
  wasQuick(bytes: number): void {
    this.#quickBytes += bytes
    if (this.#quickBytes >= this.#nextBytes) this.#nextBytes = BYTES_MIN
  }
}
