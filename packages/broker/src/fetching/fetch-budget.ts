/**
 * The memory of fetches, over all connections: records that are being read or were read, until their last byte is with
 * the kernel. Who asks while it is used up gets a little, so that clients that take their answers are served whatever
 * others do; who has not taken the last answers waits, in the order of asking, until there is room.
 */
import type { Timers } from '@moldau/base'
import type { World } from '@moldau/io'
import type { ReadWaiter } from '../replication/waiting-requests.ts'

/** The budget, and the part of the memory of the process that it is at most. */
const BYTES_MAX = 256 * 1024 * 1024
const MEMORY_SHARE = 1 / 16
/** What a fetch gets at least while there is room. */
const SMALL_ANSWER_BYTES = 1024 * 1024

/** No room: not even for one batch. */
export const NO_ROOM = -1

/** What is asked of a connection. */
export interface FetchingClient {
  readonly unsentBytes: number
  readonly hasOlderRequests: boolean
}

export class FetchBudget {
  readonly #timers: Timers
  readonly #bytesMax: number
  /** In the order of asking. */
  readonly #waiting = new Set<ReadWaiter>()
  #bytes = 0
  #isWaking = false

  constructor({ timers, memoryBytes = Infinity }: Pick<World, 'timers' | 'memoryBytes'>) {
    this.#timers = timers
    this.#bytesMax = Math.min(BYTES_MAX, memoryBytes * MEMORY_SHARE)
  }

  /** Bytes that are taken. */
  get bytes(): number {
    return this.#bytes
  }

  /** Bytes that a fetch may read now, or one batch if that is more; `NO_ROOM` where it has to wait. */
  roomFor(client: FetchingClient): number {
    const left = this.#bytesMax - this.#bytes
    if (left >= SMALL_ANSWER_BYTES) return left
    if (client.unsentBytes > 0 || client.hasOlderRequests) return NO_ROOM
    // Twice the budget is the end of that too: from there on, a batch for each connection that takes its answers.
    return left > -this.#bytesMax ? SMALL_ANSWER_BYTES : 0
  }

  /** Records are read, or will be. */
  take(byteCount: number): void {
    this.#bytes += byteCount
  }

  /** They are not in memory any more. */
  giveBack(byteCount: number): void {
    this.#bytes -= byteCount
    if (this.#waiting.size === 0 || this.#isWaking || !this.#hasRoom) return
    this.#isWaking = true
    this.#timers.soon(() => this.#awaken())
  }

  /** Awakens `fetch` when there is room. */
  wait(fetch: ReadWaiter): void {
    this.#waiting.add(fetch)
  }

  /** It waits no longer. */
  leave(fetch: ReadWaiter): void {
    this.#waiting.delete(fetch)
  }

  get #hasRoom(): boolean {
    return this.#bytesMax - this.#bytes >= SMALL_ANSWER_BYTES
  }

  #awaken(): void {
    this.#isWaking = false
    for (const fetch of this.#waiting) {
      if (!this.#hasRoom) return
      this.#waiting.delete(fetch)
      if (!fetch.isDone) fetch.awaken()
    }
  }
}
