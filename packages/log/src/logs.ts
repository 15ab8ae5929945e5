/**
 * All partition logs of a broker over its log directories: opens them at the start, makes and deletes partitions, runs
 * the tasks (checkpoints, retention, expiry of producers), and stops cleanly. Which partitions there should be is not
 * decided here but by the cluster's metadata.
 */
import type { Logger, Timer } from '@moldau/base'
import { nextTurn, type World } from '@moldau/io'
import type { LogBrokerConfig } from './broker-config.ts'
import type { LogConfig } from './config.ts'
import { unknownLog } from './log-contents.ts'
import { LogDirectory } from './log-directory.ts'
import { sharedResources, type SharedResources } from './log-environment.ts'
import {
  findPartitions,
  makeFolder,
  putAside,
  type ExistingPartition,
} from './partition-folders.ts'
import { PartitionLog } from './partition-log.ts'
import { folderName } from './segment-files.ts'

const CHECKPOINT_INTERVAL_MS = 5000
const SPACE_INTERVAL_MS = 1000
const PRODUCER_EXPIRY_INTERVAL_MS = 600_000
/** Logs that one turn of the loop looks at in a task. */
const LOGS_PER_TURN = 20
/** Logs that close at the same time: each asks once in a while whether its syncs are done. */
const CLOSING_MAX = 64
/** How often a long stop tells how far it is. */
const CLOSING_NOTICE_MS = 2000
/** Why a deleted partition cannot be used: one for all, since its stack tells nothing and costs much to note. */
const DELETED = new Error('The partition was deleted')

/** What a broker's logs need. @public */
export interface LogsOptions {
  readonly world: World
  readonly directories: readonly string[]
  /** Config of partitions that are recovered before their topic's config is known. */
  readonly defaults: LogConfig
  readonly brokerConfig: LogBrokerConfig
  readonly logger: Logger
}

/** State of one log directory, for DescribeLogDirs and metrics. */
export interface DirectoryState {
  readonly directory: string
  readonly failure: Error | undefined
  readonly logs: Iterable<PartitionLog>
}

/** All partition logs. */
export class Logs {
  /** Called once per directory whose disk has failed. */
  onDirectoryFailure: ((directory: string, error: Error) => void) | undefined = undefined
  readonly #options: LogsOptions
  readonly #shared: SharedResources
  readonly #directories: LogDirectory[]
  readonly #existing = new Map<string, ExistingPartition>()
  readonly #logs = new Map<string, PartitionLog>()
  #tasks: Timer[] = []
  #isClosed = false
  /** Logs that have closed. */
  #closedCount = 0

  private constructor(options: LogsOptions, shared: SharedResources, directories: LogDirectory[]) {
    this.#options = options
    this.#shared = shared
    this.#directories = directories
    for (const directory of directories)
      directory.onFailure = error => this.onDirectoryFailure?.(directory.directory, error)
  }

  /**
   * Locks the directories, reads their checkpoints, finds their partitions, and recovers those that a crash has left
   * unfinished. @throws Error when a directory is in use or cannot be read.
   */
  static async open(options: LogsOptions): Promise<Logs> {
    const { world, brokerConfig } = options
    const logger = options.logger.child('log')
    const shared = sharedResources(world, logger, {
      openFilesMax: brokerConfig['log.open.files.max'],
      tailBytesMax: brokerConfig['log.tail.cache.bytes'],
      producerExpirationMs: brokerConfig['producer.id.expiration.ms'],
    })
    const directories: LogDirectory[] = []
    try {
      for (const directory of options.directories)
        directories.push(await openDirectory(options, shared, directory))
      const logs = new Logs(options, shared, directories)
      for (const directory of directories) await logs.#load(directory)
      return logs
    } catch (error) {
      for (const directory of directories) directory.releaseLock()
      throw error
    }
  }

  /** Broker epoch of the last clean stop, −1 when the last stop was not clean in every directory. */
  get previousBrokerEpoch(): number {
    let epoch = Infinity
    for (const directory of this.#directories)
      epoch = Math.min(epoch, directory.previousBrokerEpoch)
    return Number.isFinite(epoch) ? epoch : -1
  }

  get directories(): readonly DirectoryState[] {
    return this.#directories
  }

  /** Open files of all partitions, for metrics and tests. */
  get openFileCount(): number {
    return this.#shared.openFiles.count
  }

  /** The logs that were created since the start. */
  get logs(): Iterable<PartitionLog> {
    return this.#logs.values()
  }

  /** Partitions found on disk at the start that were neither created nor deleted since. */
  existing(): ExistingPartition[] {
    return [...this.#existing.values()]
  }

  get(topic: string, partition: number): PartitionLog | undefined {
    return this.#logs.get(folderName(topic, partition))
  }

  /**
   * The log of a partition: that of its folder where there is one of this topic id, else a new one in the directory
   * with the fewest partitions. A folder of another topic id is put aside. @throws Error without a working directory.
   */
  create(topic: string, partition: number, topicId: string, config: LogConfig): PartitionLog {
    const key = folderName(topic, partition)
    const present = this.#logs.get(key)
    if (present !== undefined && present.topicId === topicId) {
      present.updateConfig(config)
      return present
    }
    if (present !== undefined) this.delete(topic, partition)
    const existing = this.#existing.get(key)
    this.#existing.delete(key)
    if (existing !== undefined) {
      const isSame = existing.topicId === topicId
      const checkpointId = this.#directoryOf(existing.directory)?.topicIdOf(existing)
      if (isSame || existing.topicId === '' || checkpointId === topicId)
        return this.#openExisting({ ...existing, topicId }, config, !isSame)
    }
    if (existing !== undefined) this.#putStrayAside(existing, topicId)
    return this.#createNew(topic, partition, topicId, config)
  }

  /** Takes the partition out at once; its files go after `file.delete.delay.ms`. */
  delete(topic: string, partition: number): void {
    const key = folderName(topic, partition)
    const log = this.#logs.get(key)
    const directory = this.#directoryOf(log?.directory ?? this.#existing.get(key)?.directory)
    this.#logs.delete(key)
    this.#existing.delete(key)
    if (directory === undefined) return
    log?.fail(DELETED)
    if (log !== undefined) directory.remove(log)
    directory.forget(topic, partition)
    const { world, openFiles, removals, folders } = this.#shared
    const folder = `${directory.directory}/${key}`
    // What is still due with the folder of a log in use is that it be made: then there is nothing to remove.
    if (log !== undefined && folders.takeBack(folder)) return
    folders.add(folder, () => {
      openFiles.dropFolder(folder)
      try {
        const path = putAside(world, directory.directory, topic, partition, 'deleted')
        const delayMs = (log?.config ?? this.#options.defaults)['file.delete.delay.ms']
        removals.add([path], delayMs)
      } catch (error) {
        directory.failed(error as Error)
      }
    })
  }

  /** Starts the tasks: checkpoints, retention, expiry. */
  startTasks(): void {
    const { timers } = this.#shared.world
    const { brokerConfig } = this.#options
    const checkpointMs = brokerConfig['log.flush.offset.checkpoint.interval.ms']
    this.#tasks = [
      timers.every(SPACE_INTERVAL_MS, () => {
        for (const directory of this.#directories) directory.space.tick()
      }),
      timers.every(Math.min(CHECKPOINT_INTERVAL_MS, checkpointMs), () => this.#checkpoint()),
      timers.every(checkpointMs, () => {
        for (const directory of this.#directories) directory.writeKafkaCheckpoints()
      }),
      timers.every(brokerConfig['log.retention.check.interval.ms'], () =>
        this.#inTurns([...this.#logs.values()], log =>
          log.applyRetention(this.#shared.world.clock.now()),
        ),
      ),
      timers.every(PRODUCER_EXPIRY_INTERVAL_MS, () => {
        const now = this.#shared.world.clock.now()
        for (const log of this.#logs.values())
          log.expireProducers(now, brokerConfig['producer.id.expiration.ms'])
      }),
    ]
  }

  /** Clean stop: everything durable, snapshots, checkpoints, then the marker with the broker's epoch. */
  async close(brokerEpoch = -1): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const task of this.#tasks) task.cancel()
    const { folders, logger, removals, openFiles, world } = this.#shared
    const progress = world.timers.every(CLOSING_NOTICE_MS, () => {
      logger.info('partitions are being closed', {
        closedCount: this.#closedCount,
        partitionCount: this.#logs.size,
        folderCount: folders.dueCount,
      })
    })
    try {
      await this.#closeLogs()
    } finally {
      progress.cancel()
    }
    for (const directory of this.#directories) await directory.close(brokerEpoch)
    removals.close()
    openFiles.close()
  }

  async #closeLogs(): Promise<void> {
    await this.#shared.folders.finish()
    await this.#endAppends()
    // Nobody reads any more: the threads are for syncs alone.
    for (const directory of this.#directories) directory.syncs.widen(CLOSING_MAX)
    const open = this.#logs.values()
    const closeNext = async (): Promise<void> => {
      for (const log of open) {
        await log.close()
        this.#closedCount++
      }
    }
    await Promise.all(Array.from({ length: CLOSING_MAX }, closeNext))
  }

  /** In all logs, before one of them syncs: to make a file waits for what the file system is writing down. */
  async #endAppends(): Promise<void> {
    let count = 0
    for (const log of this.#logs.values()) {
      log.endAppends()
      if (++count % LOGS_PER_TURN === 0) await nextTurn(this.#shared.world)
    }
  }

  async #load(directory: LogDirectory): Promise<void> {
    const { world, logger } = this.#shared
    const found = findPartitions(world, logger, directory.directory)
    directory.forgetOthers(found)
    for (const partition of found) {
      const key = folderName(partition.topic, partition.partition)
      const twin = this.#existing.get(key)
      if (twin !== undefined)
        throw new Error(
          `Cannot open log directories: partition ${key} is in both ${twin.directory} and ${directory.directory}; move one away`,
        )
      this.#existing.set(key, partition)
      const known = directory.known(partition.topic, partition.partition, partition.topicId)
      if (known.isClean || partition.topicId === '') continue
      // Its file and the checkpoint name two topics: whoever creates the partition knows which it is.
      if (directory.topicIdOf(partition) !== partition.topicId) continue
      this.#existing.delete(key)
      await directory.recover(this.#openExisting(partition, this.#options.defaults, false))
    }
    directory.recovered()
    if (directory.logCount > 0) world.files.syncDirectory(directory.directory)
    if (!directory.wasClean && directory.logCount > 0)
      logger.info('log directory recovered', {
        directory: directory.directory,
        recoveredCount: directory.logCount,
      })
  }

  #openExisting(
    partition: ExistingPartition,
    config: LogConfig,
    lacksMetadata: boolean,
  ): PartitionLog {
    const directory = this.#directoryOf(partition.directory)!
    if (lacksMetadata) makeFolder(this.#shared.world, directory.directory, partition)
    return this.#add(directory, {
      ...partition,
      config,
      known: directory.known(partition.topic, partition.partition, partition.topicId),
      isNew: false,
    })
  }

  #createNew(topic: string, partition: number, topicId: string, config: LogConfig): PartitionLog {
    let chosen: LogDirectory | undefined
    let fewest = Infinity
    for (const directory of this.#directories) {
      if (directory.hasFailed) continue
      let count = directory.logCount
      for (const existing of this.#existing.values())
        if (this.#directories.length > 1 && existing.directory === directory.directory) count++
      if (count < fewest) {
        chosen = directory
        fewest = count
      }
    }
    if (chosen === undefined)
      throw new Error(
        `Cannot create partition ${topic}-${partition}: every log directory has failed`,
      )
    const home = chosen
    const { world, folders } = this.#shared
    folders.add(`${home.directory}/${folderName(topic, partition)}`, () => {
      try {
        makeFolder(world, home.directory, { topic, partition, topicId })
      } catch (error) {
        home.failed(error as Error)
      }
    })
    const tail = { logEndOffset: 0, segmentBase: 0, segmentBytes: 0 }
    return this.#add(chosen, {
      topic,
      partition,
      topicId,
      config,
      known: { ...unknownLog, isClean: true, tail },
      isNew: true,
    })
  }

  #add(
    directory: LogDirectory,
    options: Omit<ConstructorParameters<typeof PartitionLog>[0], 'home' | 'tracksProducers'>,
  ): PartitionLog {
    const log = new PartitionLog({
      home: directory,
      topic: options.topic,
      partition: options.partition,
      topicId: options.topicId,
      config: options.config,
      known: options.known,
      isNew: options.isNew,
      tracksProducers: true,
    })
    this.#logs.set(folderName(log.topic, log.partition), log)
    directory.add(log)
    return log
  }

  #putStrayAside(existing: ExistingPartition, topicId: string): void {
    const { topic, partition } = existing
    const path = putAside(this.#shared.world, existing.directory, topic, partition, 'stray')
    this.#directoryOf(existing.directory)?.forget(topic, partition)
    this.#shared.logger.warn('folder of another topic id put aside', {
      topic,
      partition,
      foundTopicId: existing.topicId,
      topicId,
      path,
    })
  }

  #directoryOf(path: string | undefined): LogDirectory | undefined {
    return this.#directories.find(directory => directory.directory === path)
  }

  #checkpoint(): void {
    this.#inTurns(
      [...this.#logs.values()].filter(log => log.hasUnstoredEpochs),
      log => log.storeEpochs(),
      1,
    )
    for (const directory of this.#directories) directory.writeCheckpoint()
  }

  /** Does something with each log, a few in each turn of the loop. */
  #inTurns(
    logs: readonly PartitionLog[],
    action: (log: PartitionLog) => void,
    perTurn = LOGS_PER_TURN,
  ): void {
    let index = 0
    const turn = (): void => {
      if (this.#isClosed) return
      for (const log of logs.slice(index, index + perTurn)) action(log)
      index += perTurn
      if (index < logs.length) this.#shared.world.timers.later(turn)
    }
    if (logs.length > 0) turn()
  }
}

async function openDirectory(
  options: LogsOptions,
  shared: SharedResources,
  directory: string,
): Promise<LogDirectory> {
  shared.files.makeDirectory(directory)
  const lock = await shared.files.lock(directory)
  if (lock === undefined)
    throw new Error(
      `Cannot open log directory ${directory}: another process uses it; stop that one or choose another log.dirs`,
    )
  return new LogDirectory({
    directory,
    shared,
    syncsAtOnceMax: options.brokerConfig['log.flush.concurrent.max'],
    stateFolder: directory,
    reserveBytes: options.brokerConfig['log.dir.reserve.bytes'],
    keepsKafkaFiles: true,
    lock,
  })
}
