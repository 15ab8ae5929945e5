/** Apache Kafka 4.3.1 as it comes, as a process that can be killed and started again on the same folder. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { Apis } from '../../packages/protocol/src/index.ts'
import { freePort, RawConnection } from '../../packages/testing/src/index.ts'
import { pause } from './fault-result.ts'

const script = path.join(import.meta.dirname, '../../compat/oracle/kafka.sh')
const START_DEADLINE_MS = 60_000
const environment = { ...process.env, KAFKA_HEAP_OPTS: '-Xms256m -Xmx512m' }

/** One node, with its controller. */
export class KafkaNode {
  readonly port: number
  readonly #folder: string
  #child: ChildProcess | undefined

  private constructor(port: number, folder: string) {
    this.port = port
    this.#folder = folder
  }

  /** A node whose folder will be formatted below `parent`. */
  static async create(parent: string): Promise<KafkaNode> {
    return new KafkaNode(await freePort(), path.join(parent, 'kafka'))
  }

  /** Resolves when it knows itself as a broker. @throws when it ends instead */
  async start(): Promise<void> {
    const child = spawn(script, ['start', this.#folder, String(this.port)], {
      stdio: 'ignore',
      env: environment,
    })
    this.#child = child
    const kill = (): void => void child.kill('SIGKILL')
    process.once('exit', kill)
    child.once('exit', () => process.off('exit', kill))
    const deadline = Date.now() + START_DEADLINE_MS
    while (!(await this.#answers())) {
      if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline)
        throw new Error('Apache Kafka did not start')
      await pause(100)
    }
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL')
  }

  async #answers(): Promise<boolean> {
    try {
      const connection = await RawConnection.open(this.port)
      try {
        const answer = await connection.request(Apis.Metadata, 9, { topics: null })
        return answer.brokers.length > 0
      } finally {
        connection.destroy()
      }
    } catch {
      return false
    }
  }
}
