/**
 * Virtual time. Nothing happens by itself: `advance` runs what is due, in the order of time and then of arming, and
 * lets promise chains settle after each event. The same program on the same seed takes the same steps.
 */
import { type Clock, MinHeap, type Timer, type Timers } from '@moldau/base'
import { nodeTimers } from '../node/node-clock.ts'

/** Events at one instant; more of them are taken for a loop that never ends. */
const EVENTS_PER_INSTANT_MAX = 1_000_000

interface Event {
  readonly at: number
  readonly sequence: number
  readonly task: () => void
  isCancelled: boolean
}

/** A clock and its timers that move only when told to. */
export class SimulatedClock implements Clock, Timers {
  readonly #events = new MinHeap<Event>(
    (a, b) => a.at < b.at || (a.at === b.at && a.sequence < b.sequence),
  )
  #soon: (() => void)[] = []
  #elapsedMs = 0
  #wallOffset: number
  #sequence = 0
  #eventCount = 0
  #instant = -1
  #eventsInInstant = 0

  /** `startAt` is what `now()` tells at first, in milliseconds since 1970. */
  constructor(startAt = 1_700_000_000_000) {
    this.#wallOffset = startAt
  }

  /** Events that have run. */
  get eventCount(): number {
    return this.#eventCount
  }

  now(): number {
    return Math.floor(this.#elapsedMs + this.#wallOffset)
  }

  monotonic(): number {
    return this.#elapsedMs
  }

  /** Sets the wall clock forward or back, as an operator or NTP does. Timers do not notice. */
  jump(byMs: number): void {
    this.#wallOffset += byMs
  }

  after(delayMs: number, task: () => void): Timer {
    return this.at(this.#elapsedMs + delayMs, task)
  }

  /** Runs `task` when the monotonic clock stands at `time`, behind what is already due then. */
  at(time: number, task: () => void): Timer {
    const event = {
      at: Math.max(this.#elapsedMs, time),
      sequence: this.#sequence++,
      task,
      isCancelled: false,
    }
    this.#events.push(event)
    return { cancel: () => void (event.isCancelled = true) }
  }

  every(periodMs: number, task: () => void): Timer {
    let timer: Timer
    const run = (): void => {
      timer = this.after(Math.max(1, periodMs), run)
      task()
    }
    timer = this.after(Math.max(1, periodMs), run)
    return { cancel: () => timer.cancel() }
  }

  soon(task: () => void): void {
    this.#soon.push(task)
  }

  later(task: () => void): void {
    this.after(0, task)
  }

  /** Lets `ms` go by: runs everything that falls due. */
  async advance(ms: number): Promise<void> {
    const end = this.#elapsedMs + ms
    await this.#settle()
    while (await this.#step(end));
    this.#elapsedMs = end
  }

  /** Runs what is due now, and what follows from it, without time going by. */
  drain(): Promise<void> {
    return this.advance(0)
  }

  /**
   * Lets time go by until `promise` is settled, and gives its value.
   * @throws its error, or one that says that it did not settle within `limitMs`
   */
  async run<T>(promise: Promise<T>, limitMs = 60_000): Promise<T> {
    let isSettled = false
    const settled = (): void => void (isSettled = true)
    promise.then(settled, settled)
    const end = this.#elapsedMs + limitMs
    await this.#settle()
    while (!isSettled && (await this.#step(end)));
    if (!isSettled) throw new Error(`Nothing settled the promise within ${limitMs} simulated ms`)
    return promise
  }

  /** Runs the next event if it is due by `end`. */
  async #step(end: number): Promise<boolean> {
    let event = this.#events.peek()
    while (event?.isCancelled === true) {
      this.#events.pop()
      event = this.#events.peek()
    }
    if (event === undefined || event.at > end) return false
    this.#events.pop()
    this.#count(event)
    this.#elapsedMs = event.at
    event.task()
    await this.#settle()
    return true
  }

  #count(event: Event): void {
    this.#eventCount++
    this.#eventsInInstant = event.at === this.#instant ? this.#eventsInInstant + 1 : 0
    this.#instant = event.at
    if (this.#eventsInInstant > EVENTS_PER_INSTANT_MAX)
      throw new Error(`Time stands still at ${event.at} ms: an event makes the next without end`)
  }

  /** Runs the end of the tick; one real turn of the event loop lets every promise chain finish. */
  async #settle(): Promise<void> {
    do {
      this.#runSoon()
      await new Promise<void>(resolve => nodeTimers.later(resolve))
    } while (this.#soon.length > 0)
  }

  #runSoon(): void {
    while (this.#soon.length > 0) {
      const tasks = this.#soon
      this.#soon = []
      for (const task of tasks) task()
    }
  }
}
