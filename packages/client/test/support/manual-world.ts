/**
 * A world for tests: time moves when a test says so, streams connect to brokers in the same process, and nothing
 * else happens. `settle` lets all that can happen now happen.
 */
import type { Timer } from '@moldau/base'
import { memoryFiles, type Stream, type StreamHandler, type World } from '@moldau/io'

interface Task {
  at: number
  readonly run: () => void
  readonly periodMs: number | undefined
}

/** Takes one connection: gets what the client sends, and may answer. */
export type Accept = (peer: { send(data: Buffer): void; close(): void }) => {
  received(data: Buffer): void
}

export class ManualWorld implements World {
  readonly files = memoryFiles()
  readonly #tasks = new Set<Task>()
  readonly #listeners = new Map<string, Accept>()
  #time = 1_000_000
  #random = 1

  readonly clock = { now: (): number => this.#time, monotonic: (): number => this.#time }

  readonly timers = {
    after: (delayMs: number, run: () => void): Timer => this.#schedule(delayMs, run, undefined),
    every: (periodMs: number, run: () => void): Timer => this.#schedule(periodMs, run, periodMs),
    soon: (run: () => void): void => queueMicrotask(run),
    later: (run: () => void): void => queueMicrotask(run),
  }

  readonly random = {
    below: (limit: number): number => Math.floor(this.#fraction() * limit),
    fraction: (): number => this.#fraction(),
    bytes: (length: number): Buffer => Buffer.alloc(length, 7),
  }

  readonly network = {
    listen: (): Promise<never> => Promise.reject(new Error('not in tests')),
    connect: ({ host, port }: { host: string; port: number }): Promise<Stream> => {
      const accept = this.#listeners.get(`${host}:${port}`)
      if (accept === undefined)
        return Promise.reject(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }))
      return Promise.resolve(new PairedStream(accept))
    },
  }

  /** Answers connections to this address from now on; undefined refuses them. */
  serve(address: string, accept: Accept | undefined): void {
    if (accept === undefined) this.#listeners.delete(address)
    else this.#listeners.set(address, accept)
  }

  /** Runs all that is due without time passing. */
  async settle(): Promise<void> {
    for (let i = 0; i < 200; i++) await Promise.resolve()
  }

  /** Lets time pass, timer by timer. */
  async advance(byMs: number): Promise<void> {
    const end = this.#time + byMs
    await this.settle()
    for (;;) {
      const [next] = [...this.#tasks].filter(task => task.at <= end).sort((a, b) => a.at - b.at)
      if (next === undefined) break
      this.#time = Math.max(this.#time, next.at)
      if (next.periodMs === undefined) this.#tasks.delete(next)
      else next.at += next.periodMs
      next.run()
      await this.settle()
    }
    this.#time = end
  }

  #schedule(delayMs: number, run: () => void, periodMs: number | undefined): Timer {
    const task: Task = { at: this.#time + delayMs, run, periodMs }
    this.#tasks.add(task)
    return { cancel: () => this.#tasks.delete(task) }
  }

  #fraction(): number {
    this.#random = (Math.imul(this.#random, 1_664_525) + 1_013_904_223) >>> 0
    return this.#random / 2 ** 32
  }
}

class PairedStream implements Stream {
  readonly remoteAddress = 'broker'
  readonly remotePort = 1
  readonly localPort = 2
  readonly bufferedBytes = 0
  readonly #server: ReturnType<Accept>
  #handler: StreamHandler | undefined
  #isOver = false

  constructor(accept: Accept) {
    this.#server = accept({
      send: data => queueMicrotask(() => this.#deliver(data)),
      close: () => queueMicrotask(() => this.#end()),
    })
  }

  start(handler: StreamHandler): void {
    this.#handler = handler
  }

  write(parts: readonly Buffer[], sent?: () => void): void {
    const data = Buffer.concat(parts)
    queueMicrotask(() => {
      if (!this.#isOver) this.#server.received(data)
      sent?.()
    })
  }

  pause(): void {}
  resume(): void {}

  end(): void {
    this.#end()
  }

  destroy(): void {
    this.#end()
  }

  /** In pieces of at most what the landing holds. */
  #deliver(data: Buffer): void {
    for (let at = 0; at < data.length && !this.#isOver;) {
      const landing = this.#handler?.landing() ?? Buffer.alloc(0)
      const count = data.copy(landing, 0, at)
      this.#handler?.received(count)
      at += count
    }
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    queueMicrotask(() => this.#handler?.closed())
  }
}
