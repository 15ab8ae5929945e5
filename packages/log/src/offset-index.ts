/**
 * Offset to file position, sparse: an entry per `index.interval.bytes` of log. Kafka's `.index`: 8 bytes an entry, the
 * last offset of a batch relative to the segment's base, then the position where that batch begins.
 */
import type { Files } from '@moldau/io'
import { SparseIndex } from './sparse-index.ts'

const ENTRY_BYTES = 8

/** The offset index of one segment. */
export class OffsetIndex {
  readonly baseOffset: number
  readonly entries: SparseIndex

  constructor(baseOffset: number, entries: SparseIndex) {
    this.baseOffset = baseOffset
    this.entries = entries
  }

  static empty(path: string, baseOffset: number): OffsetIndex {
    return new OffsetIndex(baseOffset, SparseIndex.empty(path, ENTRY_BYTES))
  }

  /** The stored index, or undefined when it is missing or cannot be right for a log of this size. */
  static load(
    files: Files,
    path: string,
    baseOffset: number,
    logBytes: number,
  ): OffsetIndex | undefined {
    const entries = SparseIndex.load(files, path, ENTRY_BYTES)
    if (entries === undefined) return undefined
    const index = new OffsetIndex(baseOffset, entries)
    return index.#isSane(logBytes) ? index : undefined
  }

  get count(): number {
    return this.entries.count
  }

  isFull(maxBytes: number): boolean {
    return this.entries.count >= Math.floor(maxBytes / ENTRY_BYTES)
  }

  append(offset: number, position: number): void {
    const at = this.entries.add()
    this.entries.buffer.writeInt32BE(offset - this.baseOffset, at)
    this.entries.buffer.writeInt32BE(position, at + 4)
  }

  /** Position of a batch at or before the one that holds `offset`: where a search begins. */
  positionFor(offset: number): number {
    const slot = this.#slotFor(offset - this.baseOffset)
    return slot < 0 ? 0 : this.#position(slot)
  }

  /** The last position in the index that is not above `position`; 0 where there is none. */
  positionBelow(position: number): number {
    let slot = this.count - 1
    while (slot >= 0 && this.#position(slot) > position) slot--
    return slot < 0 ? 0 : this.#position(slot)
  }

  /** Position named by the last entry, 0 without entries. */
  get lastPosition(): number {
    return this.count === 0 ? 0 : this.#position(this.count - 1)
  }

  /** Drops entries whose offset or position lies at or beyond the new end. */
  truncateTo(offset: number, position: number): void {
    let count = this.count
    while (
      count > 0 &&
      (this.#relative(count - 1) >= offset - this.baseOffset ||
        this.#position(count - 1) >= position)
    )
      count--
    this.entries.truncateTo(count)
  }

  #slotFor(relative: number): number {
    let low = 0
    let high = this.count - 1
    while (low <= high) {
      const middle = (low + high) >>> 1
      if (this.#relative(middle) <= relative) low = middle + 1
      else high = middle - 1
    }
    return high
  }

  /** Walks all entries: after a crash any part of the file may be old or zero. */
  #isSane(logBytes: number): boolean {
    let relative = -1
    // No entry names the first batch: one that does is of zeroes, which a crash has left.
    let position = 0
    for (let slot = 0; slot < this.count; slot++) {
      if (this.#relative(slot) <= relative || this.#position(slot) <= position) return false
      relative = this.#relative(slot)
      position = this.#position(slot)
    }
    return this.count === 0 || position < logBytes
  }

  #relative(slot: number): number {
    return this.entries.buffer.readInt32BE(slot * ENTRY_BYTES)
  }

  #position(slot: number): number {
    return this.entries.buffer.readInt32BE(slot * ENTRY_BYTES + 4)
  }
}
