/**
 * A disk that forgets. What was written but not synced is kept apart: `crash` keeps any part of it, by sectors of 512
 * bytes, in any order; names that were made, renamed or removed come back or vanish unless their directory was synced.
 * Calls can be made to fail, or to be the last before the power goes.
 */
import type { Random } from '@moldau/base'
import type { Files } from '../files.ts'
import {
  type DirectoryNode,
  type FileNode,
  newDirectory,
  systemError,
  type TreeNode,
} from './file-tree.ts'
import {
  type CallFault,
  type DiskCall,
  type DiskObserver,
  type EntryChange,
  MemoryFiles,
  type MemoryFilesOptions,
} from './memory-files.ts'
import { UnsyncedChanges } from './unsynced-changes.ts'

/** A call that changes the disk. They are counted from 1. */
export interface DiskStep {
  readonly number: number
  readonly call: DiskCall
  readonly path: string
  readonly byteCount: number
}

/** How a call goes wrong. */
export type DiskFault =
  /** It fails; a write gets `writtenBytes` (0 by default) of its bytes on the disk first. */
  | { readonly code: 'EIO' | 'ENOSPC' | 'EROFS' | 'EDQUOT'; readonly writtenBytes?: number }
  /** The power goes in the middle of it: any number of the bytes of a write are given. `crash` tells what is left. */
  | 'power-cut'
  /** The process or the machine ends: before the call, behind half of the bytes of a write, or when the call is done. */
  | { readonly stop: 'kill' | 'power-cut'; readonly when: 'before' | 'middle' | 'after' }

type DiskStop = Exclude<DiskFault, { readonly code: string }>

/** What a disk can be given. */
export interface SimulatedDiskOptions extends Pick<
  MemoryFilesOptions,
  'now' | 'later' | 'totalBytes'
> {
  readonly random: Random
  /** Directories that are there, and durable, from the start. */
  readonly directories?: readonly string[]
}

/** A disk. `files` are those of the running machine; a crash or a kill ends them, and there are new ones. */
export class SimulatedDisk implements DiskObserver {
  readonly #options: SimulatedDiskOptions
  readonly #unsynced = new Map<FileNode, UnsyncedChanges>()
  /** Changes of names that are not durable, oldest first. */
  #pending: (readonly EntryChange[])[] = []
  readonly #root: DirectoryNode
  readonly #durable = new Map<DirectoryNode, Map<string, TreeNode>>()
  #files: MemoryFiles
  #stepCount = 0
  #hasPower = true
  #isKilled = false
  /** Decides on every call that changes the disk. */
  faultAt: ((step: DiskStep) => DiskFault | undefined) | undefined = undefined

  constructor(options: SimulatedDiskOptions) {
    this.#options = options
    this.#root = newDirectory(options.now?.() ?? 0)
    this.#files = this.#newFiles()
    for (const directory of options.directories ?? []) this.#files.makeDirectory(directory)
    for (const changes of this.#pending) this.#commit(changes)
    this.#pending = []
    this.#stepCount = 0
  }

  get files(): Files {
    return this.#files
  }

  /** Calls that changed the disk so far. */
  get stepCount(): number {
    return this.#stepCount
  }

  /** Whether a fault has cut the power. */
  get hasPower(): boolean {
    return this.#hasPower
  }

  /** Whether a fault has ended the process or the machine. */
  get hasStopped(): boolean {
    return this.#isKilled || !this.#hasPower
  }

  /** The process ends and the machine lives: everything written is there. */
  kill(): void {
    if (!this.#hasPower) this.crash()
    this.#files.detach()
    this.#isKilled = false
    this.#files = this.#newFiles()
  }

  /** The power goes and comes back: of what was not synced a random part is there. */
  crash(): void {
    this.#files.detach()
    for (const changes of this.#pending)
      if (this.#options.random.below(2) === 0) this.#commit(changes)
    this.#pending = []
    this.#restore(this.#root)
    for (const changes of this.#unsynced.values()) changes.tear(this.#options.random)
    this.#unsynced.clear()
    this.#hasPower = true
    this.#isKilled = false
    this.#files = this.#newFiles()
  }

  before(call: DiskCall, path: string, byteCount: number): CallFault | undefined {
    if (this.hasStopped) throw systemError('EIO', call, path)
    this.#stepCount++
    const fault = this.faultAt?.({ number: this.#stepCount, call, path, byteCount })
    if (fault === undefined) return undefined
    if (typeof fault === 'object' && 'code' in fault)
      return {
        writtenBytes: Math.min(fault.writtenBytes ?? 0, byteCount),
        isDone: false,
        isStop: false,
        error: systemError(fault.code, call, path),
      }
    if (fault !== 'power-cut' && fault.stop === 'kill') this.#isKilled = true
    else this.#hasPower = false
    this.#files.detach()
    return {
      writtenBytes: this.#bytesBeforeStop(fault, byteCount),
      isDone: fault !== 'power-cut' && fault.when === 'after',
      isStop: true,
      error: systemError('EIO', call, path),
    }
  }

  #bytesBeforeStop(fault: DiskStop, byteCount: number): number {
    if (fault === 'power-cut') return this.#options.random.below(byteCount + 1)
    switch (fault.when) {
      case 'before':
        return 0
      case 'middle':
        return byteCount >> 1
      case 'after':
        return byteCount
    }
  }

  changing(file: FileNode, from: number, to: number): void {
    let changes = this.#unsynced.get(file)
    if (changes === undefined) {
      changes = new UnsyncedChanges(file.content)
      this.#unsynced.set(file, changes)
    }
    changes.changing(from, to)
  }

  syncBegins(file: FileNode): (isDone: boolean) => void {
    const changes = this.#unsynced.get(file)
    if (changes === undefined) return () => {}
    const mark = changes.mark()
    return isDone => {
      if (isDone) changes.synced(mark)
      else changes.lost(mark)
      if (changes.isEmpty) this.#unsynced.delete(file)
    }
  }

  entriesChanged(changes: readonly EntryChange[]): void {
    this.#pending.push(changes)
  }

  directorySyncBegins(directory: DirectoryNode): () => void {
    const touches = (changes: readonly EntryChange[]): boolean =>
      changes.some(change => change.directory === directory)
    const covered = new Set(this.#pending.filter(touches))
    return () => {
      for (const changes of this.#pending) if (covered.has(changes)) this.#commit(changes)
      this.#pending = this.#pending.filter(changes => !covered.has(changes))
    }
  }

  #newFiles(): MemoryFiles {
    const { now, later, totalBytes } = this.#options
    return new MemoryFiles({
      root: this.#root,
      observer: this,
      ...(now === undefined ? {} : { now }),
      ...(later === undefined ? {} : { later }),
      ...(totalBytes === undefined ? {} : { totalBytes }),
    })
  }

  #commit(changes: readonly EntryChange[]): void {
    for (const { directory, name, node } of changes) {
      const entries = this.#durableEntries(directory)
      if (node === undefined) entries.delete(name)
      else entries.set(name, node)
    }
  }

  #durableEntries(directory: DirectoryNode): Map<string, TreeNode> {
    let entries = this.#durable.get(directory)
    if (entries === undefined) {
      entries = new Map()
      this.#durable.set(directory, entries)
    }
    return entries
  }

  /** Puts the names of `directory`, and of those in it, back to the durable ones. */
  #restore(directory: DirectoryNode): void {
    directory.entries.clear()
    for (const [name, node] of this.#durableEntries(directory)) {
      directory.entries.set(name, node)
      if (node.kind === 'directory') this.#restore(node)
    }
  }
}
