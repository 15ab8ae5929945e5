/** A memory cgroup, of version 1 or 2: a process in it has so many bytes and no swap, and is killed when it wants more. */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'

const version1 = '/sys/fs/cgroup/memory'
const version2 = '/sys/fs/cgroup'

/** One group, until it is removed. */
export class MemoryCgroup {
  readonly #folder: string
  readonly #isVersion2: boolean

  private constructor(folder: string, isVersion2: boolean) {
    this.#folder = folder
    this.#isVersion2 = isVersion2
  }

  /** A group that allows `bytes`; why there is none as text. */
  static create(name: string, bytes: number): MemoryCgroup | string {
    const isVersion2 = existsSync(`${version2}/cgroup.controllers`)
    const parent = isVersion2 ? version2 : version1
    if (!existsSync(parent)) return 'there is no memory cgroup here'
    const folder = `${parent}/${name}`
    try {
      if (isVersion2) writeFileSync(`${parent}/cgroup.subtree_control`, '+memory')
      mkdirSync(folder)
      const limit = isVersion2 ? 'memory.max' : 'memory.limit_in_bytes'
      writeFileSync(`${folder}/${limit}`, String(bytes))
      return new MemoryCgroup(folder, isVersion2)
    } catch (error) {
      return `no memory cgroup can be made: ${error instanceof Error ? error.message : String(error)}`
    }
  }

  /** Where a process writes its id to be in it. */
  get processes(): string {
    return `${this.#folder}/cgroup.procs`
  }

  /** How often something in it was killed for lack of memory. */
  get killCount(): number {
    const events = readFileSync(
      `${this.#folder}/${this.#isVersion2 ? 'memory.events' : 'memory.oom_control'}`,
      'utf8',
    )
    return Number(/oom_kill (\d+)/.exec(events)?.[1] ?? 0)
  }

  /** Removes it; what was in it must have ended. */
  remove(): void {
    rmdirSync(this.#folder)
  }
}
