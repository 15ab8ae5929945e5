/**
 * Walks the batches of a segment file from a position on, reading ahead in large pieces. Used to find the end of a log,
 * to rebuild indexes and producer states, and by recovery, which also checks every checksum.
 */
import type { OpenFile } from '@moldau/io'
import { batch } from '@moldau/protocol'

const READ_BYTES = 1024 * 1024

/** What a checkpoint knows of a file: at `position` the batch with `offset` begins, and from there on none is left out. */
export interface KnownPosition {
  readonly position: number
  readonly offset: number
}

/** Offsets of a segment are kept in four bytes, counted from its base. */
const SEGMENT_OFFSETS_MAX = 2 ** 31 - 1

/** One walk. After `next()` returned true the batch is in `buffer` at `at`, whole. */
export class BatchScanner {
  readonly #file: OpenFile
  readonly #end: number
  readonly #checksCrc: boolean
  buffer: Buffer
  /** Where the batch begins in `buffer`. */
  at = 0
  /** Where the batch begins in the file; after the walk, where the sound part ends. */
  position: number
  sizeInBytes = 0
  /** Why the walk ended before the end of the file. */
  problem: string | undefined = undefined
  /** File position of the first byte of `buffer`, and how many bytes of it are filled. */
  #bufferPosition: number
  #filled = 0
  #expectedOffset: number
  readonly #firstOffset: number
  readonly #known: KnownPosition | undefined
  /** Where the first gap begins, which may be a base offset that has changed: no checksum covers it. */
  #gapOffset: number | undefined = undefined
  #isChainBroken = false

  /** `nextOffset`: a batch whose base offset lies below it is unsound. */
  constructor(
    file: OpenFile,
    options: {
      from: number
      to: number
      nextOffset: number
      checksCrc: boolean
      known?: KnownPosition | undefined
    },
  ) {
    this.#firstOffset = options.nextOffset
    this.#known = options.known
    this.#file = file
    this.position = options.from
    this.#bufferPosition = options.from
    this.#end = options.to
    this.#expectedOffset = options.nextOffset
    this.#checksCrc = options.checksCrc
    this.buffer = Buffer.allocUnsafe(
      Math.max(batch.HEADER_BYTES, Math.min(READ_BYTES, options.to - options.from)),
    )
  }

  /** The offset behind the last sound batch. */
  get nextOffset(): number {
    return this.#expectedOffset
  }

  /** Below this offset the batches are sound, also where a problem of the chain may lie before the batch that shows it. */
  get soundOffset(): number {
    return this.#isChainBroken ? (this.#gapOffset ?? this.#expectedOffset) : this.#expectedOffset
  }

  /** The chain of offsets does not end where it must: the problem may lie at its first gap. */
  chainIsBroken(): void {
    this.#isChainBroken = true
  }

  /** Goes to the next batch; false at the end of the file or at a batch that is not sound. */
  next(): boolean {
    this.position += this.sizeInBytes
    this.sizeInBytes = 0
    const left = this.#end - this.position
    if (!this.#meetsKnown()) return false
    if (left === 0) return false
    if (left < batch.HEADER_BYTES) return this.#fail(`${left} bytes are less than a batch header`)
    if (!this.#have(batch.HEADER_BYTES)) return this.#fail('the file ends before its stated size')
    const size = batch.sizeInBytes(this.buffer, this.at)
    if (batch.magic(this.buffer, this.at) !== batch.MAGIC || size < batch.HEADER_BYTES)
      return this.#fail('no batch of format 2 begins here')
    if (size > left) return this.#fail(`a batch of ${size} bytes is cut after ${left}`)
    if (!this.#have(size)) return this.#fail('the file ends before its stated size')
    if (!batch.hasExactIntegers(this.buffer, this.at))
      return this.#fail('a number of the header is beyond 2^53')
    const baseOffset = batch.baseOffset(this.buffer, this.at)
    const lastOffset = batch.lastOffset(this.buffer, this.at)
    const isBeyondKnown = this.#known !== undefined && this.position >= this.#known.position
    if (
      baseOffset < this.#expectedOffset ||
      lastOffset < baseOffset ||
      lastOffset - this.#firstOffset > SEGMENT_OFFSETS_MAX ||
      (isBeyondKnown && baseOffset > this.#expectedOffset)
    ) {
      this.#isChainBroken = true
      return this.#fail(
        `the batch has offsets ${baseOffset} to ${lastOffset} where ${this.#expectedOffset} is next`,
      )
    }
    if (this.#checksCrc && !batch.isCrcValid(this.buffer, this.at))
      return this.#fail(`the checksum of the batch at offset ${baseOffset} is wrong`)
    this.sizeInBytes = size
    if (baseOffset > this.#expectedOffset) this.#gapOffset ??= this.#expectedOffset
    this.#expectedOffset = lastOffset + 1
    return true
  }

  /** Whether the offsets have come to where the checkpoint saw them. */
  #meetsKnown(): boolean {
    const known = this.#known
    if (known === undefined || this.position !== known.position) return true
    // An empty segment goes on where the log start was raised to.
    if (this.position === 0) this.#expectedOffset = Math.max(this.#expectedOffset, known.offset)
    if (this.#expectedOffset === known.offset) return true
    this.#isChainBroken = true
    return this.#fail(
      `the offsets come to ${this.#expectedOffset} where the checkpoint has ${known.offset}`,
    )
  }

  #have(bytes: number): boolean {
    this.at = this.position - this.#bufferPosition
    if (this.at + bytes <= this.#filled) return true
    if (bytes > this.buffer.length) this.buffer = Buffer.allocUnsafe(bytes)
    const room = Math.min(this.buffer.length, this.#end - this.position)
    this.#filled = this.#file.read(this.buffer.subarray(0, room), this.position)
    this.#bufferPosition = this.position
    this.at = 0
    return bytes <= this.#filled
  }

  #fail(problem: string): false {
    this.problem = problem
    return false
  }
}
