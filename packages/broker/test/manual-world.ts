/** A world in memory whose time stands still until the test moves it, and whose disk answers when the test lets it. */
import type { Timer } from '@moldau/base'
import { memoryFiles, type World } from '@moldau/io'

interface Alarm {
  readonly at: number
  readonly task: () => void
  isCancelled: boolean
}

export class ManualWorld implements World {
  #time = 1_700_000_000_000
  #soon: (() => void)[] = []
  #disk: (() => void)[] = []
  #alarms: Alarm[] = []
  #seed = 1
  /** While true, asynchronous file calls do not end. */
  isDiskStalled = false

  /** How much later it is each time somebody looks at the clock. */
  tickMsPerLook = 0

  readonly clock: World['clock'] = {
    now: () => this.#time,
    monotonic: () => (this.#time += this.tickMsPerLook),
  }
  readonly timers: World['timers'] = {
    after: (delayMs: number, task: () => void): Timer => {
      const alarm = { at: this.#time + delayMs, task, isCancelled: false }
      this.#alarms.push(alarm)
      return { cancel: () => void (alarm.isCancelled = true) }
    },
    every: (): Timer => ({ cancel() {} }),
    soon: (task: () => void) => void this.#soon.push(task),
    later: (task: () => void) => void this.#soon.push(task),
  }
  readonly random: World['random'] = {
    below: (limit: number) => Math.floor(this.random.fraction() * limit),
    fraction: () => {
      this.#seed = (this.#seed * 48_271) % 2_147_483_647
      return this.#seed / 2_147_483_647
    },
    bytes: (length: number) => Buffer.from(Array.from({ length }, () => this.random.below(256))),
  }
  readonly files: World['files'] = memoryFiles({
    now: () => this.#time,
    later: task => void this.#disk.push(task),
  })
  readonly network: World['network'] = {
    listen: () => Promise.reject(new Error('There is no network')),
    connect: () => Promise.reject(new Error('There is no network')),
  }

  /** Timers that have neither gone off nor been cancelled. */
  get timerCount(): number {
    return this.#alarms.filter(({ isCancelled }) => !isCancelled).length
  }

  /** Runs what is due now, until nothing is. */
  run(): void {
    for (;;) {
      const disk = this.isDiskStalled ? [] : this.#disk
      if (!this.isDiskStalled) this.#disk = []
      const due = [...this.#soon, ...disk]
      this.#soon = []
      if (due.length === 0) return
      for (const task of due) task()
    }
  }

  /** The same, with Promises in between. */
  async settle(): Promise<void> {
    for (let i = 0; i < 20; i++) {
      this.run()
      await Promise.resolve()
    }
  }

  /** Time passes; timers go off in order. */
  advance(ms: number): void {
    const end = this.#time + ms
    for (;;) {
      this.run()
      const next = this.#alarms
        .filter(({ isCancelled }) => !isCancelled)
        .toSorted((a, b) => a.at - b.at)[0]
      if (next === undefined || next.at > end) break
      this.#alarms = this.#alarms.filter(alarm => alarm !== next && !alarm.isCancelled)
      this.#time = next.at
      next.task()
    }
    this.#time = end
    this.run()
  }
}
