/** The real Apache Kafka 4.3.1, from Maven's jars (`oracle/kafka.sh`), as a process of its own with its controller. */
import path from 'node:path'
import { Apis } from '../packages/protocol/src/index.ts'
import { freePort } from '../packages/testing/src/free-port.ts'
import { RawConnection } from '../packages/testing/src/raw-connection.ts'
import { ServerProcess } from '../packages/testing/src/server-process.ts'

const script = path.join(import.meta.dirname, 'oracle/kafka.sh')

/** All of it may be left out. */
interface KafkaOptions {
  readonly settings?: Readonly<Record<string, string>>
  /** Options of the JVM. */
  readonly heap?: string
  /** The folder below which its own is made; a temporary one otherwise. */
  readonly parent?: string
}

/** One node, which can be started again on the same port and folder. */
export class KafkaProcess extends ServerProcess {
  readonly #directory: string
  readonly #settings: readonly string[]
  readonly #heap: string

  private constructor(port: number, { settings = {}, heap, parent }: KafkaOptions) {
    super(port)
    this.#directory = path.join(parent ?? this.home, 'kafka')
    this.#settings = Object.entries(settings).map(([key, value]) => `${key}=${value}`)
    this.#heap = heap ?? '-Xms256m -Xmx512m'
  }

  /** A node whose folder is formatted at its first start. */
  static async create(options: KafkaOptions = {}): Promise<KafkaProcess> {
    return new KafkaProcess(await freePort(), options)
  }

  /** Starts the process, when that of the last start has ended; resolves when it knows itself as a broker. */
  async start(): Promise<void> {
    await this.ended()
    this.launch()
    await this.until(() => this.#knowsItself())
  }

  override launch(): void {
    this.spawn([script, 'start', this.#directory, String(this.port), ...this.#settings], {
      KAFKA_HEAP_OPTS: this.#heap,
    })
  }

  /** Kills it if it runs, and removes its folder. */
  override async [Symbol.asyncDispose](): Promise<void> {
    this.signal('SIGKILL')
    await super[Symbol.asyncDispose]()
  }

  async #knowsItself(): Promise<boolean> {
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
