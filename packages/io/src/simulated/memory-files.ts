/**
 * Files in memory: for tests, for the broker that lives inside another program, and under the simulated disk, which
 * watches every change as a `DiskObserver`. Nothing is lost and nothing fails unless the observer says so.
 */
import type {
  DirectoryEntry,
  DirectoryLock,
  FileDone,
  Files,
  OpenFile,
  OpenMode,
} from '../files.ts'
import { ChunkedBytes } from './chunked-bytes.ts'
import {
  type DirectoryNode,
  directoryAt,
  fileAt,
  type FileNode,
  find,
  namesOf,
  newDirectory,
  placeOf,
  systemError,
  type TreeNode,
} from './file-tree.ts'

/** Calls that change something, or make it durable. */
export type DiskCall =
  | 'create'
  | 'write'
  | 'datasync'
  | 'truncate'
  | 'makeDirectory'
  | 'rename'
  | 'remove'
  | 'syncDirectory'

/** One name in one directory: what it leads to from now on. */
export interface EntryChange {
  readonly directory: DirectoryNode
  readonly name: string
  readonly node: TreeNode | undefined
}

/** How a call fails. */
export interface CallFault {
  readonly error: Error
  /** Bytes of a write that get to the file nevertheless. */
  readonly writtenBytes: number
  /** The call was done all the same: its caller does not learn of it. */
  readonly isDone: boolean
  /** The process ends here: the call has not failed, nobody waits for it any more. */
  readonly isStop: boolean
}

/** Sees every change before it happens. Throwing prevents it. */
export interface DiskObserver {
  /** Before a call: how it fails, undefined for not at all. */
  before(call: DiskCall, path: string, byteCount: number): CallFault | undefined
  /** Bytes of a file from `from` to `to` are about to change, or to be cut off. */
  changing(file: FileNode, from: number, to: number): void
  /** A sync of what the file holds now begins. The function is called when it has ended, well or not. */
  syncBegins(file: FileNode): (isDone: boolean) => void
  /** Entries have changed, all at once. */
  entriesChanged(changes: readonly EntryChange[]): void
  /** A sync of the entries that are there now begins. The function is called when it has ended well. */
  directorySyncBegins(directory: DirectoryNode): () => void
}

/** What files in memory can be given. */
export interface MemoryFilesOptions {
  /** Time of changes, in milliseconds since 1970. */
  readonly now?: () => number
  /** Runs the end of an asynchronous call. */
  readonly later?: (task: () => void) => void
  readonly observer?: DiskObserver
  /** The tree to begin with. */
  readonly root?: DirectoryNode
  readonly totalBytes?: number
}

/** An empty file system in memory. */
export function memoryFiles(options: MemoryFilesOptions = {}): Files {
  return new MemoryFiles(options)
}

/** Files in memory. */
export class MemoryFiles implements Files {
  readonly #now: () => number
  readonly #calls: CallContext
  readonly #observer: DiskObserver | undefined
  readonly #root: DirectoryNode
  readonly #totalBytes: number
  readonly #locked = new Set<DirectoryNode>()
  #isDetached = false

  constructor(options: MemoryFilesOptions) {
    this.#now = options.now ?? (() => 0)
    this.#calls = { later: options.later ?? queueMicrotask, isDetached: () => this.#isDetached }
    this.#observer = options.observer
    this.#root = options.root ?? newDirectory(this.#now())
    this.#totalBytes = options.totalBytes ?? 2 ** 40
  }

  open(path: string, mode: OpenMode): OpenFile {
    this.#check('open', path)
    if (mode !== 'create') return this.#opened(path, fileAt(this.#root, path, 'open'), mode)
    const { parent, name, node } = placeOf(this.#root, path, 'open')
    if (node !== undefined) return this.#opened(path, fileAt(this.#root, path, 'open'), mode)
    const file: FileNode = { kind: 'file', content: new ChunkedBytes(), modifiedAt: this.#now() }
    this.#change('create', path, [{ directory: parent, name, node: file }])
    return this.#opened(path, file, mode)
  }

  exists(path: string): boolean {
    return find(this.#root, path) !== undefined
  }

  size(path: string): number {
    return fileAt(this.#root, path, 'stat').content.length
  }

  modifiedAt(path: string): number {
    const node = find(this.#root, path)
    if (node === undefined) throw systemError('ENOENT', 'stat', path)
    return node.modifiedAt
  }

  readAll(path: string): Buffer {
    this.#check('open', path)
    return fileAt(this.#root, path, 'open').content.toBuffer()
  }

  replace(path: string, data: Buffer): void {
    const temporary = `${path}.tmp`
    const file = this.open(temporary, 'create')
    file.truncate(0)
    file.write(data, 0)
    file.datasync()
    file.close()
    this.rename(temporary, path)
    this.syncDirectory(`${path}/..`)
  }

  list(directory: string): DirectoryEntry[] {
    return Array.from(directoryAt(this.#root, directory, 'scandir').entries, ([name, node]) => ({
      name,
      isDirectory: node.kind === 'directory',
    })).sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  makeDirectory(path: string): void {
    this.#check('mkdir', path)
    let parent = this.#root
    for (const name of namesOf(path)) {
      let node = parent.entries.get(name)
      if (node === undefined) {
        node = newDirectory(this.#now())
        this.#change('makeDirectory', path, [{ directory: parent, name, node }])
      }
      if (node.kind !== 'directory') throw systemError('EEXIST', 'mkdir', path)
      parent = node
    }
  }

  rename(from: string, to: string): void {
    this.#check('rename', from)
    const old = placeOf(this.#root, from, 'rename')
    const target = placeOf(this.#root, to, 'rename')
    if (old.node === undefined) throw systemError('ENOENT', 'rename', from)
    if (old.node === target.node) return
    if (
      target.node?.kind === 'directory' &&
      (old.node.kind !== 'directory' || target.node.entries.size > 0)
    )
      throw systemError(old.node.kind === 'directory' ? 'ENOTEMPTY' : 'EISDIR', 'rename', from)
    this.#change('rename', from, [
      { directory: old.parent, name: old.name, node: undefined },
      { directory: target.parent, name: target.name, node: old.node },
    ])
  }

  remove(path: string): void {
    this.#check('unlink', path)
    if (find(this.#root, path) === undefined) return
    const { parent, name, node } = placeOf(this.#root, path, 'unlink')
    // One by one, as the file system sees it: a crash may leave some of them.
    if (node?.kind === 'directory')
      for (const child of [...node.entries.keys()].sort()) this.remove(`${path}/${child}`)
    this.#change('remove', path, [{ directory: parent, name, node: undefined }])
  }

  removeAsync(path: string, done: FileDone): void {
    callLater(this.#calls, () => this.remove(path), done)
  }

  syncDirectory(path: string): void {
    this.#check('fsync', path)
    const directory = directoryAt(this.#root, path, 'open')
    this.#perform('syncDirectory', path, () => this.#observer?.directorySyncBegins(directory)())
  }

  syncDirectoryAsync(path: string, done: FileDone): void {
    const directory = find(this.#root, path)
    const isThere = directory?.kind === 'directory'
    const ended = isThere ? this.#observer?.directorySyncBegins(directory) : undefined
    const sync = (): void => {
      if (!isThere) throw systemError('ENOENT', 'open', path)
      this.#perform('syncDirectory', path, () => ended?.())
    }
    callLater(this.#calls, sync, done)
  }

  space(path: string): { freeBytes: number; totalBytes: number } {
    if (find(this.#root, path) === undefined) throw systemError('ENOENT', 'statfs', path)
    return { freeBytes: this.#totalBytes - bytesUnder(this.#root), totalBytes: this.#totalBytes }
  }

  lock(path: string): Promise<DirectoryLock | undefined> {
    const directory = directoryAt(this.#root, path, 'open')
    if (this.#locked.has(directory)) return Promise.resolve(undefined)
    this.#locked.add(directory)
    return Promise.resolve({ release: () => void this.#locked.delete(directory) })
  }

  /** The machine has stopped: no call of these files or of their open ones works any more. */
  detach(): void {
    this.#isDetached = true
  }

  #opened(path: string, file: FileNode, mode: OpenMode): OpenFile {
    return new MemoryFile(path, file, {
      ...this.#calls,
      isReadOnly: mode === 'read',
      now: this.#now,
      observer: this.#observer,
    })
  }

  #check(call: string, path: string): void {
    if (this.#isDetached) throw systemError('EIO', call, path)
  }

  #perform(call: DiskCall, path: string, action: () => void): void {
    const fault = this.#observer?.before(call, path, 0)
    if (fault === undefined || fault.isDone) action()
    if (fault !== undefined) throw fault.error
  }

  #change(call: DiskCall, path: string, changes: readonly EntryChange[]): void {
    this.#perform(call, path, () => {
      for (const { directory, name, node } of changes) {
        if (node === undefined) directory.entries.delete(name)
        else directory.entries.set(name, node)
        directory.modifiedAt = this.#now()
      }
      this.#observer?.entriesChanged(changes)
    })
  }
}

/** Where asynchronous calls end. */
interface CallContext {
  readonly later: (task: () => void) => void
  readonly isDetached: () => boolean
}

interface FileContext extends CallContext {
  readonly isReadOnly: boolean
  readonly now: () => number
  readonly observer: DiskObserver | undefined
}

/** Runs the call later, as the thread pool would. A call of a stopped machine never ends. */
function callLater({ later, isDetached }: CallContext, call: () => void, done: FileDone): void {
  later(() => {
    if (isDetached()) return
    let failure: Error | null = null
    try {
      call()
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error))
    }
    if (!isDetached()) done(failure)
  })
}

class MemoryFile implements OpenFile {
  readonly path: string
  readonly #file: FileNode
  readonly #context: FileContext
  #isClosed = false

  constructor(path: string, file: FileNode, context: FileContext) {
    this.path = path
    this.#file = file
    this.#context = context
  }

  read(into: Buffer, position: number): number {
    this.#check('read')
    return this.#file.content.read(into, position)
  }

  readAsync(
    into: Buffer,
    position: number,
    done: (error: Error | null, bytesRead: number) => void,
  ): void {
    let count = 0
    this.#end(
      () => (count = this.read(into, position)),
      error => done(error, count),
    )
  }

  write(data: Buffer, position: number): void {
    this.#check('write')
    if (this.#context.isReadOnly) throw systemError('EBADF', 'write', this.path)
    const fault = this.#context.observer?.before('write', this.path, data.length)
    const written = fault === undefined ? data : data.subarray(0, fault.writtenBytes)
    this.#context.observer?.changing(this.#file, position, position + written.length)
    this.#file.content.write(written, position)
    this.#file.modifiedAt = this.#context.now()
    if (fault !== undefined) throw fault.error
  }

  writeAsync(parts: readonly Buffer[], position: number, done: FileDone): void {
    this.#end(() => {
      let at = position
      for (const part of parts) {
        this.write(part, at)
        at += part.length
      }
    }, done)
  }

  datasync(): void {
    this.#check('fdatasync')
    this.#sync(this.#context.observer?.syncBegins(this.#file))
  }

  datasyncAsync(done: FileDone): void {
    // It covers what is written now, not what will be when it ends.
    const ended = this.#context.observer?.syncBegins(this.#file)
    this.#end(() => this.#sync(ended), done)
  }

  truncate(length: number): void {
    this.#check('ftruncate')
    const { content } = this.#file
    const fault = this.#context.observer?.before('truncate', this.path, 0)
    if (fault === undefined || fault.isDone) {
      this.#context.observer?.changing(
        this.#file,
        Math.min(length, content.length),
        Math.max(length, content.length),
      )
      content.truncate(length)
      this.#file.modifiedAt = this.#context.now()
    }
    if (fault !== undefined) throw fault.error
  }

  size(): number {
    this.#check('fstat')
    return this.#file.content.length
  }

  close(): void {
    if (this.#isClosed) throw systemError('EBADF', 'close', this.path)
    this.#isClosed = true
  }

  #sync(ended: ((isDone: boolean) => void) | undefined): void {
    const fault = this.#context.observer?.before('datasync', this.path, 0)
    if (fault === undefined || fault.isDone) ended?.(true)
    else if (!fault.isStop) ended?.(false)
    if (fault !== undefined) throw fault.error
  }

  #end(call: () => void, done: FileDone): void {
    this.#check('open')
    callLater(this.#context, call, done)
  }

  #check(call: string): void {
    if (this.#isClosed) throw systemError('EBADF', call, this.path)
    if (this.#context.isDetached()) throw systemError('EIO', call, this.path)
  }
}

function bytesUnder(directory: DirectoryNode): number {
  let bytes = 0
  for (const node of directory.entries.values())
    bytes += node.kind === 'file' ? node.content.length : bytesUnder(node)
  return bytes
}
