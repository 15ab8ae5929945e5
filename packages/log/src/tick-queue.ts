/**
 * The partitions that were appended to in this tick. At its end each writes what it has merged, asks for its sync and
 * tells its observer: once, however many batches came.
 */
import type { Timers } from '@moldau/base'

/** What happens at the end of the tick. */
export interface TickTask {
  endOfTick(): void
}

/** Runs tasks at the end of the tick, each once. */
export class TickQueue {
  readonly #timers: Timers
  #tasks: TickTask[] = []

  constructor(timers: Timers) {
    this.#timers = timers
  }

  /** The caller sees to it that a task is added once per tick. */
  add(task: TickTask): void {
    this.#tasks.push(task)
    if (this.#tasks.length === 1) this.#timers.soon(this.#run)
  }

  readonly #run = (): void => {
    const tasks = this.#tasks
    this.#tasks = []
    for (const task of tasks) task.endOfTick()
  }
}
