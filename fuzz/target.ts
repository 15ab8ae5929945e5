/** The broker under test: a real process in a memory cgroup, with the monitor of its event loop. */
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { BrokerProcess } from '../packages/testing/src/broker-process.ts'
import { MemoryCgroup } from './memory-cgroup.ts'

const MEMORY_BYTES = Number(process.env['MEMORY_MIB'] ?? 256) * 1024 * 1024
const STOP_DEADLINE_MS = 30_000

/** A long event of the broker's loop. Times are of the wall clock. */
export interface LongEvent {
  readonly cpuMs: number
  /** What of it the kernel took: for work that was asked of it, or to find memory in a small group. */
  readonly systemMs: number
  readonly from: number
  readonly to: number
  readonly kind: string
}

/** One broker and its cgroup. */
export class Target {
  readonly #broker: BrokerProcess
  readonly #cgroup: MemoryCgroup
  /** Where the monitor of the event loop writes. */
  readonly #monitor: string
  /** When it began to serve: the loop is measured from then on. */
  #servesFrom = 0
  #maxMemoryMb = 0

  private constructor(broker: BrokerProcess, cgroup: MemoryCgroup) {
    this.#broker = broker
    this.#cgroup = cgroup
    this.#monitor = path.join(broker.home, 'monitor')
    writeFileSync(this.#monitor, '')
    broker.prefix = ['sh', '-c', `echo $$ > ${cgroup.processes}; exec "$@"`, 'sh']
    broker.environment = {
      NODE_OPTIONS: `--import ${path.join(import.meta.dirname, 'loop-monitor.ts')}`,
      MOLDAU_FUZZ_MONITOR: this.#monitor,
    }
  }

  /** A target that is not started yet, or why there can be none. */
  static async create(): Promise<Target | string> {
    const cgroup = MemoryCgroup.create(`moldau-fuzz-${process.pid}`, MEMORY_BYTES)
    return typeof cgroup === 'string' ? cgroup : new Target(await BrokerProcess.create(), cgroup)
  }

  async start(): Promise<void> {
    await this.#broker.start()
    this.#servesFrom = Date.now()
  }

  /** Ends it, by force after half a minute; resolves with its exit code, or null after a signal that ended it. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const timer = setTimeout(() => this.#broker.signal('SIGKILL'), STOP_DEADLINE_MS)
    const code = await this.#broker.end(signal)
    clearTimeout(timer)
    return code
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL')
    this.#cgroup.remove()
    await this.#broker[Symbol.asyncDispose]()
  }

  get port(): number {
    return this.#broker.port
  }

  get hasEnded(): boolean {
    return !this.#broker.isRunning
  }

  get outOfMemoryCount(): number {
    return this.#cgroup.killCount
  }

  /** What it printed. */
  get log(): string {
    return this.#broker.output
  }

  /** Largest resident memory so far, in MB. */
  get maxMemoryMb(): number {
    try {
      this.#maxMemoryMb = Math.max(this.#maxMemoryMb, Math.round(this.#broker.memoryMb('VmHWM')))
    } catch {
      // It has ended: what was seen last stands.
    }
    return this.#maxMemoryMb
  }

  /** Long events since it served, longest first. */
  longEvents(): LongEvent[] {
    return readFileSync(this.#monitor, 'utf8')
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line) as LongEvent)
      .filter(({ from }) => from > this.#servesFrom)
      .toSorted((a, b) => b.cpuMs - a.cpuMs)
  }
}
