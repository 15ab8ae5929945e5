/** Time that passes when the test says so, and randomness that repeats itself. */
import type { Clock, Random, Timer, Timers } from '@moldau/base'
import { memoryFiles, type World } from '@moldau/io'

interface Started {
  at: number
  order: number
  task: () => void
  periodMs: number | undefined
}

export class ManualTime implements Clock, Timers {
  /** Milliseconds since the test began; the wall clock is ahead by `epoch`. */
  elapsed = 0
  readonly epoch = 1_700_000_000_000
  #order = 0
  readonly #started = new Set<Started>()

  now(): number {
    return this.epoch + this.elapsed
  }

  monotonic(): number {
    return this.elapsed
  }

  after(delayMs: number, task: () => void): Timer {
    return this.#start(delayMs, task, undefined)
  }

  every(periodMs: number, task: () => void): Timer {
    return this.#start(periodMs, task, periodMs)
  }

  soon(task: () => void): void {
    this.#start(0, task, undefined)
  }

  later(task: () => void): void {
    this.#start(0, task, undefined)
  }

  get timerCount(): number {
    return this.#started.size
  }

  /** Lets time pass, and everything that is due with its promises. */
  async pass(ms: number): Promise<void> {
    const end = this.elapsed + ms
    await settle()
    for (;;) {
      const next = [...this.#started]
        .filter(({ at }) => at <= end)
        .toSorted((a, b) => a.at - b.at || a.order - b.order)[0]
      if (next === undefined) break
      this.elapsed = Math.max(this.elapsed, next.at)
      if (next.periodMs === undefined) this.#started.delete(next)
      else next.at += next.periodMs
      next.task()
      await settle()
    }
    this.elapsed = end
  }

  #start(delayMs: number, task: () => void, periodMs: number | undefined): Timer {
    const started = { at: this.elapsed + delayMs, order: this.#order++, task, periodMs }
    this.#started.add(started)
    return { cancel: () => this.#started.delete(started) }
  }
}

/** Lets promises that are ready run on. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve()
}

/** Counts up: enough to tell ids apart. */
export class CountingRandom implements Random {
  #next = 0

  below(limit: number): number {
    return this.#next++ % limit
  }

  fraction(): number {
    return 0.5
  }

  bytes(length: number): Buffer {
    return Buffer.alloc(length, ++this.#next)
  }
}

export function manualWorld(time: ManualTime): World {
  const noNetwork = new Proxy({} as World['network'], {
    get() {
      throw new Error('There is no network here')
    },
  })
  return {
    clock: time,
    timers: time,
    random: new CountingRandom(),
    files: memoryFiles(),
    network: noNetwork,
  }
}
