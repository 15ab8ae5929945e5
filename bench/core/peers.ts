/**
 * The brokers that are compared: Apache Kafka 4.3.1 as it comes, Moldau with the same promise (`flush=os`), Moldau as
 * it comes (`flush=commit`), and Kafka told to sync every record (`flush.messages=1`), which is the first one with
 * another setting on its topics. Tells what a broker's process costs.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../packages/testing/src/broker-process.ts'

export type PeerKey = 'kafka' | 'kafkaSync' | 'os' | 'commit'

const peerNames: Readonly<Record<PeerKey, string>> = {
  kafka: 'Apache Kafka 4.3.1',
  kafkaSync: 'Apache Kafka 4.3.1, flush.messages=1',
  os: 'Moldau, flush=os',
  commit: 'Moldau, flush=commit',
}

const project = path.join(import.meta.dirname, '../..')
const clockTicks = 100
const startDeadlineMs = 120_000
/** What kafka-server-start.sh of the distribution gives to the JVM. */
const kafkaHeap =
  '-Xms1G -Xmx1G -server -XX:+UseG1GC -XX:MaxGCPauseMillis=20 -Djava.awt.headless=true'
/** For both: files of deleted topics go soon, so that runs do not fill the page cache; members join without a pause. */
const settings = { 'log.segment.delete.delay.ms': '1000', 'group.initial.rebalance.delay.ms': '0' }

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
  readonly port: number
  readonly folder: string
  /** Of each topic made for a measurement: `K=V,K=V`. */
  readonly topicConfigs: string
  #child: ChildProcess | undefined

  private constructor(key: PeerKey, port: number, folder: string, topicConfigs: string) {
    this.key = key
    this.port = port
    this.folder = folder
    this.topicConfigs = topicConfigs
  }

  static readonly #all = new Set<Peer>()

  /** Ends all brokers and removes their files, without waiting. */
  static removeAll(): void {
    for (const peer of Peer.#all) {
      peer.#child?.kill('SIGKILL')
      rmSync(peer.folder, { recursive: true, force: true })
    }
  }

  static async create(key: 'kafka' | 'os' | 'commit'): Promise<Peer> {
    const folder = mkdtempSync(path.join(os.tmpdir(), `bench-${key}-`))
    const peer = new Peer(key, await freePort(), folder, '')
    Peer.#all.add(peer)
    return peer
  }

  /** The same process under the setting that makes it sync every record. */
  withSync(): Peer {
    const peer = new Peer('kafkaSync', this.port, this.folder, 'flush.messages=1')
    peer.#child = this.#child
    return peer
  }

  get boot(): string {
    return `localhost:${this.port}`
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  get isOurs(): boolean {
    return this.key === 'os' || this.key === 'commit'
  }

  /** Starts the process, without waiting for it. `isWatched` measures the event loop of a Moldau. */
  launch(isWatched = true): void {
    const output = openSync(path.join(this.folder, 'output.log'), 'a')
    const stdio: ['ignore', number, number] = ['ignore', output, output]
    if (!this.isOurs) {
      const pairs = Object.entries(settings).map(([key, value]) => `${key}=${value}`)
      this.#child = spawn(
        path.join(project, 'compat/oracle/kafka.sh'),
        ['start', path.join(this.folder, 'kafka'), String(this.port), ...pairs],
        { stdio, env: { ...process.env, KAFKA_HEAP_OPTS: kafkaHeap } },
      )
      return
    }
    const properties = {
      listeners: `PLAINTEXT://localhost:${this.port}`,
      'log.dirs': path.join(this.folder, 'data'),
      'log.flush.policy': this.key,
      ...settings,
    }
    const overrides = Object.entries(properties).flatMap(([key, value]) => [
      '--override',
      `${key}=${value}`,
    ])
    const watch = {
      MOLDAU_BENCH_DELAY_FILE: this.#delayFile,
      NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --import=${path.join(import.meta.dirname, 'event-loop-delay.ts')}`,
    }
    this.#child = spawn(path.join(project, 'bin/moldau'), ['server', 'start', ...overrides], {
      stdio,
      env: { ...process.env, ...(isWatched ? watch : {}) },
    })
  }

  /** Rejects when the process ends by itself. */
  async ends(): Promise<never> {
    if (this.#child?.exitCode === null) await once(this.#child, 'exit')
    const output = readFileSync(path.join(this.folder, 'output.log'), 'utf8').slice(-2000)
    throw new Error(`${peerNames[this.key]} ended:\n${output}`)
  }

  /** Waits until somebody listens. */
  async listens(): Promise<void> {
    const deadline = performance.now() + startDeadlineMs
    for (;;) {
      const socket = net.connect(this.port, 'localhost')
      const isConnected = await once(socket, 'connect').then(
        () => true,
        () => false,
      )
      socket.destroy()
      if (isConnected) return
      if (this.#child?.exitCode !== null) await this.ends()
      if (performance.now() > deadline) throw new Error(`${peerNames[this.key]} does not listen`)
      await sleep(20)
    }
  }

  /** User and system seconds that the process has used, in all its threads. */
  cpuSeconds(): number {
    const fields = readFileSync(`/proc/${this.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return (Number(fields[11]) + Number(fields[12])) / clockTicks
  }

  /** Resident memory in MB. */
  memoryMb(): number {
    const match = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))
    return Number(match?.[1]) / 1024
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

  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }

  /** Ends it at once and removes its files. */
  async remove(): Promise<void> {
    Peer.#all.delete(this)
    await this.stop('SIGKILL')
    rmSync(this.folder, { recursive: true, force: true })
  }

  get #delayFile(): string {
    return path.join(this.folder, 'event-loop-delay.json')
  }
}
