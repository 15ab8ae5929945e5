/**
 * Files and folders that were taken out of the logs by a rename and are removed a while later, when readers have had
 * time to finish. One by one and beside the loop, however many fall due
 * together and however large they are. What is left at a stop, or cannot be
 * removed, the next start removes.
 */
import type { Logger, Timer } from '@moldau/base'
import type { World } from '@moldau/io'

/** The removals of all directories. */
export class DelayedRemovals {
  readonly #world: World
  readonly #logger: Logger
  readonly #waiting = new Set<Timer>()
  #due: string[] = []
  #isClosed = false

  constructor(world: World, logger: Logger) {
    this.#world = world
    this.#logger = logger
  }

  /** Removes `paths` after `delayMs`. */
  add(paths: readonly string[], delayMs: number): void {
    if (this.#isClosed) return
    const timer = this.#world.timers.after(delayMs, () => {
      this.#waiting.delete(timer)
      this.#due.push(...paths)
      if (this.#due.length === paths.length) this.#removeNext()
    })
    this.#waiting.add(timer)
  }

  /** Removes nothing more, so that nothing keeps a stopped process alive. */
  close(): void {
    this.#isClosed = true
    for (const timer of this.#waiting) timer.cancel()
    this.#waiting.clear()
    this.#due = []
  }

  /** One after the other, in the thread pool. */
  #removeNext(): void {
    const path = this.#due[0]
    if (path === undefined) return
    this.#world.files.removeAsync(path, error => {
      if (error !== null)
        this.#logger.warn('deleted files not removed', { path, message: error.message })
      this.#due.shift()
      this.#removeNext()
    })
  }
}
