/**
 * Folders that are to be made, or renamed, as partitions come and go. The first of a turn of the event loop are done at
 * once, what is beyond that a few in each turn; whoever needs one of them has it done before. So a topic of thousands
 * of partitions does not keep the others from being served.
 */
import { nextTurn, TURN_MS, type World } from '@moldau/io'

/** Folders of one turn, unless they take longer than they should. */
const FOLDERS_PER_TURN = 32

/** The work on the folders of all directories. */
export class FolderWork {
  readonly #world: Pick<World, 'clock' | 'timers'>
  /** By folder, in order. A folder may be due for more: to be renamed, and then to be made anew. */
  readonly #due = new Map<string, (() => void)[]>()
  #doneInTurn = 0
  #turnEndsAt = 0
  #hasTurn = false

  constructor(world: Pick<World, 'clock' | 'timers'>) {
    this.#world = world
  }

  /** Does `task` with `folder`, now or soon. Tasks do not throw. */
  add(folder: string, task: () => void): void {
    this.#plan()
    const due = this.#due.get(folder)
    if (due !== undefined) due.push(task)
    else if (this.#due.size === 0 && this.#mayDoMore) {
      this.#doneInTurn++
      task()
    } else this.#due.set(folder, [task])
  }

  /** What is due with `folder` is done now. */
  need(folder: string): void {
    const tasks = this.#due.get(folder)
    if (tasks === undefined) return
    this.#due.delete(folder)
    for (const task of tasks) task()
  }

  /** Drops what was added last for `folder`, unless it is done: whether it did. */
  takeBack(folder: string): boolean {
    const tasks = this.#due.get(folder)
    if (tasks === undefined) return false
    tasks.pop()
    if (tasks.length === 0) this.#due.delete(folder)
    return true
  }

  /** Folders with which something is still to be done. */
  get dueCount(): number {
    return this.#due.size
  }

  /** Resolves when all is done, in turns like everything else. */
  async finish(): Promise<void> {
    while (this.#due.size > 0) await nextTurn(this.#world)
  }

  get #mayDoMore(): boolean {
    if (this.#doneInTurn >= FOLDERS_PER_TURN) return false
    return this.#doneInTurn === 0 || this.#world.clock.monotonic() < this.#turnEndsAt
  }

  /** Ends this turn when the next one comes. */
  #plan(): void {
    if (this.#hasTurn) return
    this.#hasTurn = true
    this.#beginTurn()
    this.#world.timers.later(() => {
      this.#hasTurn = false
      this.#beginTurn()
      for (const folder of this.#due.keys()) {
        if (!this.#mayDoMore) break
        this.#doneInTurn++
        this.need(folder)
      }
      if (this.#due.size > 0) this.#plan()
    })
  }

  #beginTurn(): void {
    this.#doneInTurn = 0
    this.#turnEndsAt = this.#world.clock.monotonic() + TURN_MS
  }
}
