/** A broker as a process of its own, with its data in a temporary folder that lives as long as the test. */
import path from 'node:path'
import { freePort } from './free-port.ts'
import { ServerProcess } from './server-process.ts'

const launcher = path.join(import.meta.dirname, '../../../bin/moldau')

/** One broker, which can be started again on the same port and folder. */
export class BrokerProcess extends ServerProcess {
  /** The data folder. */
  readonly directory: string
  readonly #overrides: Readonly<Record<string, string>>
  /** Words before the command, such as those of a tool that limits it. */
  prefix: readonly string[] = []
  /** What its environment has beside that of this process. */
  environment: Readonly<Record<string, string>>

  private constructor(
    port: number,
    overrides: Record<string, string>,
    environment: Record<string, string>,
  ) {
    super(port)
    this.directory = path.join(this.home, 'data')
    this.#overrides = overrides
    this.environment = environment
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

  /**
   * Starts the process, when that of the last start has ended; resolves when it accepts connections. `overrides` are for
   * this life only.
   */
  async start(overrides: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.ended()
    this.launch(overrides)
    await this.listens()
  }

  override launch(overrides: Readonly<Record<string, string>> = {}): void {
    const properties = {
      listeners: `PLAINTEXT://localhost:${this.port}`,
      'log.dirs': this.directory,
      'group.initial.rebalance.delay.ms': '0',
      ...this.#overrides,
      ...overrides,
    }
    const words = Object.entries(properties).flatMap(([key, value]) => [
      '--override',
      `${key}=${value}`,
    ])
    this.spawn([...this.prefix, launcher, 'server', 'start', ...words], this.environment)
  }
}
