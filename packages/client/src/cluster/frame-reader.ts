/**
 * Cuts frames (a 32-bit length, then that many bytes) out of a stream. Bytes land in chunks that are never used
 * again, so a frame is a view and may be kept: records of a fetch are handed on without a copy.
 */

const chunkBytes = 64 * 1024
const lengthBytes = 4
/** Least room for a read. */
const landingBytesMin = 4 * 1024

export class FrameReader {
  readonly #frameBytesMax: number
  #chunk = Buffer.allocUnsafeSlow(chunkBytes)
  /** What was received and not cut yet lies from #start to #end. */
  #start = 0
  #end = 0

  constructor(frameBytesMax: number) {
    this.#frameBytesMax = frameBytesMax
  }

  /** Where the next bytes go. */
  landing(): Buffer {
    const pending = this.#end - this.#start
    const frame = pending >= lengthBytes ? lengthBytes + this.#chunk.readInt32BE(this.#start) : 0
    const needed = Math.max(frame - pending, landingBytesMin)
    if (this.#chunk.length - this.#end < needed) {
      const next = Buffer.allocUnsafeSlow(Math.max(chunkBytes, pending + needed))
      this.#chunk.copy(next, 0, this.#start, this.#end)
      this.#chunk = next
      this.#start = 0
      this.#end = pending
    }
    return this.#chunk.subarray(this.#end)
  }

  /** Takes note of `byteCount` bytes in the landing. */
  received(byteCount: number): void {
    this.#end += byteCount
  }

  /** The next whole frame without its length, or undefined. @throws RangeError for a length that cannot be */
  next(): Buffer | undefined {
    const pending = this.#end - this.#start
    if (pending < lengthBytes) return undefined
    const length = this.#chunk.readInt32BE(this.#start)
    if (length < 0 || length > this.#frameBytesMax)
      throw new RangeError(`A frame of ${length} bytes was announced`)
    if (pending < lengthBytes + length) return undefined
    const at = this.#start + lengthBytes
    this.#start = at + length
    return this.#chunk.subarray(at, at + length)
  }
}
