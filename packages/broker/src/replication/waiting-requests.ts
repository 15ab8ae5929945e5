/**
 * Requests that wait for a partition: produces for an offset to be written or committed, fetches for more to read.
 * Kafka's purgatory without its wheels: a queue in offset order, a list that is walked on progress, timeouts looked
 * at together. Entries that are done stay until their queue is next walked.
 */
import type { Timers } from '@moldau/base'
import type { ErrorName } from '@moldau/protocol'

/** Waits for an offset. */
export interface OffsetWaiter {
  /** The offset that was waited for under `tag` is passed, or (with an error) will not be by this leader. */
  progressed(tag: number, error: ErrorName | undefined): void
}

/** Waits for readable records. */
export interface ReadWaiter {
  /** A waiter that is done is dropped. */
  readonly isDone: boolean
  /** The partition has more to read, or is read no longer from here. */
  awaken(): void
}

/** Waiters for offsets of one partition, in the order of their appends. */
export class OffsetQueue {
  readonly #offsets: number[] = []
  readonly #waiters: OffsetWaiter[] = []
  readonly #tags: number[] = []
  #first = 0

  get size(): number {
    return this.#offsets.length - this.#first
  }

  /** `waiter` is told under `tag` when the partition reaches `offset`. */
  add(offset: number, waiter: OffsetWaiter, tag: number): void {
    this.#offsets.push(offset)
    this.#waiters.push(waiter)
    this.#tags.push(tag)
  }

  /** Tells all that wait for an offset up to `reached`. */
  release(reached: number): void {
    while (this.#first < this.#offsets.length && (this.#offsets[this.#first] as number) <= reached)
      this.#tellFirst(undefined)
    this.#compact()
  }

  /** Tells all that their offset will not be reached here. */
  fail(error: ErrorName): void {
    while (this.#first < this.#offsets.length) this.#tellFirst(error)
    this.#compact()
  }

  #tellFirst(error: ErrorName | undefined): void {
    const i = this.#first++
    ;(this.#waiters[i] as OffsetWaiter).progressed(this.#tags[i] as number, error)
  }

  #compact(): void {
    if (this.#first === 0) return
    if (this.#first === this.#offsets.length) {
      this.#offsets.length = 0
      this.#waiters.length = 0
      this.#tags.length = 0
    } else if (this.#first < 1024) return
    else {
      this.#offsets.splice(0, this.#first)
      this.#waiters.splice(0, this.#first)
      this.#tags.splice(0, this.#first)
    }
    this.#first = 0
  }
}

/** Fetches that wait at one partition. */
export class ReadWaiters {
  #waiters: ReadWaiter[] = []
  #compactAt = 32

  add(waiter: ReadWaiter): void {
    if (this.#waiters.length >= this.#compactAt) {
      this.#waiters = this.#waiters.filter(one => !one.isDone)
      this.#compactAt = Math.max(32, this.#waiters.length * 2)
    }
    this.#waiters.push(waiter)
  }

  /** Wakes all; those that still wait stay. */
  awaken(): void {
    const waiters = this.#waiters
    if (waiters.length === 0) return
    this.#waiters = []
    for (const waiter of waiters) {
      if (waiter.isDone) continue
      waiter.awaken()
      if (!waiter.isDone) this.#waiters.push(waiter)
    }
  }
}

/** Something with a deadline that is looked at now and then. */
export interface Expiring {
  readonly isDone: boolean
  /** Monotonic milliseconds. */
  readonly deadline: number
  expire(): void
}

/** How often deadlines are looked at: timeouts of acks=all are seconds. */
const EXPIRY_CHECK_MS = 100
/** Entries from which on those that are done are let go of at once. */
const COMPACT_AT_MIN = 64

/**
 * Deadlines of many requests, without a timer for each. Most are done within a millisecond: kept until the next look
 * they would outlive the young generation of the heap, by the ten thousand.
 */
export class Deadlines {
  readonly #timers: Timers
  readonly #monotonic: () => number
  #entries: Expiring[] = []
  #compactAt = COMPACT_AT_MIN
  #isArmed = false

  constructor(timers: Timers, monotonic: () => number) {
    this.#timers = timers
    this.#monotonic = monotonic
  }

  add(entry: Expiring): void {
    if (this.#entries.length >= this.#compactAt) {
      this.#entries = this.#entries.filter(one => !one.isDone)
      this.#compactAt = Math.max(COMPACT_AT_MIN, this.#entries.length * 2)
    }
    this.#entries.push(entry)
    if (!this.#isArmed) this.#arm()
  }

  #arm(): void {
    this.#isArmed = true
    this.#timers.after(EXPIRY_CHECK_MS, () => this.#check())
  }

  #check(): void {
    const now = this.#monotonic()
    const entries = this.#entries
    this.#entries = []
    for (const entry of entries) {
      if (entry.isDone) continue
      if (entry.deadline <= now) entry.expire()
      else this.#entries.push(entry)
    }
    this.#isArmed = false
    if (this.#entries.length > 0) this.#arm()
  }
}
