/**
 * Whether writing synchronously is cheap at present: a moving average of what the last such writes cost. When the disk
 * (or the page cache, which must first find memory) makes them dear, partitions queue their writes for the thread pool.
 */
import type { Clock } from '@moldau/base'

/** Above this many nanoseconds per byte writes are queued. */
const CHEAP_NS_PER_BYTE = 1.5
/**
 * No single write counts as dearer. A thread that lost its processor in the middle of a write says nothing about the
 * disk, and with a higher limit a few of them in a row turn all writes over to the pool on a busy machine.
 */
const CLAMP_NS_PER_BYTE = 4
const WEIGHT = 0.05
/** Added to the bytes of a write, so that the cost of the call itself does not count as slowness. */
const CALL_BYTES = 4096
/** To hand a write to the pool and back costs about 20 us of processor time: as much as so many bytes of cold memory. */
const ALWAYS_SYNC_BELOW_BYTES = 12 * 1024
/** One write in so many is synchronous all the same, to notice when the disk is fast again. */
const PROBE_EVERY = 32

/** The cost of synchronous writes in one directory. */
export class WriteCost {
  readonly #clock: Clock
  readonly #cheapNsPerByte: number
  #nsPerByte = 0
  #probes = 0

  constructor(clock: Clock, cheapNsPerByte = CHEAP_NS_PER_BYTE) {
    this.#clock = clock
    this.#cheapNsPerByte = cheapNsPerByte
  }

  isCheap(bytes: number): boolean {
    if (this.#nsPerByte < this.#cheapNsPerByte || bytes < ALWAYS_SYNC_BELOW_BYTES) return true
    this.#probes++
    return this.#probes % PROBE_EVERY === 0
  }

  /** Milliseconds, to give to `wrote` when the write has returned. */
  start(): number {
    return this.#clock.monotonic()
  }

  wrote(startMs: number, bytes: number): void {
    const ns = (this.#clock.monotonic() - startMs) * 1e6
    const cost = Math.min(CLAMP_NS_PER_BYTE, ns / (bytes + CALL_BYTES))
    this.#nsPerByte += (cost - this.#nsPerByte) * WEIGHT
  }
}
