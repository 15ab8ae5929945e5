/**
 * The brokers that are compared: Apache Kafka 4.3.1 as it comes, Moldau with the same promise (`flush=os`), Moldau as
 * it comes (`flush=commit`), and Kafka told to sync every record (`flush.messages=1`), which is the first one with
 * another setting on its topics. Tells what a broker's process costs.
 */
import { spawn } from 'node:child_process'
import { existsSync, globSync, readFileSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { KafkaProcess } from '../../compat/kafka-process.ts'
import { BrokerProcess } from '../../packages/testing/src/broker-process.ts'

export type PeerKey = 'kafka' | 'kafkaSync' | 'os' | 'commit'

const peerNames: Readonly<Record<PeerKey, string>> = {
  kafka: 'Apache Kafka 4.3.1',
  kafkaSync: 'Apache Kafka 4.3.1, flush.messages=1',
  os: 'Moldau, flush=os',
  commit: 'Moldau, flush=commit',
}

/** What kafka-server-start.sh of the distribution gives to the JVM. */
const kafkaHeap =
  '-Xms1G -Xmx1G -server -XX:+UseG1GC -XX:MaxGCPauseMillis=20 -Djava.awt.headless=true'
/** For both: files of deleted topics go soon, because the next measurement waits for that. */
const settings = { 'log.segment.delete.delay.ms': '200' }
const monitor = path.join(import.meta.dirname, 'event-loop-delay.ts')

/** How late the event loop was, each time that it was looked at, in milliseconds. */
export interface LoopDelays {
  /** While it had the processor. */
  readonly own: readonly number[]
  /** Blocked in a call as well. */
  readonly all: readonly number[]
}

/** A broker process under test. */
export class Peer {
  readonly key: PeerKey
  /** Of each topic made for a measurement: `K=V,K=V`. */
  readonly topicConfigs: string
  readonly #process: BrokerProcess | KafkaProcess

  private constructor(key: PeerKey, broker: BrokerProcess | KafkaProcess, topicConfigs = '') {
    this.key = key
    this.#process = broker
    this.topicConfigs = topicConfigs
  }

  static async create(key: 'kafka' | 'os' | 'commit'): Promise<Peer> {
    const broker =
      key === 'kafka'
        ? await KafkaProcess.create({ settings, heap: kafkaHeap })
        : await BrokerProcess.create({ 'log.flush.policy': key, ...settings })
    return new Peer(key, broker)
  }

  /** The same process under the setting that makes it sync every record. */
  withSync(): Peer {
    return new Peer('kafkaSync', this.#process, 'flush.messages=1')
  }

  get boot(): string {
    return this.#process.address
  }

  get pid(): number {
    return this.#process.pid
  }

  get folder(): string {
    return this.#process.home
  }

  get isOurs(): boolean {
    return this.key === 'os' || this.key === 'commit'
  }

  /** Starts the process, without waiting for it. `isWatched` measures the event loop of a Moldau. */
  launch(isWatched = true): void {
    if (this.#process instanceof BrokerProcess)
      this.#process.environment = isWatched
        ? {
            MOLDAU_BENCH_DELAY_FILE: this.#delayFile,
            NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --import=${monitor}`,
          }
        : {}
    this.#process.launch()
  }

  /** Rejects when the process ends by itself. */
  async ends(): Promise<never> {
    await this.#process.ended()
    throw new Error(`${peerNames[this.key]} ended:\n${this.#process.output.slice(-2000)}`)
  }

  /** Waits until somebody listens. */
  listens(): Promise<void> {
    return this.#process.listens()
  }

  /** User and system seconds that the process has used, in all its threads. */
  cpuSeconds(): number {
    return this.#process.cpuSeconds()
  }

  /** Resident memory in MB. */
  memoryMb(): number {
    return this.#process.memoryMb()
  }

  /** Begins to look at the event loop of a Moldau. */
  watchLoop(): void {
    if (this.isOurs) process.kill(this.pid, 'SIGUSR2')
  }

  /** What was seen since `watchLoop`. Undefined of Kafka. */
  async loopDelays(): Promise<LoopDelays | undefined> {
    if (!this.isOurs) return undefined
    rmSync(this.#delayFile, { force: true })
    process.kill(this.pid, 'SIGUSR2')
    for (let i = 0; i < 1000 && !existsSync(this.#delayFile); i++) await sleep(10)
    return JSON.parse(readFileSync(this.#delayFile, 'utf8')) as LoopDelays
  }

  /** Whether files of a topic are there, deleted or not. */
  hasFilesOf(topic: string): boolean {
    return globSync(`${this.folder}/**/${topic}-*`).length > 0
  }

  async stop(): Promise<void> {
    await this.#process.end('SIGTERM')
  }

  /**
   * Ends it at once. Its files are put aside until nothing is measured any more: to remove those of 10,000 partitions
   * takes longer than to make them.
   */
  async remove(): Promise<void> {
    await this.#process.end('SIGKILL')
    const folder = `${this.folder}-removed`
    if (existsSync(this.folder)) renameSync(this.folder, folder)
    removeAtExit(folder)
    await this.#process[Symbol.asyncDispose]()
  }

  get #delayFile(): string {
    return path.join(this.folder, 'event-loop-delay.json')
  }
}

const aside: string[] = []

/** Another process removes the folder when this one ends, however it ends. */
function removeAtExit(folder: string): void {
  aside.push(folder)
  if (aside.length > 1) return
  process.on('exit', () => {
    spawn('rm', ['-rf', ...aside], { detached: true, stdio: 'ignore' }).unref()
  })
}
