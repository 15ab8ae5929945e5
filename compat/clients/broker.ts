/** The broker that a suite talks to: Moldau, or with `PEER=kafka` the real Apache Kafka, on a folder that outlives it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { accepts, freePort } from '../../packages/testing/src/broker-process.ts'

const compat = path.join(import.meta.dirname, '..')
const START_DEADLINE_MS = 180_000

export const peer = process.env['PEER'] === 'kafka' ? 'Apache Kafka 4.3.1' : 'Moldau'

/** The same for both: a group does not wait for its first members, and a member that crashes is missed soon. */
const settings = ['group.initial.rebalance.delay.ms=0', 'group.min.session.timeout.ms=1000']

/** One broker, which can be started again on the same port and folder. */
export class Broker {
  readonly #folder: string
  readonly #port: number
  #child: ChildProcess | undefined

  private constructor(folder: string, port: number) {
    this.#folder = folder
    this.#port = port
  }

  static async create(name: string): Promise<Broker> {
    return new Broker(
      mkdtempSync(path.join(os.tmpdir(), `moldau-compat-${name}-`)),
      await freePort(),
    )
  }

  get address(): string {
    return `localhost:${this.#port}`
  }

  /** The file with what it printed. */
  get log(): string {
    return path.join(this.#folder, 'output.log')
  }

  async start(): Promise<void> {
    const output = openSync(this.log, 'a')
    const [command, parameters] =
      peer === 'Moldau'
        ? [path.join(compat, '../bin/moldau'), ['server', 'start', ...this.#overrides()]]
        : [
            path.join(compat, 'oracle/kafka.sh'),
            [
              'start',
              path.join(this.#folder, 'kafka'),
              String(this.#port),
              'num.partitions=1',
              ...settings.slice(1),
            ],
          ]
    const child = spawn(command, parameters, {
      stdio: ['ignore', output, output],
      env: { ...process.env, KAFKA_HEAP_OPTS: '-Xms256m -Xmx512m' },
    })
    this.#child = child
    const deadline = Date.now() + START_DEADLINE_MS
    while (!(await accepts(this.#port))) {
      if (child.exitCode !== null || Date.now() > deadline)
        throw new Error(`The broker did not start:\n${readFileSync(this.log, 'utf8').slice(-4000)}`)
      await pause(20)
    }
  }

  #overrides(): string[] {
    return [
      `listeners=PLAINTEXT://localhost:${this.#port}`,
      `log.dirs=${path.join(this.#folder, 'data')}`,
      ...settings,
    ].flatMap(setting => ['--override', setting])
  }

  async stop(): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
  }

  /** Removes its folder; only after `stop`. */
  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
