/** The two brokers of a case file: each a process of its own with fresh data, on loopback, with equal settings. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { BrokerProcess } from '../../packages/testing/src/broker-process.ts'
import { freePort } from '../../packages/testing/src/free-port.ts'
import { accepts } from '../../packages/testing/src/server-process.ts'
import { settingsOfAll } from './settings.ts'

const START_DEADLINE_MS = 120_000
/** Small, and quick to start. */
const JAVA_OPTIONS = '-Xms128m -Xmx512m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC'
const script = path.join(import.meta.dirname, 'kafka.sh')

/** A broker that runs. */
export interface LiveBroker extends AsyncDisposable {
  readonly peer: 'kafka' | 'moldau'
  readonly port: number
  /** Where its data is. */
  readonly folder: string
  restart(signal: NodeJS.Signals): Promise<void>
}

/** Moldau, from this tree. */
export async function startMoldau(settings: Readonly<Record<string, string>>): Promise<LiveBroker> {
  const broker = await BrokerProcess.create(port => ({
    ...settingsOfAll,
    ...sameAsKafka(port),
    ...settings,
  }))
  await broker.start()
  return {
    peer: 'moldau',
    port: broker.port,
    folder: broker.directory,
    async restart(signal) {
      await broker.end(signal)
      await broker.start()
    },
    [Symbol.asyncDispose]: () => broker[Symbol.asyncDispose](),
  }
}

/** What `kafka.sh` writes into server.properties. */
function sameAsKafka(port: number): Record<string, string> {
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.bootstrap.servers': `localhost:${port + 1}`,
    listeners: `PLAINTEXT://localhost:${port},CONTROLLER://localhost:${port + 1}`,
    'advertised.listeners': `PLAINTEXT://localhost:${port}`,
    'controller.listener.names': 'CONTROLLER',
  }
}

/** The real Apache Kafka 4.3.1. */
export async function startKafka(settings: Readonly<Record<string, string>>): Promise<LiveBroker> {
  const home = mkdtempSync(path.join(os.tmpdir(), 'moldau-oracle-'))
  const port = await freePort()
  const broker = new KafkaProcess(home, port, { ...settingsOfAll, ...settings })
  try {
    await broker.start()
  } catch (error) {
    await broker[Symbol.asyncDispose]()
    throw error
  }
  return broker
}

class KafkaProcess implements LiveBroker {
  readonly peer = 'kafka'
  readonly port: number
  readonly folder: string
  readonly #home: string
  readonly #settings: readonly string[]
  #child: ChildProcess | undefined

  constructor(home: string, port: number, settings: Readonly<Record<string, string>>) {
    this.#home = home
    this.port = port
    this.folder = path.join(home, 'data')
    this.#settings = Object.entries(settings).map(([key, value]) => `${key}=${value}`)
  }

  async start(): Promise<void> {
    const child = spawn('sh', [script, 'start', this.#home, String(this.port), ...this.#settings], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { KAFKA_HEAP_OPTS: JAVA_OPTIONS, ...process.env },
    })
    this.#child = child
    let output = ''
    const collect = (chunk: Buffer): void => {
      output = (output + String(chunk)).slice(-4000)
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    const deadline = Date.now() + START_DEADLINE_MS
    while (!(await accepts(this.port))) {
      if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline)
        throw new Error(`Kafka did not start:\n${output}`)
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }

  async restart(signal: NodeJS.Signals): Promise<void> {
    await this.#end(signal)
    await this.start()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end('SIGKILL')
    rmSync(this.#home, { recursive: true, force: true })
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    await once(child, 'exit')
  }
}
