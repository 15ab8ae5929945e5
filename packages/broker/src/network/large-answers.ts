/**
 * Answers that are written in turns of the event loop, because they have many elements: until it is written, an answer
 * takes many times its bytes. While several of one API are, further requests for it, of connections that had such
 * answers before, wait in the order of their arrival.
 */
import type { Timers } from '@moldau/base'

/** Answers of one API that are written at the same time. */
const AT_ONCE_MAX = 4

/** Those of one API. */
interface Line {
  writing: number
  readonly waiting: (() => void)[]
  isMoving: boolean
}

export class LargeAnswers {
  readonly #timers: Timers
  readonly #byApi: (Line | undefined)[] = []

  constructor(timers: Timers) {
    this.#timers = timers
  }

  /** Whether another request of this API has to wait. */
  areTooMany(apiKey: number): boolean {
    const line = this.#byApi[apiKey]
    return line !== undefined && (line.writing >= AT_ONCE_MAX || line.waiting.length > 0)
  }

  /** Calls `handle` when it is its turn, in a turn of the event loop of its own. */
  whenFewer(apiKey: number, handle: () => void): void {
    const line = this.#lineOf(apiKey)
    line.waiting.push(handle)
    this.#move(line)
  }

  /** An answer is being written. Gives a function that ends this. */
  begin(apiKey: number): () => void {
    const line = this.#lineOf(apiKey)
    line.writing++
    return () => {
      line.writing--
      this.#move(line)
    }
  }

  #move(line: Line): void {
    if (line.isMoving || line.waiting.length === 0 || line.writing >= AT_ONCE_MAX) return
    line.isMoving = true
    this.#timers.later(() => {
      line.isMoving = false
      line.waiting.shift()?.()
      this.#move(line)
    })
  }

  #lineOf(apiKey: number): Line {
    return (this.#byApi[apiKey] ??= { writing: 0, waiting: [], isMoving: false })
  }
}
