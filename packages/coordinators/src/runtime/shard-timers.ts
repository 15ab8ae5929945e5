/**
 * The timers of one shard, by their event's identity. Moving a timer to a later time costs no timer of the outside world:
 * it is looked at when the earlier time comes (a session is moved by each heartbeat).
 */
import type { Clock, Timer, Timers } from '@moldau/base'
import type { TimerChange, TimerEvent } from './core/turn.ts'

interface StartedTimer {
  /** Of the monotonic clock, when the event is due. */
  dueAt: number
  /** When `timer` fires, never later than `dueAt`. */
  firesAt: number
  timer: Timer
}

export class ShardTimers {
  readonly #clock: Clock
  readonly #timers: Timers
  readonly #fired: (event: TimerEvent) => void
  readonly #started = new Map<TimerEvent, StartedTimer>()

  constructor(clock: Clock, timers: Timers, fired: (event: TimerEvent) => void) {
    this.#clock = clock
    this.#timers = timers
    this.#fired = fired
  }

  apply({ event, delayMs }: TimerChange): void {
    const started = this.#started.get(event)
    if (delayMs === undefined) {
      started?.timer.cancel()
      this.#started.delete(event)
      return
    }
    const dueAt = this.#clock.monotonic() + delayMs
    if (started !== undefined && started.firesAt <= dueAt) {
      started.dueAt = dueAt
      return
    }
    started?.timer.cancel()
    this.#started.set(event, {
      dueAt,
      firesAt: dueAt,
      timer: this.#timers.after(delayMs, () => this.#look(event)),
    })
  }

  stopAll(): void {
    for (const { timer } of this.#started.values()) timer.cancel()
    this.#started.clear()
  }

  #look(event: TimerEvent): void {
    const started = this.#started.get(event)
    if (started === undefined) return
    const left = started.dueAt - this.#clock.monotonic()
    if (left > 0) {
      started.firesAt = started.dueAt
      started.timer = this.#timers.after(left, () => this.#look(event))
      return
    }
    this.#started.delete(event)
    this.#fired(event)
  }
}
