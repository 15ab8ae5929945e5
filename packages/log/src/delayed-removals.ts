/**
 * Files and folders that were taken out of the logs by a rename and are removed a while later, when readers have had
 * time to finish. A few in each turn of the loop, however many fall due together. What is left at a stop, or cannot be
 * removed, the next start removes.
 */
import type { Logger, Timer } from '@moldau/base'
import type { World } from '@moldau/io'

/** Paths that one turn of the loop removes. */
const PATHS_PER_TURN = 8

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
      if (this.#due.length === paths.length) this.#removeSome()
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

  #removeSome(): void {
    const paths = this.#due.slice(0, PATHS_PER_TURN)
    for (const path of paths) {
      try {
        this.#world.files.remove(path)
      } catch (error) {
        this.#logger.warn('deleted files not removed', { path, message: (error as Error).message })
      }
    }
    this.#due.splice(0, paths.length)
    if (this.#due.length > 0) this.#world.timers.later(() => this.#removeSome())
  }
}
