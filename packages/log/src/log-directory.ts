/**
 * One log directory: what its checkpoints say of its partitions, when they are written, and what happens when its disk
 * fails. Kafka's files (recovery point, log start, high watermark, clean marker) are kept for Kafka and for tools; our
 * own decisions rest on `durable-offsets.ts`, unless another program has used the directory since.
 */
import { atOnce, type Steps } from '@moldau/base'
import { atOnceOrInTurns, type DirectoryLock, type FileDone } from '@moldau/io'
import {
  CLEAN_SHUTDOWN_FILE,
  decodeCleanShutdown,
  decodeOffsets,
  encodeCleanShutdown,
  encodeOffsets,
  HIGH_WATERMARK_FILE,
  LOG_START_FILE,
  readText,
  RECOVERY_POINT_FILE,
  type OffsetEntry,
} from './checkpoints.ts'
import { DurableOffsets, encodeLine, lineKey, textCrc, type DurableLog } from './durable-offsets.ts'
import { directoryFailure } from './directory-failure.ts'
import { FreeSpace } from './free-space.ts'
import { STEP_BYTES, unknownLog, type KnownLog } from './log-contents.ts'
import type { LogHome, SharedResources } from './log-environment.ts'
import type { PartitionLog } from './partition-log.ts'
import { folderName, offsetOfName, Suffix } from './segment-files.ts'
import { SyncScheduler } from './sync-scheduler.ts'
import { WriteCost } from './write-cost.ts'

/** How a directory is kept. */
export interface LogDirectoryOptions {
  readonly directory: string
  readonly shared: SharedResources
  readonly syncsAtOnceMax: number
  /** Where our own checkpoint lies: the directory itself, or the folder of a log that stands alone. */
  readonly stateFolder: string
  /** Below so many free bytes appends of clients are refused. */
  readonly reserveBytes: number
  /** Whether Kafka's checkpoints and clean marker are kept: not for a log that stands alone. */
  readonly keepsKafkaFiles: boolean
  readonly lock?: DirectoryLock
}

/**
 * Left behind by a failure, for the next start: after a sync that failed the page cache may hold what the disk does not,
 * and says that it is clean. It need not be durable itself: what empties the page cache may take it along.
 */
const FAILED_FILE = 'moldau-disk-failed'
/** A checkpoint that somebody waits for is written this soon, together with what others have changed by then. */
const CHECKPOINT_DELAY_MS = 100

/** Partitions between two steps of encoding. */
const LOGS_PER_STEP = 256

/** The texts of Kafka's files. */
interface KafkaTexts {
  readonly recoveryPoints: string
  readonly highWatermarks: string
  readonly logStarts: string
}

/** One line of our checkpoint, kept while its log has not changed. */
interface CachedLine {
  version: number
  line: string
}

/** A log directory. */
export class LogDirectory implements LogHome {
  readonly directory: string
  readonly shared: SharedResources
  readonly syncs: SyncScheduler
  readonly cost: WriteCost
  readonly space: FreeSpace
  /** Broker epoch of the last clean stop, −1 when there is none: the controller asks for it (KIP-966). */
  readonly previousBrokerEpoch: number
  /** Whether the last stop was clean. */
  readonly wasClean: boolean
  /** Called once when a write or a sync has failed. */
  onFailure: ((error: Error) => void) | undefined = undefined
  readonly #options: LogDirectoryOptions
  readonly #durable: DurableOffsets
  /** What is known of folders whose log was not created yet. */
  readonly #known = new Map<string, DurableLog>()
  readonly #logs = new Map<PartitionLog, CachedLine>()
  #failure: Error | undefined = undefined
  #isOurs = false
  #isClosed = false
  /** The last life ended with a failed disk. */
  readonly #isAfterFailure: boolean
  #recoveryPointCrc: number
  #writtenVersion = -1
  /** A checkpoint is being encoded: it is written when that has ended. */
  #isEncoding = false
  #afterCheckpoint: (() => void)[] = []
  #awaitNames: FileDone[] = []
  #isSyncingNames = false

  constructor(options: LogDirectoryOptions) {
    const { directory, shared } = options
    this.directory = directory
    this.shared = shared
    this.syncs = new SyncScheduler(options.syncsAtOnceMax, options.shared.world.clock)
    this.cost = new WriteCost(shared.world.clock)
    this.space = new FreeSpace({
      files: shared.files,
      directory,
      reserveBytes: options.reserveBytes,
      logger: shared.logger,
    })
    this.#options = options
    this.#isAfterFailure = shared.files.exists(`${options.stateFolder}/${FAILED_FILE}`)
    this.#durable = new DurableOffsets(shared.files, options.stateFolder)
    const { files } = shared
    const markerPath = `${directory}/${CLEAN_SHUTDOWN_FILE}`
    const marker = options.keepsKafkaFiles ? readText(files, markerPath) : undefined
    const state = this.#durable.read()
    const recoveryPoints = this.#kafkaText(RECOVERY_POINT_FILE)
    const isOurs =
      state !== undefined && (!options.keepsKafkaFiles || this.#durable.isOurs(recoveryPoints))
    this.#recoveryPointCrc = textCrc(recoveryPoints)
    this.wasClean = options.keepsKafkaFiles ? marker !== undefined : state?.isClean === true
    this.previousBrokerEpoch = marker === undefined ? -1 : decodeCleanShutdown(marker)
    if (isOurs) this.#takeOurs(state.logs, this.wasClean && state.isClean)
    else if (options.keepsKafkaFiles) this.#takeKafkas(recoveryPoints)
    // A crash from here on counts as an unclean stop.
    if (marker !== undefined) {
      files.remove(markerPath)
      files.syncDirectory(directory)
    } else if (state?.isClean === true && !options.keepsKafkaFiles) this.writeCheckpointNow()
  }

  get hasFailed(): boolean {
    return this.#failure !== undefined
  }

  get failure(): Error | undefined {
    return this.#failure
  }

  get logs(): Iterable<PartitionLog> {
    return this.#logs.keys()
  }

  get logCount(): number {
    return this.#logs.size
  }

  /** What the checkpoints say of a partition; entries of a topic with another id are not about it. */
  known(topic: string, partition: number, topicId: string): KnownLog {
    const known = this.#knownBefore(topic, partition, topicId)
    return this.#isAfterFailure ? { ...known, isClean: false, isAfterFailure: true } : known
  }

  /** All logs were recovered. */
  recovered(): void {
    if (!this.#isAfterFailure) return
    const { stateFolder } = this.#options
    this.shared.files.remove(`${stateFolder}/${FAILED_FILE}`)
  }

  #knownBefore(topic: string, partition: number, topicId: string): KnownLog {
    const entry = this.#known.get(lineKey(topic, partition))
    if (entry === undefined || (entry.topicId !== '' && entry.topicId !== topicId))
      return { ...unknownLog, isClean: entry === undefined && this.wasClean && !this.#isOurs }
    if (entry.known.isClean || entry.known.tail === undefined) return entry.known
    const isUntouched = this.#isUntouched(topic, partition, entry.known)
    return { ...entry.known, isClean: isUntouched, isUntouched }
  }

  /** Topic id of a partition by our checkpoint, by the folder where that knows none. */
  topicIdOf(found: { topic: string; partition: number; topicId: string }): string {
    const entry = this.#known.get(lineKey(found.topic, found.partition))
    return entry === undefined || entry.topicId === '' ? found.topicId : entry.topicId
  }

  add(log: PartitionLog): void {
    this.#known.delete(lineKey(log.topic, log.partition))
    this.#logs.set(log, { version: -1, line: '' })
    if (this.#failure !== undefined) log.fail(this.#failure)
  }

  remove(log: PartitionLog): void {
    this.#logs.delete(log)
    this.#writtenVersion = -1
  }

  /** Forgets what is known of a folder that is no more. */
  forget(topic: string, partition: number): void {
    this.#known.delete(lineKey(topic, partition))
  }

  /** Forgets what is known of folders that were not found: a crash came between their end and the next checkpoint. */
  forgetOthers(found: readonly { topic: string; partition: number }[]): void {
    const keys = new Set(found.map(({ topic, partition }) => lineKey(topic, partition)))
    for (const key of this.#known.keys()) if (!keys.has(key)) this.#known.delete(key)
  }

  /** A write or a sync went wrong: appends stop for good, waiting ones fail. */
  failed(error: Error): void {
    if (this.#failure !== undefined) return
    const failure = directoryFailure(this.directory, error)
    this.#failure = failure
    this.shared.logger.error('log directory failed', {
      directory: this.directory,
      message: failure.message,
    })
    this.#leaveNotice()
    for (const log of this.#logs.keys()) log.fail(failure)
    this.onFailure?.(failure)
  }

  /** Recovers a log. A sync that fails here must not be believed at the next start either. @throws what went wrong */
  async recover(log: PartitionLog): Promise<void> {
    try {
      await log.openSlowly()
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error
      this.failed(error as Error)
      throw this.#failure
    }
  }

  #leaveNotice(): void {
    const { stateFolder } = this.#options
    try {
      this.shared.files.open(`${stateFolder}/${FAILED_FILE}`, 'create').close()
    } catch {
      // Full or read-only: then no file could be made, but what was written before is still as it was.
    }
  }

  /** Who asks while a sync runs shares the next one. */
  syncNames(done: FileDone): void {
    this.#awaitNames.push(done)
    if (!this.#isSyncingNames) this.#syncNames()
  }

  #syncNames(): void {
    const waiting = this.#awaitNames
    if (waiting.length === 0) return
    this.#awaitNames = []
    this.#isSyncingNames = true
    this.shared.files.syncDirectoryAsync(this.directory, error => {
      this.#isSyncingNames = false
      for (const done of waiting) done(error)
      if (!this.#isSyncingNames) this.#syncNames()
    })
  }

  lowerDurable(topic: string, partition: number, offset: number): void {
    const log = [...this.#logs.keys()].find(
      candidate => candidate.topic === topic && candidate.partition === partition,
    )
    if (log === undefined) return
    const { known } = log
    const lowered: KnownLog = {
      ...known,
      recoveryPoint: Math.min(known.recoveryPoint, offset),
      durableOffset: Math.min(known.durableOffset, offset),
      highWatermark: Math.min(known.highWatermark, offset),
      tail: undefined,
    }
    const cached = this.#logs.get(log)!
    cached.line = encodeLine(topic, partition, log.topicId, lowered)
    cached.version = log.version
    this.writeCheckpointNow()
    cached.version = -1
  }

  afterCheckpoint(task: () => void): void {
    this.#afterCheckpoint.push(task)
    if (this.#afterCheckpoint.length === 1) this.#checkpointSoon()
  }

  /** Writes our checkpoint in the background if anything has changed. */
  writeCheckpoint(): void {
    if (this.hasFailed || this.#isClosed || this.#isEncoding || this.#durable.isWriting) return
    let version = this.#logs.size
    for (const log of this.#logs.keys()) version += log.version
    if (version === this.#writtenVersion && this.#afterCheckpoint.length === 0) return
    this.#writtenVersion = version
    this.#encodeThen(this.#encodeChanged(), () => {
      const tasks = this.#afterCheckpoint
      this.#afterCheckpoint = []
      this.#durable.write(
        this.#lines(),
        { isClean: false, recoveryPointCrc: this.#recoveryPointCrc },
        error => {
          if (error !== null) this.failed(error)
          else for (const task of tasks) task()
        },
      )
    })
  }

  /** The same, durable when it returns. */
  writeCheckpointNow(): void {
    this.#guard(() =>
      this.#durable.writeNow(this.#lines(), {
        isClean: false,
        recoveryPointCrc: this.#recoveryPointCrc,
      }),
    )
  }

  /** Writes Kafka's checkpoints: ours first, so that it names the recovery points that follow. */
  writeKafkaCheckpoints(): void {
    if (this.hasFailed || this.#isClosed || this.#isEncoding || this.#durable.isWriting) return
    this.#encodeThen(this.#encodeKafkas(), texts => {
      const crc = textCrc(texts.recoveryPoints)
      if (crc !== this.#recoveryPointCrc) {
        this.#durable.writeNow(this.#lines(), { isClean: false, recoveryPointCrc: crc })
        this.#recoveryPointCrc = crc
      }
      this.#writeKafkaFiles(texts)
    })
  }

  /** After all logs have closed: checkpoints, then the clean marker; releases the lock. */
  async close(brokerEpoch: number): Promise<void> {
    this.#isClosed = true
    const { timers } = this.shared.world
    while (this.#durable.isWriting)
      await new Promise<void>(resolve => {
        timers.after(1, resolve)
      })
    if (!this.hasFailed)
      this.#guard(() => {
        const { keepsKafkaFiles } = this.#options
        const texts = keepsKafkaFiles ? atOnce(this.#encodeKafkas()) : undefined
        this.#recoveryPointCrc = textCrc(texts?.recoveryPoints ?? '')
        this.#durable.writeNow(this.#lines(), {
          isClean: true,
          recoveryPointCrc: this.#recoveryPointCrc,
        })
        for (const task of this.#afterCheckpoint) task()
        if (texts === undefined) return
        this.#writeKafkaFiles(texts)
        this.#replace(CLEAN_SHUTDOWN_FILE, encodeCleanShutdown(brokerEpoch))
      })
    this.releaseLock()
  }

  releaseLock(): void {
    this.#options.lock?.release()
  }

  #checkpointSoon(): void {
    this.shared.world.timers.after(CHECKPOINT_DELAY_MS, () => {
      this.writeCheckpoint()
      if (this.#afterCheckpoint.length > 0 && !this.hasFailed && !this.#isClosed)
        this.#checkpointSoon()
    })
  }

  #takeOurs(logs: ReadonlyMap<string, DurableLog>, isClean: boolean): void {
    this.#isOurs = true
    for (const [key, log] of logs)
      this.#known.set(key, {
        topicId: log.topicId,
        // A line without an end is that of a damaged or a cut log: it is read again whatever the stop was.
        known: { ...log.known, isClean: isClean && log.known.tail !== undefined },
      })
  }

  #takeKafkas(recoveryPoints: string): void {
    const points = this.#decode(RECOVERY_POINT_FILE, recoveryPoints)
    const starts = this.#decode(LOG_START_FILE, this.#kafkaText(LOG_START_FILE))
    const marks = this.#decode(HIGH_WATERMARK_FILE, this.#kafkaText(HIGH_WATERMARK_FILE))
    for (const key of new Set([...points.keys(), ...starts.keys(), ...marks.keys()])) {
      const recoveryPoint = points.get(key) ?? 0
      this.#known.set(key, {
        topicId: '',
        known: {
          logStartOffset: starts.get(key) ?? 0,
          recoveryPoint,
          durableOffset: recoveryPoint,
          highWatermark: marks.get(key) ?? 0,
          isClean: this.wasClean,
          tail: undefined,
        },
      })
    }
  }

  #decode(name: string, text: string): Map<string, number> {
    const entries = decodeOffsets(text)
    if (entries === undefined && text !== '')
      this.shared.logger.warn('checkpoint unreadable', { directory: this.directory, name })
    return new Map(
      (entries ?? []).map(entry => [lineKey(entry.topic, entry.partition), entry.offset]),
    )
  }

  #kafkaText(name: string): string {
    if (!this.#options.keepsKafkaFiles) return ''
    return readText(this.shared.files, `${this.directory}/${name}`) ?? ''
  }

  /** Whether the files end where the checkpoint saw everything durable: nothing was written since. */
  #isUntouched(topic: string, partition: number, known: KnownLog): boolean {
    const tail = known.tail!
    // It is walked through when it is opened; a large one in steps, by a recovery.
    if (tail.segmentBytes > STEP_BYTES) return false
    if (known.recoveryPoint < tail.logEndOffset || known.durableOffset < tail.logEndOffset)
      return false
    const folder = `${this.directory}/${folderName(topic, partition)}`
    let last: string | undefined
    for (const { name } of this.shared.files.list(folder)) {
      if (offsetOfName(name, Suffix.log) !== undefined) last = name
      else if (name.endsWith('.swap') || name.endsWith('.cleaned')) return false
    }
    if (last === undefined) return tail.segmentBytes === 0
    return (
      offsetOfName(last, Suffix.log) === tail.segmentBase &&
      this.shared.files.size(`${folder}/${last}`) === tail.segmentBytes
    )
  }

  /** Encodes in turns where there are very many partitions, then writes, unless the end has come in between. */
  #encodeThen<T>(encoding: Steps<T>, write: (encoded: T) => void): void {
    this.#isEncoding = true
    const finish = (encoded: T): void => {
      this.#isEncoding = false
      if (!this.hasFailed && !this.#isClosed) this.#guard(() => write(encoded))
    }
    const encoded = atOnceOrInTurns(encoding, this.shared.world)
    if (encoded instanceof Promise) void encoded.then(finish)
    else finish(encoded)
  }

  /** Encodes the lines of logs that have changed. */
  *#encodeChanged(): Steps<void> {
    let count = 0
    for (const [log, cached] of this.#logs) {
      const { version } = log
      if (cached.version === version) continue
      cached.line = encodeLine(log.topic, log.partition, log.topicId, log.known)
      cached.version = version
      if (++count % LOGS_PER_STEP === 0) yield undefined
    }
  }

  #lines(): string {
    atOnce(this.#encodeChanged())
    const lines = Array.from(this.#logs.values(), ({ line }) => line)
    for (const [key, { topicId, known }] of this.#known) {
      const [topic, partition] = key.split(' ')
      if (topicId !== '') lines.push(encodeLine(topic!, Number(partition), topicId, known))
    }
    return lines.join('')
  }

  *#encodeKafkas(): Steps<KafkaTexts> {
    const recoveryPoints: OffsetEntry[] = []
    const highWatermarks: OffsetEntry[] = []
    const logStarts: OffsetEntry[] = []
    const add = (topic: string, partition: number, known: KnownLog): void => {
      recoveryPoints.push({ topic, partition, offset: known.recoveryPoint })
      highWatermarks.push({ topic, partition, offset: known.highWatermark })
      if (known.logStartOffset > 0)
        logStarts.push({ topic, partition, offset: known.logStartOffset })
    }
    let count = 0
    for (const log of this.#logs.keys()) {
      add(log.topic, log.partition, log.known)
      if (++count % LOGS_PER_STEP === 0) yield undefined
    }
    for (const [key, { known }] of this.#known) {
      const [topic, partition] = key.split(' ')
      add(topic!, Number(partition), known)
    }
    const texts: string[] = []
    for (const entries of [recoveryPoints, highWatermarks, logStarts]) {
      texts.push(encodeOffsets(entries))
      yield undefined
    }
    yield* this.#encodeChanged()
    return { recoveryPoints: texts[0]!, highWatermarks: texts[1]!, logStarts: texts[2]! }
  }

  #writeKafkaFiles({ recoveryPoints, highWatermarks, logStarts }: KafkaTexts): void {
    this.#replace(RECOVERY_POINT_FILE, recoveryPoints)
    this.#replace(HIGH_WATERMARK_FILE, highWatermarks)
    this.#replace(LOG_START_FILE, logStarts)
  }

  #replace(name: string, text: string): void {
    this.shared.files.replace(`${this.directory}/${name}`, Buffer.from(text))
  }

  #guard(action: () => void): void {
    try {
      action()
    } catch (error) {
      this.failed(error as Error)
    }
  }
}
