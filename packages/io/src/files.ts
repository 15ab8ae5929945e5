/**
 * Files, as the log and the quorum see them. Implemented by Node (`node/node-files.ts`), by memory and by a disk
 * that loses unsynced data (`simulated/`). Errors carry Node's `code` (`ENOENT`, `ENOSPC`, `EIO`, …).
 */

/** How a file is opened: `read` and `write` need it to exist, `create` makes it when missing. None truncates or appends. */
export type OpenMode = 'read' | 'write' | 'create'

/** One entry of a directory. */
export interface DirectoryEntry {
  readonly name: string
  readonly isDirectory: boolean
}

/** Called when an asynchronous file call has ended: `error` is null on success. */
export type FileDone = (error: Error | null) => void

/** An open file. Positions and lengths are bytes. Calls without `Async` return when done. */
export interface OpenFile {
  readonly path: string
  /** Reads until `into` is full or the file ends; returns the number of bytes read. */
  read(into: Buffer, position: number): number
  /** The same in the thread pool. */
  readAsync(
    into: Buffer,
    position: number,
    done: (error: Error | null, bytesRead: number) => void,
  ): void
  /** Writes all of `data` at `position`, over as many system calls as it takes. */
  write(data: Buffer, position: number): void
  /** Writes all of `parts`, one behind the other, in the thread pool. The parts must not change until `done`. */
  writeAsync(parts: readonly Buffer[], position: number, done: FileDone): void
  /** fdatasync: when it returns, what was written is on stable storage. */
  datasync(): void
  /** The same in the thread pool. */
  datasyncAsync(done: FileDone): void
  truncate(length: number): void
  size(): number
  close(): void
}

/** A directory lock that was taken. */
export interface DirectoryLock {
  release(): void
}

/** A file system. All paths are absolute or relative to the process. */
export interface Files {
  open(path: string, mode: OpenMode): OpenFile
  exists(path: string): boolean
  /** Size in bytes. @throws ENOENT */
  size(path: string): number
  /** Time of last change in milliseconds since 1970. @throws ENOENT */
  modifiedAt(path: string): number
  /** The whole file. @throws ENOENT */
  readAll(path: string): Buffer
  /** Replaces the file by way of a temporary one: write, fsync, rename, fsync of the directory. */
  replace(path: string, data: Buffer): void
  /** Entries, sorted by name. @throws ENOENT */
  list(directory: string): DirectoryEntry[]
  /** Makes the directory and its parents; does nothing when it is there. */
  makeDirectory(path: string): void
  rename(from: string, to: string): void
  /** Removes a file or a directory with all in it; does nothing when it is missing. */
  remove(path: string): void
  /** The same in the thread pool: to give back the blocks of a large file takes long. */
  removeAsync(path: string, done: FileDone): void
  /** Makes the entries of `path` (created, renamed, removed) durable. */
  syncDirectory(path: string): void
  /** The same in the thread pool: for the entries that are there when it begins. */
  syncDirectoryAsync(path: string, done: FileDone): void
  /** Free and total bytes of the file system that holds `path`. */
  space(path: string): { freeBytes: number; totalBytes: number }
  /** Takes the directory for this owner alone, in this process and others; undefined when someone has it. */
  lock(directory: string): Promise<DirectoryLock | undefined>
}
