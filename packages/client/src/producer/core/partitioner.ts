/**
 * Which partition a record goes to. With a key: murmur2 of its bytes, as Java's client. Without: one partition
 * after another, changed once a batch's worth of bytes went there (KIP-794), so that batches fill.
 */
import { murmur2, type Random } from '@moldau/base'

export class Partitioner {
  readonly #random: Random
  readonly #stickyBytes: number
  readonly #ignoresKeys: boolean
  /** Per topic: where keyless records go now, and how many bytes went there. */
  readonly #sticky = new Map<string, { partition: number; bytes: number }>()

  constructor(options: { random: Random; stickyBytes: number; ignoresKeys: boolean }) {
    this.#random = options.random
    this.#stickyBytes = options.stickyBytes
    this.#ignoresKeys = options.ignoresKeys
  }

  /** `recordBytes` is the record's estimated size; `available` are the partitions that have a leader. */
  choose(
    topic: string,
    key: Buffer | null,
    recordBytes: number,
    partitionCount: number,
    available: readonly number[],
  ): number {
    if (key !== null && !this.#ignoresKeys) return (murmur2(key) & 0x7fffffff) % partitionCount
    let current = this.#sticky.get(topic)
    if (
      current === undefined ||
      current.bytes >= this.#stickyBytes ||
      current.partition >= partitionCount
    ) {
      current = { partition: this.#next(current?.partition, partitionCount, available), bytes: 0 }
      this.#sticky.set(topic, current)
    }
    current.bytes += recordBytes
    return current.partition
  }

  forget(topic: string): void {
    this.#sticky.delete(topic)
  }

  #next(before: number | undefined, count: number, available: readonly number[]): number {
    if (available.length === 0) return this.#random.below(count)
    const others = available.length > 1 ? available.filter(p => p !== before) : available
    return others[this.#random.below(others.length)] as number
  }
}
