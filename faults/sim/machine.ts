/**
 * One life of a broker's storage on the simulated disk: format, quorum log, partition logs, opened as the broker opens
 * them. Ends cleanly, or at a file call that a fault stops. What it acknowledges goes into the journal at once.
 */
import { defaultsOf, silentLogger } from '../../packages/base/src/index.ts'
import { simulatedWorld, type World } from '../../packages/io/src/index.ts'
import {
  logBrokerOptions,
  Logs,
  topicOptions,
  type LogConfig,
  type PartitionLog,
} from '../../packages/log/src/index.ts'
import { openStorage, RaftNode } from '../../packages/raft/src/index.ts'
import { check, type Journal, type PartitionJournal } from './journal.ts'

export type SimulatedWorld = ReturnType<typeof simulatedWorld>
export type FlushMode = 'os' | 'commit'
/** A call that changes the disk, and how it may go wrong. */
export type DiskFaultAt = NonNullable<SimulatedWorld['disk']['faultAt']>
export type DiskStep = Parameters<DiskFaultAt>[0]

/** The process has ended at a fault. */
export class Stopped extends Error {}

const DIRECTORY = '/data'
const NODE_ID = 1
/** Small files, so that a few hundred operations roll, cut and delete many of them. */
const sizes: Partial<LogConfig> = {
  'segment.bytes': 6000,
  'index.interval.bytes': 300,
  'file.delete.delay.ms': 2000,
  'segment.jitter.ms': 0,
}
const sizesOf: Readonly<Record<string, Partial<LogConfig>>> = {
  large: { 'segment.bytes': 150_000, 'retention.bytes': 300_000 },
  // So that most cuts take whole segments out.
  replica: { 'segment.bytes': 1500 },
}

/** The storage of a broker that runs. */
export class Machine {
  readonly world: SimulatedWorld
  readonly mode: FlushMode
  readonly journal: Journal
  logs!: Logs
  raft!: RaftNode
  fault: Error | undefined
  readonly #stopped = Promise.withResolvers<never>()
  /** Time that slow writes have taken, which the log's clock sees. */
  #slowMs = 0
  slowWrites = false

  constructor(world: SimulatedWorld, mode: FlushMode, journal: Journal) {
    this.world = world
    this.mode = mode
    this.journal = journal
    this.#stopped.promise.catch(() => {})
  }

  /** Opens everything. `faultAt` sees each call that changes the disk. */
  async start(faultAt?: DiskFaultAt): Promise<void> {
    const { world, journal } = this
    world.disk.faultAt = step => {
      if (this.slowWrites && step.call === 'write') this.#slowMs += 5
      const fault = faultAt?.(step)
      if (fault === 'power-cut' || (fault !== undefined && 'stop' in fault))
        this.#stopped.reject(new Stopped())
      return fault
    }
    const seen = this.#seenWorld()
    const storage = openStorage({
      world: seen,
      directories: [DIRECTORY],
      nodeId: NODE_ID,
      controllerEndpoint: { name: 'CONTROLLER', host: 'localhost', port: 9093 },
      bootstrapValues: [Buffer.from('bootstrap')],
    })
    check(
      journal.clusterId === '' || journal.clusterId === storage.clusterId,
      'M1',
      () => `cluster id was ${journal.clusterId}, is ${storage.clusterId}`,
    )
    this.logs = await this.run(
      Logs.open({
        world: seen,
        directories: [DIRECTORY],
        defaults: this.#config('any'),
        brokerConfig: defaultsOf(logBrokerOptions),
        logger: silentLogger,
      }),
    )
    this.raft = await this.run(
      RaftNode.open({
        world: seen,
        directory: DIRECTORY,
        nodeId: NODE_ID,
        directoryId: storage.directoryIds.get(DIRECTORY) ?? '',
        segmentBytes: 4000,
        retention: { maxBytes: 6000, maxMs: -1 },
        logger: silentLogger,
        onFault: error => (this.fault = error),
      }),
    )
    journal.clusterId = storage.clusterId
    check(
      this.raft.leaderEpoch > journal.quorumEpoch,
      'Q1',
      () => `the quorum is in epoch ${this.raft.leaderEpoch}, it was in ${journal.quorumEpoch}`,
    )
    journal.quorumEpoch = this.raft.leaderEpoch
    for (const partition of journal.partitions.values()) this.open(partition)
    for (const { topic, partition } of this.logs.existing()) this.logs.delete(topic, partition)
  }

  /** Opens every log now, those too that are believed and would be opened at their first use. */
  openAll(): void {
    for (const partition of this.journal.partitions.values()) {
      const log = this.log(partition)
      void log.leaderEpochs
      check(
        log.failure === undefined,
        'L7',
        () => `${partition.name} is offline: ${log.failure?.message}`,
      )
    }
  }

  /** The log of a partition, made if it is new. */
  open(partition: PartitionJournal): PartitionLog {
    const log = this.logs.create(
      partition.topic,
      partition.partition,
      partition.topicId,
      this.#config(partition.topic),
    )
    log.onProgress = () => this.#progressed(partition, log)
    return log
  }

  log(partition: PartitionJournal): PartitionLog {
    const log = this.logs.get(partition.topic, partition.partition)
    if (log === undefined) throw new Error(`No log of ${partition.name}`)
    return log
  }

  /** Waits for `promise`. @throws Stopped when a fault ends the process first */
  run<T>(promise: Promise<T>): Promise<T> {
    return this.world.run(Promise.race([promise, this.#stopped.promise]), 120_000)
  }

  async advance(ms: number): Promise<void> {
    await this.world.advance(ms)
    this.checkAlive()
  }

  /** Whether a file call has failed, so that a directory takes no more. */
  get hasFailed(): boolean {
    return this.fault !== undefined || this.logs.directories.some(one => one.failure !== undefined)
  }

  /** @throws Stopped when a fault has ended the process */
  checkAlive(): void {
    if (this.world.disk.hasStopped) throw new Stopped()
  }

  /** Clean stop. */
  async close(): Promise<void> {
    await this.run(this.raft.close())
    await this.run(this.logs.close(7))
    this.checkAlive()
    if (this.fault !== undefined) throw this.fault
  }

  /** The process is gone, or the machine; the world of the next one. */
  end(stop: 'kill' | 'power-cut'): SimulatedWorld {
    const { world } = this
    const next = stop === 'kill' ? world.kill() : world.crash()
    next.disk.faultAt = undefined
    return next
  }

  #progressed(partition: PartitionJournal, log: PartitionLog): void {
    if (log.failure !== undefined || this.world.disk.hasStopped) return
    partition.durable = Math.max(
      partition.durable,
      Math.min(log.durableOffset, partition.cuttingTo),
    )
    const before = partition.acked.size
    if (!partition.isReplica) {
      log.advanceHighWatermark(log.committableOffset)
      partition.acknowledge(log.committableOffset)
    }
    this.journal.ackedCount += Math.max(0, partition.acked.size - before)
  }

  /** The world with a clock in which synchronous writes take time. */
  #seenWorld(): World {
    const { world } = this
    const clock = {
      now: () => world.clock.now(),
      monotonic: () => world.clock.monotonic() + this.#slowMs,
    }
    const { timers, random, files, network } = world
    return { clock, timers, random, files, network }
  }

  #config(topic: string): LogConfig {
    return {
      ...defaultsOf(topicOptions),
      ...sizes,
      ...sizesOf[topic],
      'flush.policy': this.mode,
    }
  }
}
