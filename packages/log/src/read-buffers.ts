/**
 * Buffers that fetches read files into, in sizes of powers of two, given back when the answer has left.
 */

const BYTES_MIN = 16 * 1024
const BYTES_MAX = 1024 * 1024
/** Buffers kept per size. */
const KEPT_MAX = 8

/** A pool of buffers. */
export class ReadBuffers {
  readonly #free = new Map<number, Buffer[]>()

  /** A buffer of at least `bytes`. */
  take(bytes: number): Buffer {
    // Not kept, so not rounded up either.
    if (bytes > BYTES_MAX) return Buffer.allocUnsafeSlow(bytes)
    let size = BYTES_MIN
    while (size < bytes) size *= 2
    return this.#free.get(size)?.pop() ?? Buffer.allocUnsafeSlow(size)
  }

  give(buffer: Buffer): void {
    if (buffer.length > BYTES_MAX) return
    let kept = this.#free.get(buffer.length)
    if (kept === undefined) this.#free.set(buffer.length, (kept = []))
    if (kept.length < KEPT_MAX) kept.push(buffer)
  }
}
