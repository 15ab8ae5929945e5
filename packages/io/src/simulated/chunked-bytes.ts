/**
 * The content of a file in memory: a list of chunks, so that growing never copies what is there. The first chunk
 * starts small and doubles, as most files of a broker are tiny.
 */

const CHUNK_BYTES = 64 * 1024
const FIRST_CHUNK_BYTES = 512

/** Bytes that grow at the end. Gaps read as zeroes. */
export class ChunkedBytes {
  readonly #chunks: Buffer[] = []
  #length = 0

  get length(): number {
    return this.#length
  }

  /** Copies bytes from `position` on into `into`; returns their number. */
  read(into: Buffer, position: number): number {
    const count = Math.max(0, Math.min(into.length, this.#length - position))
    for (let done = 0; done < count;) {
      const at = position + done
      const offset = at % CHUNK_BYTES
      const piece = Math.min(count - done, CHUNK_BYTES - offset)
      const chunk = this.#chunks[(at - offset) / CHUNK_BYTES]
      // A chunk may be shorter than the file says: what it lacks are zeroes.
      const holds = chunk !== undefined && offset < chunk.length
      const held = holds ? chunk.copy(into, done, offset, offset + piece) : 0
      if (held < piece) into.fill(0, done + held, done + piece)
      done += piece
    }
    return count
  }

  write(data: Buffer, position: number): void {
    this.#extend(position + data.length)
    for (let done = 0; done < data.length;) {
      const at = position + done
      const offset = at % CHUNK_BYTES
      const piece = Math.min(data.length - done, CHUNK_BYTES - offset)
      this.#chunkOf((at - offset) / CHUNK_BYTES, offset + piece).set(
        data.subarray(done, done + piece),
        offset,
      )
      done += piece
    }
  }

  /** Cuts off what is behind `length`, or adds zeroes up to it. */
  truncate(length: number): void {
    if (length < this.#length) {
      const kept = Math.ceil(length / CHUNK_BYTES)
      this.#chunks.length = Math.min(this.#chunks.length, kept)
      // Bytes behind the end are zeroes, so that growing again shows none of the old ones.
      const offset = length % CHUNK_BYTES
      const last = this.#chunks[kept - 1]
      if (offset > 0 && last !== undefined && offset < last.length) last.fill(0, offset)
    }
    this.#length = length
  }

  toBuffer(): Buffer {
    const whole = Buffer.allocUnsafe(this.#length)
    this.read(whole, 0)
    return whole
  }

  #extend(length: number): void {
    if (length > this.#length) this.#length = length
  }

  /** The chunk `index`, at least `bytes` long. */
  #chunkOf(index: number, bytes: number): Buffer {
    const chunk = this.#chunks[index]
    if (chunk !== undefined && chunk.length >= bytes) return chunk
    let size = index > 0 ? CHUNK_BYTES : (chunk?.length ?? FIRST_CHUNK_BYTES)
    while (size < bytes) size *= 2
    const grown = Buffer.alloc(size)
    chunk?.copy(grown)
    while (this.#chunks.length < index) this.#chunks.push(Buffer.alloc(0))
    this.#chunks[index] = grown
    return grown
  }
}
