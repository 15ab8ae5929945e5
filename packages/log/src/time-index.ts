/**
 * Timestamp to offset, sparse. Kafka's `.timeindex`: 12 bytes an entry, the largest timestamp so far (so that they rise
 * even where record times do not) and the last offset, relative to the segment's base, of the batch that brought it.
 */
import type { Files } from '@moldau/io'
import { readInt64, writeInt64 } from './int64.ts'
import { SparseIndex } from './sparse-index.ts'

const ENTRY_BYTES = 12

/** The time index of one segment. */
export class TimeIndex {
  readonly baseOffset: number
  readonly entries: SparseIndex

  constructor(baseOffset: number, entries: SparseIndex) {
    this.baseOffset = baseOffset
    this.entries = entries
  }

  static empty(path: string, baseOffset: number): TimeIndex {
    return new TimeIndex(baseOffset, SparseIndex.empty(path, ENTRY_BYTES))
  }

  /** The stored index, or undefined when it is missing or cannot be right. */
  static load(files: Files, path: string, baseOffset: number): TimeIndex | undefined {
    const entries = SparseIndex.load(files, path, ENTRY_BYTES)
    if (entries === undefined) return undefined
    const index = new TimeIndex(baseOffset, entries)
    for (let slot = 0; slot < entries.count; slot++) {
      const isSane =
        slot === 0
          ? // What a crash has left of a write that was never synced is zeroes.
            index.#relative(slot) > 0 || (index.#relative(slot) === 0 && index.#timestamp(slot) > 0)
          : index.#timestamp(slot - 1) < index.#timestamp(slot) &&
            index.#relative(slot - 1) <= index.#relative(slot)
      if (!isSane) return undefined
    }
    return index
  }

  get count(): number {
    return this.entries.count
  }

  isFull(maxBytes: number): boolean {
    return this.entries.count >= Math.floor(maxBytes / ENTRY_BYTES) - 1
  }

  /** −1 without entries. */
  get lastTimestamp(): number {
    return this.count === 0 ? -1 : this.#timestamp(this.count - 1)
  }

  /** Offset of the last entry, the base offset without entries. */
  get lastOffset(): number {
    return this.count === 0 ? this.baseOffset : this.baseOffset + this.#relative(this.count - 1)
  }

  /** Adds an entry unless the timestamp is not above the last one. */
  maybeAppend(timestamp: number, offset: number): void {
    if (timestamp <= this.lastTimestamp) return
    const at = this.entries.add()
    writeInt64(this.entries.buffer, at, timestamp)
    this.entries.buffer.writeInt32BE(offset - this.baseOffset, at + 8)
  }

  /** An offset before which (inclusive) no timestamp reaches above the entry's: where a search for `timestamp` begins. */
  offsetFor(timestamp: number): number {
    let low = 0
    let high = this.count - 1
    while (low <= high) {
      const middle = (low + high) >>> 1
      if (this.#timestamp(middle) <= timestamp) low = middle + 1
      else high = middle - 1
    }
    return high < 0 ? this.baseOffset : this.baseOffset + this.#relative(high)
  }

  /** Drops entries at or beyond `offset`. */
  truncateTo(offset: number): void {
    let count = this.count
    while (count > 0 && this.#relative(count - 1) >= offset - this.baseOffset) count--
    this.entries.truncateTo(count)
  }

  #timestamp(slot: number): number {
    return readInt64(this.entries.buffer, slot * ENTRY_BYTES)
  }

  #relative(slot: number): number {
    return this.entries.buffer.readInt32BE(slot * ENTRY_BYTES + 8)
  }
}
