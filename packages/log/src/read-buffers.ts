/**
 * Buffers that fetches read files into, in sizes of powers of two, given back when the answer has left. One that is not
 * kept for another read is let go of at once: the garbage collector waits for tens of megabytes of them.
 */
import { releaseMemory } from '@moldau/base'

const BYTES_MIN = 16 * 1024
/** Buffers kept per size. */
const KEPT_MAX = 8

/** A pool of buffers. */
export class ReadBuffers {
  readonly #free = new Map<number, Buffer[]>()
  readonly #keptBytesMax: number
  #keptBytes = 0

  constructor(keptBytesMax: number) {
    this.#keptBytesMax = keptBytesMax
  }

  /** Bytes of the buffers that wait for a read. */
  get keptBytes(): number {
    return this.#keptBytes
  }

  /** A buffer of at least `bytes`. Of one that is new, what is not read into takes no memory. */
  take(bytes: number): Buffer {
    let size = BYTES_MIN
    while (size < bytes) size *= 2
    const kept = this.#free.get(size)?.pop()
    if (kept === undefined) return Buffer.allocUnsafeSlow(size)
    this.#keptBytes -= size
    return kept
  }

  /** Gives a buffer back: nobody may look at it again. */
  give(buffer: Buffer): void {
    const size = buffer.length
    let kept = this.#free.get(size)
    if (kept === undefined) this.#free.set(size, (kept = []))
    if (kept.length === KEPT_MAX || this.#keptBytes + size > this.#keptBytesMax) {
      releaseMemory(buffer)
      return
    }
    kept.push(buffer)
    this.#keptBytes += size
  }
}
