/**
 * Files of the operating system: positional reads and writes that survive short ones, synchronous for what is known to
 * be quick, in the thread pool for the rest.
 */
import fs from 'node:fs'
import path from 'node:path'
import type { DirectoryEntry, FileDone, Files, OpenFile, OpenMode } from '../files.ts'
import { lockDirectory } from './directory-lock.ts'

const flags: Record<OpenMode, number> = {
  read: fs.constants.O_RDONLY,
  write: fs.constants.O_RDWR,
  create: fs.constants.O_RDWR | fs.constants.O_CREAT,
}

export const nodeFiles: Files = {
  open: (filePath, mode) => new NodeFile(filePath, fs.openSync(filePath, flags[mode], 0o644)),
  exists: filePath => fs.existsSync(filePath),
  size: filePath => fs.statSync(filePath).size,
  modifiedAt: filePath => Math.trunc(fs.statSync(filePath).mtimeMs),
  readAll: filePath => fs.readFileSync(filePath),
  replace(filePath, data) {
    const temporary = `${filePath}.tmp`
    const descriptor = fs.openSync(temporary, 'w', 0o644)
    try {
      writeFully(descriptor, data, 0)
      fs.fsyncSync(descriptor)
    } finally {
      fs.closeSync(descriptor)
    }
    fs.renameSync(temporary, filePath)
    syncDirectory(path.dirname(filePath))
  },
  list: directory =>
    fs
      .readdirSync(directory, { withFileTypes: true })
      .map((entry): DirectoryEntry => ({ name: entry.name, isDirectory: entry.isDirectory() }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  makeDirectory,
  rename: (from, to) => fs.renameSync(from, to),
  remove: filePath => fs.rmSync(filePath, { recursive: true, force: true }),
  removeAsync: (filePath, done) => fs.rm(filePath, { recursive: true, force: true }, done),
  syncDirectory,
  syncDirectoryAsync,
  space(filePath) {
    const { bavail, blocks, bsize } = fs.statfsSync(filePath)
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
  },
  lock: lockDirectory,
}

class NodeFile implements OpenFile {
  readonly path: string
  readonly #descriptor: number

  constructor(filePath: string, descriptor: number) {
    this.path = filePath
    this.#descriptor = descriptor
  }

  read(into: Buffer, position: number): number {
    let total = 0
    while (total < into.length) {
      const count = fs.readSync(
        this.#descriptor,
        into,
        total,
        into.length - total,
        position + total,
      )
      if (count === 0) break
      total += count
    }
    return total
  }

  readAsync(
    into: Buffer,
    position: number,
    done: (error: Error | null, bytesRead: number) => void,
  ): void {
    let total = 0
    const next = (): void => {
      fs.read(
        this.#descriptor,
        into,
        total,
        into.length - total,
        position + total,
        (error, count) => {
          if (error !== null) done(error, total)
          else {
            total += count
            if (count === 0 || total === into.length) done(null, total)
            else next()
          }
        },
      )
    }
    next()
  }

  write(data: Buffer, position: number): void {
    writeFully(this.#descriptor, data, position)
  }

  writeAsync(parts: readonly Buffer[], position: number, done: FileDone): void {
    let rest: readonly Buffer[] = parts
    let at = position
    const next = (): void => {
      fs.writev(this.#descriptor, rest, at, (error, count) => {
        if (error !== null) done(error)
        else {
          at += count
          rest = withoutFirst(rest, count)
          if (rest.length === 0) done(null)
          else if (count === 0) done(new Error(`A write to ${this.path} wrote nothing`))
          else next()
        }
      })
    }
    if (parts.length === 0) done(null)
    else next()
  }

  datasync(): void {
    fs.fdatasyncSync(this.#descriptor)
  }

  datasyncAsync(done: FileDone): void {
    fs.fdatasync(this.#descriptor, done)
  }

  truncate(length: number): void {
    fs.ftruncateSync(this.#descriptor, length)
  }

  size(): number {
    return fs.fstatSync(this.#descriptor).size
  }

  close(): void {
    fs.closeSync(this.#descriptor)
  }
}

function writeFully(descriptor: number, data: Buffer, position: number): void {
  let total = 0
  while (total < data.length) {
    const count = fs.writeSync(descriptor, data, total, data.length - total, position + total)
    if (count === 0) throw new Error('A write wrote nothing')
    total += count
  }
}

/** What is left of `parts` when their first `count` bytes are gone. */
function withoutFirst(parts: readonly Buffer[], count: number): readonly Buffer[] {
  let left = count
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] ?? Buffer.alloc(0)
    if (left < part.length) return [part.subarray(left), ...parts.slice(i + 1)]
    left -= part.length
  }
  return []
}

function syncDirectory(directory: string): void {
  const descriptor = fs.openSync(directory, 'r')
  try {
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
}

function syncDirectoryAsync(directory: string, done: FileDone): void {
  fs.open(directory, 'r', (openError, descriptor) => {
    if (openError !== null) {
      done(openError)
      return
    }
    fs.fsync(descriptor, syncError =>
      fs.close(descriptor, closeError => done(syncError ?? closeError ?? null)),
    )
  })
}

/** From the first parent that exists. Not by Node's own `recursive`, which never returns where the system says ENOENT (/proc). */
function makeDirectory(directory: string): void {
  const missing: string[] = []
  for (let at = path.resolve(directory); !fs.existsSync(at); at = path.dirname(at)) missing.push(at)
  for (const at of missing.reverse()) fs.mkdirSync(at)
  if (!fs.statSync(directory).isDirectory()) {
    const error: NodeJS.ErrnoException = new Error(`${directory} is a file`)
    throw Object.assign(error, { code: 'ENOTDIR', path: directory })
  }
}
