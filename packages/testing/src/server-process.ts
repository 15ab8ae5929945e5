/**
 * A server as a process of its own on a port of this machine, with a temporary folder. What it prints goes to a file
 * there, not through this process, which may be too busy to read it.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { releasePort } from './free-port.ts'

/** How long a start may take; that of a JVM beside others is slow. */
const START_DEADLINE_MS = 120_000
/** Of /proc, on every Linux. */
const TICKS_PER_SECOND = 100

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

/** One server, which can be started again on the same port and folder. What `launch` runs is its own. */
export abstract class ServerProcess {
  readonly port: number
  /** The folder for its files, removed with it. */
  readonly home = mkdtempSync(path.join(os.tmpdir(), 'moldau-test-'))
  #child: ChildProcess | undefined

  protected constructor(port: number) {
    this.port = port
  }

  /** Starts the process, without waiting for it; that of the last start has ended. */
  abstract launch(): void

  protected spawn(words: readonly string[], environment: Readonly<Record<string, string>>): void {
    const output = openSync(this.outputFile, 'a')
    const child = spawn(words[0]!, words.slice(1), {
      stdio: ['ignore', output, output],
      env: { ...process.env, ...environment },
    })
    closeSync(output)
    this.#child = child
    // It does not outlive the process that started it.
    const atExit = (): void => {
      child.kill('SIGKILL')
      rmSync(this.home, { recursive: true, force: true })
    }
    process.once('exit', atExit)
    child.once('exit', () => process.off('exit', atExit))
  }

  /** Resolves when it accepts connections. @throws when it ends instead */
  listens(): Promise<void> {
    return this.until(() => accepts(this.port))
  }

  /** Resolves when this holds of a start. @throws when the process ends instead */
  protected async until(holds: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + START_DEADLINE_MS
    while (!(await holds())) {
      if (!this.isRunning || Date.now() > deadline)
        throw new Error(`The broker did not start:\n${this.output.slice(-4000)}`)
      await pause(5)
    }
  }

  get address(): string {
    return `localhost:${this.port}`
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  get outputFile(): string {
    return path.join(this.home, 'output.log')
  }

  /** What it printed, in all its lives. */
  get output(): string {
    return existsSync(this.outputFile) ? readFileSync(this.outputFile, 'utf8') : ''
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

  /** User and system seconds that it has used, in all its threads. */
  cpuSeconds(): number {
    const fields = readFileSync(`/proc/${this.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
  }

  /** Resident memory in MB; with `VmHWM`, the most so far. */
  memoryMb(field: 'VmRSS' | 'VmHWM' = 'VmRSS'): number {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8')
    return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) / 1024
  }

  /** Open file descriptors. */
  handleCount(): number {
    return readdirSync(`/proc/${this.pid}/fd`).length
  }

  /** Stops it if it runs, removes its folder, and gives its port back. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGTERM')
    releasePort(this.port)
    rmSync(this.home, { recursive: true, force: true })
  }
}
