/** What a measurement has at hand: sizes, topics that live as long as a run, the cost of what runs. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Peer } from './peers.ts'
import { ask, type Figures } from './tools.ts'

/** How often, and how many times, it is looked whether the files of a deleted topic are gone. */
const LOOK_MS = 20
const REMOVED_AFTER_LOOKS_MAX = 500

export class Bench {
  /** Smoke: tiny volumes, fewer connections and partitions. */
  readonly isQuick: boolean
  /** How long a measurement of Apache Kafka shall take on a quiet machine. */
  readonly seconds: number
  /** For files that the tools write. */
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'bench-files-'))
  #count = 0

  constructor(isQuick: boolean, seconds: number) {
    this.isQuick = isQuick
    this.seconds = seconds
  }

  /** Units of work: what Kafka does in a second here, as long as a measurement lasts. The same for all brokers. */
  volume(perSecond: number): number {
    return Math.ceil(perSecond * this.seconds)
  }

  /** A number of connections or partitions, a tenth in a smoke. */
  many(count: number): number {
    return this.isQuick ? Math.ceil(count / 10) : count
  }

  name(prefix: string): string {
    return `${prefix}-${process.pid}-${this.#count++}`
  }

  /** Makes a topic, waits until it can be written, and deletes it after `use`. */
  async withTopic<T>(
    peer: Peer,
    partitions: number,
    use: (topic: string) => Promise<T>,
  ): Promise<T> {
    const topic = await this.createTopic(peer, partitions)
    try {
      return await use(topic)
    } finally {
      await this.deleteTopic(peer, topic)
    }
  }

  async createTopic(peer: Peer, partitions: number): Promise<string> {
    const topic = this.name('bench')
    await ask('raw', 'create', { boot: peer.boot, topic, partitions, configs: peer.topicConfigs })
    return topic
  }

  /**
   * Resolves when the files are gone and the disk is at rest: to remove them takes a processor for up to a tenth of a
   * second, which would fall into the next measurement.
   */
  async deleteTopic(peer: Peer, topic: string): Promise<void> {
    await ask('raw', 'delete', { boot: peer.boot, topic })
    for (let i = 0; i < REMOVED_AFTER_LOOKS_MAX && peer.hasFilesOf(topic); i++) await sleep(LOOK_MS)
    execFileSync('sync')
  }

  /** The result of `run` and the processor seconds of the broker meanwhile. */
  async cost<T>(peer: Peer, run: () => Promise<T>): Promise<{ result: T; cpuSeconds: number }> {
    const before = peer.cpuSeconds()
    const result = await run()
    return { result, cpuSeconds: peer.cpuSeconds() - before }
  }

  /** Produces a volume of pre-encoded requests. */
  produce(peer: Peer, topic: string, load: RawLoad, bytes: number): Promise<Figures> {
    return ask('raw', 'produce', { boot: peer.boot, topic, bytes: Math.ceil(bytes), ...load })
  }

  /** Produces an exact number of requests of `batches15`. */
  produceRequests(peer: Peer, topic: string, requests: number): Promise<Figures> {
    return ask('raw', 'produce', { boot: peer.boot, topic, requests, ...batches15 })
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** The flags of `raw produce`. */
export interface RawLoad {
  readonly record: number
  readonly count: number
  readonly connections: number
  readonly partitions: number
  readonly inflight: number
}

/** Batches of 15.5 KB, one connection, five in flight. */
export const batches15: RawLoad = {
  record: 1024,
  count: 15,
  connections: 1,
  partitions: 1,
  inflight: 5,
}
