/** Time and timers of the process. */
import type { Clock, Timer, Timers } from '@moldau/base'

/** Node fires at once for a delay beyond this (2^31-1 ms, 24.8 days). */
const LONGEST_DELAY_MS = 2 ** 31 - 1

/** The clock of the machine. */
export const nodeClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
}

/** Timers of the event loop. Delays longer than Node's limit are run in pieces. */
export const nodeTimers: Timers = {
  after(delayMs, task) {
    const timer = new NodeTimer()
    timer.arm(delayMs, task)
    return timer
  },
  every(periodMs, task) {
    if (periodMs <= LONGEST_DELAY_MS) {
      const interval = setInterval(task, periodMs)
      interval.unref()
      return { cancel: () => clearInterval(interval) }
    }
    const timer = new NodeTimer(true)
    const run = (): void => {
      timer.arm(periodMs, run)
      task()
    }
    timer.arm(periodMs, run)
    return timer
  },
  soon: task => process.nextTick(task),
  later: task => void setImmediate(task),
}

class NodeTimer implements Timer {
  readonly #isBackground: boolean
  #timeout: NodeJS.Timeout | undefined = undefined

  /** A timer in the background does not keep the process alive. */
  constructor(isBackground = false) {
    this.#isBackground = isBackground
  }

  arm(delayMs: number, task: () => void): void {
    const piece = Math.min(delayMs, LONGEST_DELAY_MS)
    this.#timeout = setTimeout(() => {
      if (delayMs > piece) this.arm(delayMs - piece, task)
      else task()
    }, piece)
    if (this.#isBackground) this.#timeout.unref()
  }

  cancel(): void {
    clearTimeout(this.#timeout)
  }
}
