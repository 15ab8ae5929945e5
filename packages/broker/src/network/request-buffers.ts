/**
 * Buffers for frames that do not fit one read, in size classes, and the budget of bytes that all frames on their way
 * in may take together; what is kept for later frames is within it too. A buffer has one owner: it is given back when
 * its frame was handled, and not touched after. One that is not kept is let go of at once: the garbage collector waits
 * for tens of megabytes of them, which a small machine does not have.
 */
import { releaseMemory } from '@moldau/base'

const SMALLEST_CLASS = 14 // 16 KiB
const LARGEST_CLASS = 24 // 16 MiB
/** Buffers kept of each size class. */
const KEPT_PER_CLASS = 8
/** A larger frame begins with a buffer of this size, which grows as bytes arrive. */
const FIRST_BUFFER_BYTES = 2 * 1024 * 1024
/** Size of the buffer that all connections read small frames into. */
const LANDING_BYTES = 128 * 1024
/** Room in front of the landing buffer for the start of a frame that an earlier read brought. */
export const LANDING_HEADROOM = 8

export class RequestBuffers {
  /** Shared by all connections: what lands in it is consumed before the next read. */
  readonly landing = Buffer.allocUnsafeSlow(LANDING_HEADROOM + LANDING_BYTES)
  readonly landingTarget = this.landing.subarray(LANDING_HEADROOM)
  readonly #free: Buffer[][] = Array.from({ length: LARGEST_CLASS + 1 }, () => [])
  readonly #budgetBytes: number
  readonly #waiting: { frameBytes: number; granted: () => void; cancelled: boolean }[] = []
  #reservedBytes = 0
  #keptBytes = 0

  constructor(budgetBytes: number) {
    this.#budgetBytes = budgetBytes
  }

  /** Bytes of the frames that are being received. */
  get reservedBytes(): number {
    return this.#reservedBytes
  }

  /** Bytes of the buffers that wait for their next frame. */
  get keptBytes(): number {
    return this.#keptBytes
  }

  /** Reserves budget for a frame. A frame above the whole budget is let in alone. */
  reserve(frameBytes: number): boolean {
    if (this.#waiting.length > 0 || !this.#fits(frameBytes)) return false
    this.#reservedBytes += frameBytes
    return true
  }

  /** Calls `granted` once the budget is reserved, in order of asking. Gives a function that stops waiting. */
  whenReserved(frameBytes: number, granted: () => void): () => void {
    const entry = { frameBytes, granted, cancelled: false }
    this.#waiting.push(entry)
    return () => {
      entry.cancelled = true
      this.#grant()
    }
  }

  /** Counts what is kept of frames that were given back: others wait for it, it waits for nothing. */
  keep(byteCount: number): void {
    this.#reservedBytes += byteCount
  }

  /** Gives budget back. */
  unreserve(frameBytes: number): void {
    this.#reservedBytes -= frameBytes
    this.#grant()
  }

  /** The first buffer of a frame: of the whole size, or of a part that `grow` makes larger. */
  take(frameBytes: number): Buffer {
    return this.#take(Math.min(frameBytes, FIRST_BUFFER_BYTES))
  }

  /** A buffer of twice the size (at most `frameBytes`) with the first `usedBytes` of `buffer`, which is given back. */
  grow(buffer: Buffer, usedBytes: number, frameBytes: number): Buffer {
    const larger = this.#take(Math.min(frameBytes, buffer.length * 2))
    buffer.copy(larger, 0, 0, usedBytes)
    this.give(buffer)
    return larger
  }

  /** Gives a buffer back: its owner must not look at it again. */
  give(buffer: Buffer): void {
    const sizeClass = 31 - Math.clz32(buffer.length)
    const free = buffer.length === 1 << sizeClass ? this.#free[sizeClass] : undefined
    if (
      free === undefined ||
      free.length === KEPT_PER_CLASS ||
      this.#keptBytes + buffer.length > this.#budgetBytes
    ) {
      releaseMemory(buffer)
      return
    }
    free.push(buffer)
    this.#keptBytes += buffer.length
  }

  #take(byteCount: number): Buffer {
    if (byteCount > 1 << LARGEST_CLASS) return Buffer.allocUnsafeSlow(byteCount)
    const sizeClass =
      byteCount <= 1 << SMALLEST_CLASS ? SMALLEST_CLASS : 32 - Math.clz32(byteCount - 1)
    const kept = this.#free[sizeClass]?.pop()
    if (kept === undefined) return Buffer.allocUnsafeSlow(1 << sizeClass)
    this.#keptBytes -= kept.length
    return kept
  }

  #fits(frameBytes: number): boolean {
    return this.#reservedBytes === 0 || this.#reservedBytes + frameBytes <= this.#budgetBytes
  }

  #grant(): void {
    for (;;) {
      const first = this.#waiting[0]
      if (first === undefined) return
      if (!first.cancelled) {
        if (!this.#fits(first.frameBytes)) return
        this.#reservedBytes += first.frameBytes
      }
      this.#waiting.shift()
      if (!first.cancelled) first.granted()
    }
  }
}
