/** A broker as a process of its own, on a free port, with its data in a temporary folder that lives as long as the test. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'

const launcher = path.join(import.meta.dirname, '../../../bin/moldau')
/** How long a start may take before the test fails. */
const START_DEADLINE_MS = 60_000

/** Whether somebody listens on a port of this machine. */
export async function accepts(port: number): Promise<boolean> {
  const socket = net.connect(port, 'localhost')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

/**
 * A port that was free a moment ago, below those that the kernel gives to outgoing connections: one of them could take
 * it while the broker is down, even the one that asks whether the broker is there.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_000)
    const server = net.createServer().listen(port, 'localhost')
    try {
      await once(server, 'listening')
    } catch {
      continue
    }
    server.close()
    await once(server, 'close')
    return port
  }
}

/** One broker, which can be started again on the same port and folder. */
export class BrokerProcess {
  readonly port: number
  /** The data folder. */
  readonly directory: string
  readonly #home: string
  readonly #overrides: Readonly<Record<string, string>>
  readonly #environment: Readonly<Record<string, string>>
  #child: ChildProcess | undefined
  /** Words before the command, such as those of a tool that limits it. */
  prefix: readonly string[] = []
  /** What it printed, of all its lives. */
  output = ''

  private constructor(
    port: number,
    overrides: Record<string, string>,
    environment: Record<string, string>,
  ) {
    this.port = port
    this.#home = mkdtempSync(path.join(os.tmpdir(), 'moldau-test-'))
    this.directory = path.join(this.#home, 'data')
    this.#overrides = overrides
    this.#environment = environment
  }

  /** `overrides` are settings, or give them for the port that was found. */
  static async create(
    overrides: Record<string, string> | ((port: number) => Record<string, string>) = {},
    environment: Record<string, string> = {},
  ): Promise<BrokerProcess> {
    const port = await freePort()
    const settings = typeof overrides === 'function' ? overrides(port) : overrides
    return new BrokerProcess(port, settings, environment)
  }

  get address(): string {
    return `localhost:${this.port}`
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  /**
   * Starts the process, when that of the last start has ended; resolves when it accepts connections. `overrides` are for
   * this life only.
   */
  async start(overrides: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.ended()
    const properties = {
      listeners: `PLAINTEXT://localhost:${this.port}`,
      'log.dirs': this.directory,
      'group.initial.rebalance.delay.ms': '0',
      ...this.#overrides,
      ...overrides,
    }
    const words = [...this.prefix, launcher]
    const child = spawn(
      words[0]!,
      [
        ...words.slice(1),
        'server',
        'start',
        ...Object.entries(properties).flatMap(([key, value]) => ['--override', `${key}=${value}`]),
      ],
      { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...this.#environment } },
    )
    this.#child = child
    // A broker does not outlive the test that started it.
    const atExit = (): void => {
      child.kill('SIGKILL')
      rmSync(this.#home, { recursive: true, force: true })
    }
    process.once('exit', atExit)
    child.once('exit', () => process.off('exit', atExit))
    const collect = (chunk: Buffer): void => {
      this.output = (this.output + String(chunk)).slice(-100_000)
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    const deadline = Date.now() + START_DEADLINE_MS
    while (!(await accepts(this.port))) {
      if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline)
        throw new Error(`The broker did not start:\n${this.output.slice(-4000)}`)
      await new Promise(resolve => setTimeout(resolve, 5))
    }
  }

  /** Sends a signal; resolves with the exit code, or null after a signal that ended it. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.signal(signal)
    return this.ended()
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal)
  }

  get isRunning(): boolean {
    const child = this.#child
    return child !== undefined && child.exitCode === null && child.signalCode === null
  }

  /** Resolves when it does not run any more, with the exit code, or null after a signal that ended it. */
  async ended(): Promise<number | null> {
    if (this.isRunning) await once(this.#child!, 'exit')
    return this.#child?.exitCode ?? null
  }

  /** Resident memory in MB. */
  memoryMb(): number {
    return (
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))?.[1]) / 1024
    )
  }

  /** Open file descriptors. */
  handleCount(): number {
    return readdirSync(`/proc/${this.pid}/fd`).length
  }

  /** Stops it if it runs, and removes its data. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGTERM')
    rmSync(this.#home, { recursive: true, force: true })
  }
}
