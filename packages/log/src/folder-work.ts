/**
 * Folders that are to be made, or renamed, as partitions come and go. The first of a turn of the event loop are done at
 * once, what is beyond that a few in each turn; whoever needs one of them has it done before. So a topic of thousands
 * of partitions does not keep the others from being served.
 */
import type { Timers } from '@moldau/base'

/** Folders of one turn. */
const FOLDERS_PER_TURN = 32

/** The work on the folders of all directories. */
export class FolderWork {
  readonly #timers: Timers
  /** By folder, in order. */
  readonly #due = new Map<string, () => void>()
  #doneInTurn = 0
  #hasTurn = false

  constructor(timers: Timers) {
    this.#timers = timers
  }

  /** Does `task` with `folder`, now or soon. Tasks do not throw. */
  add(folder: string, task: () => void): void {
    this.need(folder)
    if (this.#due.size === 0 && this.#doneInTurn < FOLDERS_PER_TURN) {
      this.#doneInTurn++
      task()
    } else this.#due.set(folder, task)
    this.#plan()
  }

  /** What is due with `folder` is done now. */
  need(folder: string): void {
    const task = this.#due.get(folder)
    if (task === undefined) return
    this.#due.delete(folder)
    task()
  }

  /** All is done now. */
  finish(): void {
    for (const folder of this.#due.keys()) this.need(folder)
  }

  #plan(): void {
    if (this.#hasTurn) return
    this.#hasTurn = true
    this.#timers.later(() => {
      this.#hasTurn = false
      this.#doneInTurn = 0
      for (const folder of this.#due.keys()) {
        this.need(folder)
        if (++this.#doneInTurn === FOLDERS_PER_TURN) break
      }
      if (this.#due.size > 0) this.#plan()
    })
  }
}
