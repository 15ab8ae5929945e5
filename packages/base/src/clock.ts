/**
 * Time, as the rest of Moldau sees it. Two implementations: Node's (`io/src/node`) and a virtual one
 * (`io/src/simulated`). Nothing else reads a clock or starts a timer.
 */

/** Where the time comes from. */
export interface Clock {
  /** Wall-clock time in milliseconds since 1970, an integer. May jump in either direction. */
  now(): number
  /** Milliseconds, with fractions, from an arbitrary start. Never goes back. */
  monotonic(): number
}

/** A timer that was started. Cancelling twice, or after it fired, does nothing. */
export interface Timer {
  cancel(): void
}

/** Ways to run something later. */
export interface Timers {
  /** Runs `task` once after `delayMs`. Delays above 2^31-1 ms are honoured (Node alone would fire at once). */
  after(delayMs: number, task: () => void): Timer
  /** Runs `task` every `periodMs`, the first time after one period. Does not keep the process alive. */
  every(periodMs: number, task: () => void): Timer
  /** Runs `task` when the current callback of the outside world has returned: the end of "this tick". */
  soon(task: () => void): void
  /** Runs `task` in a later turn of the event loop, after pending input was looked at. */
  later(task: () => void): void
}
