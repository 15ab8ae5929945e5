/** The broker under test: a real process in a memory cgroup, with the monitor of its event loop. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { accepts, freePort } from '../packages/testing/src/broker-process.ts'
import { MemoryCgroup } from './memory-cgroup.ts'

const root = path.join(import.meta.dirname, '..')
const MEMORY_BYTES = Number(process.env['MEMORY_MIB'] ?? 256) * 1024 * 1024
const START_DEADLINE_MS = 60_000
const STOP_DEADLINE_MS = 30_000

/** A long event of the broker's loop. Times are of the wall clock. */
export interface LongEvent {
  readonly cpuMs: number
  readonly from: number
  readonly to: number
  readonly kind: string
}

/** One broker and its folder. */
export class Target {
  readonly port: number
  readonly #home: string
  readonly #cgroup: MemoryCgroup
  #child: ChildProcess | undefined
  /** When it began to serve: the loop is measured from then on. */
  #servesFrom = 0
  #maxMemoryMb = 0

  private constructor(port: number, home: string, cgroup: MemoryCgroup) {
    this.port = port
    this.#home = home
    this.#cgroup = cgroup
  }

  /** A target that is not started yet, or why there can be none. */
  static async create(): Promise<Target | string> {
    const cgroup = MemoryCgroup.create(`moldau-fuzz-${process.pid}`, MEMORY_BYTES)
    if (typeof cgroup === 'string') return cgroup
    const home = mkdtempSync(path.join(os.tmpdir(), 'moldau-fuzz-'))
    writeFileSync(path.join(home, 'monitor'), '')
    return new Target(await freePort(), home, cgroup)
  }

  async start(): Promise<void> {
    const output = openSync(this.logFile, 'a')
    const overrides = [
      `listeners=PLAINTEXT://localhost:${this.port}`,
      `log.dirs=${path.join(this.#home, 'data')}`,
      'group.initial.rebalance.delay.ms=0',
    ]
    const enter = `echo $$ > ${this.#cgroup.processes}; exec "$@"`
    this.#child = spawn(
      'sh',
      [
        '-c',
        enter,
        'sh',
        path.join(root, 'bin/moldau'),
        'server',
        'start',
        ...overrides.flatMap(pair => ['--override', pair]),
      ],
      {
        stdio: ['ignore', output, output],
        env: {
          ...process.env,
          NODE_OPTIONS: `--import ${path.join(import.meta.dirname, 'loop-monitor.ts')}`,
          MOLDAU_FUZZ_MONITOR: path.join(this.#home, 'monitor'),
        },
      },
    )
    closeSync(output)
    const deadline = Date.now() + START_DEADLINE_MS
    while (!(await accepts(this.port))) {
      if (this.hasEnded || Date.now() > deadline)
        throw new Error(`The broker did not start:\n${this.log.slice(-4000)}`)
      await new Promise(resolve => setTimeout(resolve, 20))
    }
    this.#servesFrom = Date.now()
  }

  /** Ends it; resolves with its exit code, or with its signal. */
  async end(signal: NodeJS.Signals): Promise<number | string> {
    const child = this.#child
    if (child === undefined) return 0
    if (!this.hasEnded) {
      const ended = once(child, 'exit')
      child.kill(signal)
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS)
      await ended
      clearTimeout(timer)
    }
    return child.exitCode ?? child.signalCode ?? 0
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL')
    this.#cgroup.remove()
    rmSync(this.#home, { recursive: true, force: true })
  }

  get hasEnded(): boolean {
    const child = this.#child
    return child === undefined || child.exitCode !== null || child.signalCode !== null
  }

  get outOfMemoryCount(): number {
    return this.#cgroup.killCount
  }

  get logFile(): string {
    return path.join(this.#home, 'output.log')
  }

  /** What it printed. */
  get log(): string {
    return existsSync(this.logFile) ? readFileSync(this.logFile, 'utf8') : ''
  }

  /** Largest resident memory so far, in MB. */
  get maxMemoryMb(): number {
    try {
      const status = readFileSync(`/proc/${this.#child?.pid}/status`, 'utf8')
      const mb = Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024)
      this.#maxMemoryMb = Math.max(this.#maxMemoryMb, mb)
    } catch {
      // It has ended: what was seen last stands.
    }
    return this.#maxMemoryMb
  }

  /** Long events since it served, longest first. */
  longEvents(): LongEvent[] {
    return readFileSync(path.join(this.#home, 'monitor'), 'utf8')
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line) as LongEvent)
      .filter(({ from }) => from > this.#servesFrom)
      .toSorted((a, b) => b.cpuMs - a.cpuMs)
  }
}
