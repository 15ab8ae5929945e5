/**
 * The bytes of an offset or time index: fixed-size entries, kept in a growing Buffer in the format of the file, and
 * written to the file from time to time. A crash may lose or tear the file: recovery rebuilds it from the log.
 */
import type { Files } from '@moldau/io'
import type { OpenFiles } from './open-files.ts'

/** Unwritten index bytes that make it worth a write. */
const WRITE_AT_BYTES = 16 * 1024

const nothing = Buffer.alloc(0)

/** Entries of one index file. */
export class SparseIndex {
  readonly #entryBytes: number
  #path: string
  #buffer: Buffer
  #count: number
  #writtenCount: number
  /** The file is longer or shorter than the entries say. */
  #needsResize = false

  private constructor(
    path: string,
    entryBytes: number,
    buffer: Buffer,
    count: number,
    written: number,
  ) {
    this.#path = path
    this.#entryBytes = entryBytes
    this.#buffer = buffer
    this.#count = count
    this.#writtenCount = written
  }

  static empty(path: string, entryBytes: number): SparseIndex {
    const index = new SparseIndex(path, entryBytes, nothing, 0, 0)
    index.#needsResize = true
    return index
  }

  /** The index in the file, or undefined when the file is missing or has a broken length. */
  static load(files: Files, path: string, entryBytes: number): SparseIndex | undefined {
    if (!files.exists(path)) return undefined
    const bytes = files.readAll(path)
    if (bytes.length % entryBytes !== 0) return undefined
    const count = bytes.length / entryBytes
    // A Buffer of its own: a small one would keep the whole slab that it was cut from.
    const own = count === 0 ? nothing : Buffer.alloc(bytes.length)
    bytes.copy(own)
    return new SparseIndex(path, entryBytes, own, count, count)
  }

  get path(): string {
    return this.#path
  }

  get count(): number {
    return this.#count
  }

  /** Bytes held in memory. */
  get heldBytes(): number {
    return this.#buffer.length
  }

  get buffer(): Buffer {
    return this.#buffer
  }

  /** Where the new last entry goes; the caller fills it. */
  add(): number {
    const at = this.#count * this.#entryBytes
    if (at + this.#entryBytes > this.#buffer.length) {
      const grown = Buffer.alloc(Math.max(this.#entryBytes * 8, this.#buffer.length * 2))
      this.#buffer.copy(grown, 0, 0, at)
      this.#buffer = grown
    }
    this.#count++
    return at
  }

  truncateTo(count: number): void {
    if (count >= this.#count) return
    this.#count = count
    if (this.#writtenCount > count) {
      this.#writtenCount = count
      this.#needsResize = true
    }
  }

  get hasMuchUnwritten(): boolean {
    return (this.#count - this.#writtenCount) * this.#entryBytes >= WRITE_AT_BYTES
  }

  get isWritten(): boolean {
    return this.#count === this.#writtenCount && !this.#needsResize
  }

  /** Brings the file up to the entries. */
  write(openFiles: OpenFiles): void {
    if (this.isWritten) return
    const { file } = openFiles.use(this.#path, 'create')
    if (this.#needsResize) {
      file.truncate(this.#writtenCount * this.#entryBytes)
      this.#needsResize = false
    }
    const from = this.#writtenCount * this.#entryBytes
    const to = this.#count * this.#entryBytes
    if (to > from) file.write(this.#buffer.subarray(from, to), from)
    this.#writtenCount = this.#count
  }
}
