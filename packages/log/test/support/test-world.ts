/**
 * A world for the log's tests: files in memory that remember what was synced, timers that the test runs, a clock that
 * the test sets. `crash()` leaves what a power cut would: synced bytes, and of the rest what the test asks for.
 */
import type { Timer } from '@moldau/base'
import type { DirectoryEntry, FileDone, Files, OpenFile, OpenMode, World } from '@moldau/io'

interface Node {
  data: Buffer
  length: number
  /** What an fdatasync has covered. */
  synced: Buffer
  modifiedAt: number
}

/** Ends an asynchronous call as it begins: what matters of these is when they begin. */
function atOnce(call: () => void, done: FileDone): void {
  let failure: Error | null = null
  try {
    call()
  } catch (error) {
    failure = error as Error
  }
  done(failure)
}

/** Which call fails, and how. */
export interface Fault {
  readonly call:
    | 'write'
    | 'writeAsync'
    | 'datasync'
    | 'datasyncAsync'
    | 'open'
    | 'replace'
    | 'rename'
    | 'makeDirectory'
  readonly path: RegExp
  readonly code: string
}

export class TestWorld implements World {
  now = 1_700_000_000_000
  elapsed = 0
  nodes = new Map<string, Node>()
  folders = new Set<string>()
  faults: Fault[] = []
  /** Asynchronous file calls that have not ended, oldest first. */
  pending: (() => void)[] = []
  /** Ends asynchronous calls by themselves, in a later turn. */
  autoComplete = true
  /** Counts down at each changing call; at 0 the machine stops. */
  callsLeft = Infinity
  calls: string[] = []
  #soon: (() => void)[] = []
  #timers: { at: number; task: () => void; period: number | undefined; isCancelled: boolean }[] = []
  #seed = 1
  freeBytes = 1e12
  memoryBytes?: number
  openCount = 0
  openMax = 0
  /** Milliseconds that a synchronous write takes. */
  writeMs = 0
  /** The same of a synchronous read. */
  readMs = 0
  /** Milliseconds that go by with each look at the clock. */
  lookMs = 0
  dead = false

  readonly clock: World['clock'] = {
    now: () => this.now,
    monotonic: () => (this.elapsed += this.lookMs),
  }
  readonly random: World['random'] = {
    below: (limit: number) => this.#next() % limit,
    fraction: () => this.#next() / 2 ** 31,
    bytes: (length: number) => Buffer.from(Array.from({ length }, () => this.#next() & 0xff)),
  }
  readonly timers: World['timers'] = {
    after: (delayMs: number, task: () => void) => this.#timer(delayMs, task, undefined),
    every: (periodMs: number, task: () => void) => this.#timer(periodMs, task, periodMs),
    soon: (task: () => void) => {
      this.#soon.push(task)
    },
    later: (task: () => void) => {
      this.#timer(0, task, undefined)
    },
  }
  readonly network = undefined as never
  readonly files: Files = {
    open: (path, mode) => this.#open(path, mode),
    exists: path => this.nodes.has(path) || this.folders.has(path),
    size: path => this.#node(path).length,
    modifiedAt: path => this.#node(path).modifiedAt,
    readAll: path => {
      const node = this.#node(path)
      return Buffer.from(node.data.subarray(0, node.length))
    },
    replace: (path, data) => {
      this.#step('replace', path)
      if (!this.folders.has(path.slice(0, path.lastIndexOf('/')))) throw systemError('ENOENT', path)
      this.nodes.set(path, {
        data: Buffer.from(data),
        length: data.length,
        synced: Buffer.from(data),
        modifiedAt: this.now,
      })
    },
    list: directory => this.#list(directory),
    makeDirectory: path => {
      this.fault('makeDirectory', path)
      const parts = path.split('/')
      for (let i = 1; i <= parts.length; i++) this.folders.add(parts.slice(0, i).join('/'))
    },
    rename: (from, to) => {
      this.#step('rename', from)
      const moved = [...this.nodes].filter(([path]) => path === from || path.startsWith(from + '/'))
      if (moved.length === 0 && !this.folders.has(from)) throw systemError('ENOENT', from)
      for (const [path, node] of moved) {
        this.nodes.delete(path)
        this.nodes.set(to + path.slice(from.length), node)
      }
      if (this.folders.delete(from)) this.folders.add(to)
    },
    remove: path => {
      for (const name of [...this.nodes.keys(), ...this.folders])
        if (name === path || name.startsWith(path + '/')) {
          this.nodes.delete(name)
          this.folders.delete(name)
        }
    },
    removeAsync: (path, done) => atOnce(() => this.files.remove(path), done),
    syncDirectory: path => {
      if (!this.folders.has(path)) throw systemError('ENOENT', path)
    },
    syncDirectoryAsync: (path, done) => atOnce(() => this.files.syncDirectory(path), done),
    space: () => ({ freeBytes: this.freeBytes, totalBytes: 1e12 }),
    lock: () => Promise.resolve({ release: () => {} }),
  }

  /** Runs what is due in this tick. */
  tick(): void {
    while (this.#soon.length > 0) this.#soon.shift()!()
  }

  /** Timers that have neither fired nor been cancelled. */
  get timerCount(): number {
    return this.#timers.filter(timer => !timer.isCancelled).length
  }

  /** Ends the oldest asynchronous call. */
  completeOne(): void {
    this.pending.shift()?.()
    this.tick()
  }

  /** Runs ticks, file calls and timers that are due, until nothing is left to do, letting promises settle. */
  async settle(advanceMs = 0): Promise<void> {
    const end = this.now + advanceMs
    for (;;) {
      this.tick()
      await new Promise<void>(resolve => setImmediate(resolve))
      if (this.autoComplete && this.pending.length > 0) {
        this.completeOne()
        continue
      }
      const due = this.#timers
        .filter(timer => !timer.isCancelled && timer.at <= end)
        .sort((a, b) => a.at - b.at)[0]
      if (due === undefined) {
        if (this.#soon.length === 0) break
        continue
      }
      this.now = Math.max(this.now, due.at)
      if (due.period === undefined) this.#timers.splice(this.#timers.indexOf(due), 1)
      else due.at += due.period
      due.task()
    }
    this.now = end
  }

  /** Runs until the promise ends. */
  async run<T>(promise: Promise<T>): Promise<T> {
    let isDone = false
    const watched = promise.finally(() => {
      isDone = true
    })
    watched.catch(() => {})
    for (let i = 0; !isDone && i < 1000; i++) {
      await this.settle(1)
      if (this.dead && !isDone) throw new Stopped()
    }
    return watched
  }

  /** What a power cut leaves: synced bytes, and of what lies behind them what `keep` answers. */
  crash(
    keep: (path: string, synced: Buffer, written: Buffer) => Buffer = (_, synced) => synced,
  ): TestWorld {
    const after = new TestWorld()
    after.now = this.now
    for (const folder of this.folders) after.folders.add(folder)
    for (const [path, node] of this.nodes) {
      const data = Buffer.from(
        keep(path, node.synced, Buffer.from(node.data.subarray(0, node.length))),
      )
      after.nodes.set(path, {
        data,
        length: data.length,
        synced: Buffer.from(data),
        modifiedAt: node.modifiedAt,
      })
    }
    return after
  }

  /** What kill -9 leaves: everything that was written. */
  kill(): TestWorld {
    return this.crash((_, __, written) => written)
  }

  bytes(path: string): Buffer {
    return this.files.readAll(path)
  }

  #open(path: string, mode: OpenMode): OpenFile {
    this.#fault('open', path)
    let node = this.nodes.get(path)
    if (node === undefined) {
      if (mode !== 'create') throw systemError('ENOENT', path)
      this.#step('create', path)
      node = { data: Buffer.alloc(0), length: 0, synced: Buffer.alloc(0), modifiedAt: this.now }
      this.nodes.set(path, node)
    }
    this.openCount++
    this.openMax = Math.max(this.openMax, this.openCount)
    return new TestFile(this, path, node, mode)
  }

  #list(directory: string): DirectoryEntry[] {
    if (!this.folders.has(directory)) throw systemError('ENOENT', directory)
    const names = new Map<string, boolean>()
    for (const path of this.nodes.keys())
      if (path.startsWith(directory + '/')) {
        const [name, rest] = path.slice(directory.length + 1).split('/')
        names.set(name!, rest !== undefined)
      }
    for (const path of this.folders)
      if (path.startsWith(directory + '/'))
        names.set(path.slice(directory.length + 1).split('/')[0]!, true)
    return [...names]
      .map(([name, isDirectory]) => ({ name, isDirectory }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  #node(path: string): Node {
    const node = this.nodes.get(path)
    if (node === undefined) throw systemError('ENOENT', path)
    return node
  }

  #timer(delayMs: number, task: () => void, period: number | undefined): Timer {
    const timer = { at: this.now + delayMs, task, period, isCancelled: false }
    this.#timers.push(timer)
    return {
      cancel: () => {
        timer.isCancelled = true
      },
    }
  }

  #next(): number {
    this.#seed = (Math.imul(this.#seed, 1103515245) + 12345) & 0x7fffffff
    return this.#seed
  }

  #step(call: string, path: string): void {
    this.#fault(call, path)
    this.step(call, path)
  }

  #fault(call: string, path: string): void {
    this.fault(call, path)
  }

  /** A call that changes the disk. @throws Stopped when the machine stops here. */
  step(call: string, path: string): void {
    if (this.dead) throw new Stopped()
    this.calls.push(`${call} ${path}`)
    if (--this.callsLeft < 0) {
      this.dead = true
      throw new Stopped()
    }
  }

  fault(call: string, path: string): void {
    for (const fault of this.faults)
      if (fault.call === call && fault.path.test(path)) throw systemError(fault.code, path)
  }
}

/** The simulated machine has stopped. */
export class Stopped extends Error {}

class TestFile implements OpenFile {
  readonly path: string
  readonly #world: TestWorld
  readonly #node: Node
  readonly #mode: OpenMode
  #isClosed = false

  constructor(world: TestWorld, path: string, node: Node, mode: OpenMode) {
    this.#world = world
    this.path = path
    this.#node = node
    this.#mode = mode
  }

  read(into: Buffer, position: number): number {
    this.#world.elapsed += this.#world.readMs
    return this.#read(into, position)
  }

  #read(into: Buffer, position: number): number {
    this.#check()
    const end = Math.min(position + into.length, this.#node.length)
    return end <= position ? 0 : this.#node.data.copy(into, 0, position, end)
  }

  readAsync(
    into: Buffer,
    position: number,
    done: (error: Error | null, bytes: number) => void,
  ): void {
    this.#world.pending.push(() => done(null, this.#read(into, position)))
  }

  write(data: Buffer, position: number): void {
    this.#check()
    this.#world.fault('write', this.path)
    this.#world.elapsed += this.#world.writeMs
    this.#world.step('write', this.path)
    this.#put(data, position)
  }

  writeAsync(parts: readonly Buffer[], position: number, done: FileDone): void {
    this.#check()
    const copy = Buffer.concat(parts)
    this.#world.pending.push(() => {
      try {
        this.#world.fault('writeAsync', this.path)
        this.#world.step('writeAsync', this.path)
        if (!copy.equals(Buffer.concat(parts))) throw new Error('the parts have changed')
        this.#put(copy, position)
      } catch (error) {
        if (error instanceof Stopped) return
        done(error as Error)
        return
      }
      done(null)
    })
  }

  datasync(): void {
    this.#check()
    this.#world.fault('datasync', this.path)
    this.#world.step('datasync', this.path)
    this.#sync()
  }

  datasyncAsync(done: FileDone): void {
    this.#check()
    // What was written when the call began is what it covers.
    this.#world.pending.push(() => {
      try {
        this.#world.fault('datasyncAsync', this.path)
        this.#world.step('datasyncAsync', this.path)
        this.#sync()
      } catch (error) {
        if (error instanceof Stopped) return
        done(error as Error)
        return
      }
      done(null)
    })
  }

  truncate(length: number): void {
    this.#check()
    this.#world.step('truncate', this.path)
    if (length > this.#node.length)
      this.#put(Buffer.alloc(length - this.#node.length), this.#node.length)
    this.#node.length = length
  }

  size(): number {
    return this.#node.length
  }

  close(): void {
    this.#check()
    this.#isClosed = true
    this.#world.openCount--
  }

  #put(data: Buffer, position: number): void {
    if (this.#mode === 'read') throw systemError('EBADF', this.path)
    const node = this.#node
    const end = position + data.length
    if (end > node.data.length) {
      const grown = Buffer.alloc(Math.max(end, node.data.length * 2))
      node.data.copy(grown, 0, 0, node.length)
      node.data = grown
    }
    if (position > node.length) node.data.fill(0, node.length, position)
    data.copy(node.data, position)
    node.length = Math.max(node.length, end)
    node.modifiedAt = this.#world.now
  }

  #sync(): void {
    this.#node.synced = Buffer.from(this.#node.data.subarray(0, this.#node.length))
  }

  #check(): void {
    if (this.#isClosed) throw systemError('EBADF', this.path)
  }
}

function systemError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code, syscall: 'test' })
}
