/**
 * One partition: append, read, truncate, roll. Opened at first use; until then it costs a few hundred bytes. Appends
 * are synchronous and assign offsets at once; an offset is readable when its write has returned (`writtenOffset`) and
 * safe when an fdatasync has covered it (`durableOffset`). `onProgress` tells of both, at the end of the tick or from a
 * completed call, never from inside `append`. Knows nothing of requests or replicas.
 */
import type { AbortedTransaction } from './aborted-index.ts'
import type { AppendOptions, AppendResult } from './append.ts'
import type { LogConfig } from './config.ts'
import type { AppendProblem } from './core/append-plan.ts'
import type { EpochEndOffset, LeaderEpochs } from './core/leader-epochs.ts'
import type { ProducerStates } from './core/producer-states.ts'
import {
  openContents,
  openContentsSlowly,
  type KnownLog,
  type KnownTail,
  type LogContents,
  type OpenOptions,
} from './log-contents.ts'
import type { LogHome } from './log-environment.ts'
import {
  DamagedSegment,
  floorIndex,
  noRecords,
  type LogRecords,
  type ReadRange,
} from './log-reader.ts'
import { findByMaxTimestamp, findByTimestamp, type FoundOffset } from './log-search.ts'
import { OpenLog } from './open-log.ts'
import { folderName } from './segment-files.ts'

/** A read that could not be served. @public */
export interface ReadProblem {
  readonly error: 'OFFSET_OUT_OF_RANGE' | 'KAFKA_STORAGE_ERROR'
}

/** What `read` answers: batches, or why there are none. `error` is undefined for batches. */
export type ReadResult = LogRecords | ReadProblem

/** Identity and past of a partition log. */
export interface PartitionLogOptions {
  readonly home: LogHome
  readonly topic: string
  readonly partition: number
  readonly topicId: string
  readonly config: LogConfig
  readonly known: KnownLog
  /** The folder was made just now. */
  readonly isNew: boolean
  /** Off for the quorum's log. */
  readonly tracksProducers: boolean
}

/** One partition. */
export class PartitionLog {
  readonly topic: string
  readonly partition: number
  readonly topicId: string
  /** Called when `writtenOffset` or `durableOffset` has moved, or the log has failed. */
  onProgress: (() => void) | undefined = undefined
  readonly #home: LogHome
  readonly #known: KnownLog
  readonly #isNew: boolean
  readonly #tracksProducers: boolean
  #config: LogConfig
  #open: OpenLog | undefined = undefined
  #failure: Error | undefined = undefined
  #isClosed = false
  #highWatermark: number
  #pendingEpoch = -1

  constructor(options: PartitionLogOptions) {
    this.topic = options.topic
    this.partition = options.partition
    this.topicId = options.topicId
    this.#home = options.home
    this.#known = options.known
    this.#isNew = options.isNew
    this.#tracksProducers = options.tracksProducers
    this.#config = options.config
    this.#highWatermark = options.known.highWatermark
  }

  get config(): LogConfig {
    return this.#config
  }

  /** The log directory that holds the partition's folder. */
  get directory(): string {
    return this.#home.directory
  }

  get folder(): string {
    return `${this.#home.directory}/${this.#subject}`
  }

  /** Why the log is offline, undefined while it works. */
  get failure(): Error | undefined {
    return this.#failure
  }

  get isOpen(): boolean {
    return this.#open !== undefined
  }

  get logStartOffset(): number {
    return this.#closedTail === undefined
      ? this.#opened.contents.logStartOffset
      : this.#known.logStartOffset
  }

  /** The next offset to assign. */
  get logEndOffset(): number {
    return this.#closedTail?.logEndOffset ?? this.#opened.contents.logEndOffset
  }

  /** End of what was written. */
  get writtenOffset(): number {
    return this.#closedTail?.logEndOffset ?? this.#opened.writtenOffset
  }

  /** End of what an fdatasync has covered. */
  get durableOffset(): number {
    return this.#closedTail?.logEndOffset ?? this.#opened.sync.durableOffset
  }

  /** End of what counts towards the high watermark under the topic's flush policy. */
  get committableOffset(): number {
    const durable = this.durableOffset
    if (this.#config['flush.policy'] === 'commit') return durable
    const written = this.writtenOffset
    return written - durable < this.#config['flush.messages'] ? written : durable
  }

  get highWatermark(): number {
    return this.#open?.highWatermark ?? this.#highWatermark
  }

  /** First offset that a read_committed consumer must not see. */
  get lastStableOffset(): number {
    if (this.logEndOffset === this.logStartOffset) return this.highWatermark
    const unstable = this.#opened.contents.producers.firstUnstableOffset
    return unstable === undefined ? this.highWatermark : Math.min(unstable, this.highWatermark)
  }

  get leaderEpochs(): LeaderEpochs {
    return this.#opened.contents.epochs
  }

  get producerStates(): ProducerStates {
    return this.#opened.contents.producers
  }

  /** Bytes of all segments. */
  get sizeInBytes(): number {
    const tail = this.#closedTail
    // Of one segment the size is known: nothing need be opened.
    if (tail !== undefined && tail.segmentBase === this.#known.logStartOffset)
      return tail.segmentBytes
    let bytes = 0
    for (const segment of this.#opened.contents.segments) bytes += segment.sizeInBytes
    return bytes
  }

  /** Bytes of a torn tail that the opening has cut. */
  get cutBytes(): number {
    return this.#open?.contents.cutBytes ?? 0
  }

  /** Opens the log in steps, where a recovery may take long; others open at first use. */
  async openSlowly(): Promise<void> {
    if (this.#open === undefined) this.#adopt(await openContentsSlowly(this.#openOptions()))
  }

  /** The broker now leads with this epoch: its offsets begin at the log end. */
  assignLeaderEpoch(epoch: number): void {
    if (this.#open === undefined) this.#pendingEpoch = Math.max(this.#pendingEpoch, epoch)
    else this.#open.contents.epochs.assign(epoch, this.#open.contents.logEndOffset)
  }

  /**
   * Appends records: one batch that gets its offset here, or (replication, raft) batches that carry theirs. The Buffer
   * is patched in place and is the caller's again afterwards.
   */
  append(records: Buffer, options: AppendOptions): AppendResult {
    const log = this.#open ?? this.#openedUnlessFailed()
    if (log === undefined || this.#failure !== undefined)
      return this.#storageProblem(this.#failure?.message ?? 'its folder is missing')
    if (options.origin === 'client') {
      const refusal = this.#home.space.refuse(records.length)
      if (refusal !== undefined) return this.#storageProblem(refusal)
    }
    return log.append(records, options)
  }

  /**
   * Makes a batch that `append` refused as heavy ready, while others have their turns: what comes of it may be appended
   * as prepared. The Buffer must not change meanwhile, but for what the check corrects in it.
   */
  prepareHeavy(records: Buffer): Promise<Buffer | AppendProblem> {
    return this.#opened.prepareHeavy(records)
  }

  /** Asks for an fdatasync of all that was appended. Logs that ask while one runs share the next. */
  requestFlush(): void {
    if (this.#failure === undefined) this.#open?.requestFlush()
  }

  /** Whole batches from the one that holds `offset` on. A Promise only for data that must come from the disk. */
  read(offset: number, range: ReadRange): ReadResult | Promise<ReadResult> {
    const log = this.#open ?? this.#openedUnlessFailed()
    if (log === undefined || this.#failure !== undefined) return { error: 'KAFKA_STORAGE_ERROR' }
    const { contents } = log
    if (offset < contents.logStartOffset || offset > contents.logEndOffset)
      return { error: 'OFFSET_OUT_OF_RANGE' }
    const upTo = Math.min(range.upTo, log.writtenOffset)
    if (offset >= upTo) return noRecords
    this.#home.syncs.quick.read()
    const { maxBytes, minOneBatch } = range
    try {
      const { segments } = contents
      const result = log.reader.read(segments, log.tail, offset, { upTo, maxBytes, minOneBatch })
      return result instanceof Promise ? result.catch(error => this.#readFailed(error)) : result
    } catch (error) {
      return this.#readFailed(error)
    }
  }

  /** Raises the high watermark; a lower one is ignored. */
  advanceHighWatermark(offset: number): void {
    if (offset <= this.highWatermark) return
    if (this.#open === undefined) this.#highWatermark = Math.min(offset, this.logEndOffset)
    this.#open?.advanceHighWatermark(offset)
  }

  /**
   * The first record, in offset order, whose timestamp is at least `timestamp`; undefined when there is none. A Promise
   * only where the search takes long.
   */
  offsetForTimestamp(
    timestamp: number,
  ): FoundOffset | undefined | Promise<FoundOffset | undefined> {
    const log = this.#opened
    log.flushWriter()
    return findByTimestamp(this.#home.shared, log.contents, timestamp, () => {
      if (this.#failure !== undefined) throw this.#failure
    })
  }

  /** The first record with the largest timestamp; undefined for an empty log. A Promise as above. */
  offsetForMaxTimestamp(): FoundOffset | undefined | Promise<FoundOffset | undefined> {
    const log = this.#opened
    log.flushWriter()
    return findByMaxTimestamp(this.#home.shared, log.contents)
  }

  /** Aborted transactions that overlap the offsets from `from` up to, not including, `to`. */
  abortedTransactions(from: number, to: number): AbortedTransaction[] {
    const { segments } = this.#opened.contents
    const found: AbortedTransaction[] = []
    for (let i = floorIndex(segments, from); i < segments.length; i++) {
      for (const entry of segments[i]!.abortedIndex.entries) {
        if (entry.lastOffset >= from && entry.firstOffset < to) found.push(entry)
        if (entry.lastStableOffset >= to) return found
      }
    }
    return found
  }

  /** The largest epoch not above `epoch` and where it ended. */
  epochEndOffset(epoch: number): EpochEndOffset {
    const { epochs, logEndOffset } = this.#opened.contents
    return epochs.endOffset(epoch, logEndOffset)
  }

  /** Cuts the log: what lies at or above `offset` goes, and a batch that spans it. */
  truncateTo(offset: number): void {
    this.#opened.truncateTo(offset)
  }

  /** Raises the log start (above the high watermark is the caller's error) and drops segments below it. */
  deleteRecordsTo(offset: number): number {
    return this.#opened.deleteRecordsTo(offset)
  }

  /** Removes the segments that the topic's retention lets go; returns how many. */
  applyRetention(now: number): number {
    return this.#failure === undefined ? this.#opened.applyRetention(now) : 0
  }

  /** Forgets producers that have been idle for so long. */
  expireProducers(now: number, expirationMs: number): void {
    this.#open?.contents.producers.expire(now, expirationMs)
  }

  updateConfig(config: LogConfig): void {
    this.#config = config
    this.#open?.updateConfig(config)
  }

  /** Whether the epoch checkpoint is behind. */
  get hasUnstoredEpochs(): boolean {
    return this.#failure === undefined && this.#open?.contents.epochs.isChanged === true
  }

  /** Writes the epoch checkpoint, durably. */
  storeEpochs(): void {
    this.#open?.storeEpochs()
  }

  /** Stops appends and makes the files that `close` leaves, without syncing them. */
  endAppends(): void {
    if (this.#failure === undefined) this.#open?.endAppends()
  }

  /** Stops appends, makes everything durable, and leaves files that Apache Kafka opens too. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    if (this.#failure === undefined) await this.#open?.close()
  }

  /** The log goes offline: damage, a failed directory, a deleted folder. */
  fail(error: Error): void {
    if (this.#failure !== undefined) return
    this.#failure = error
    this.#open?.stop()
    this.onProgress?.()
  }

  /** What a checkpoint keeps of this log, without opening it. */
  get known(): KnownLog {
    const log = this.#open
    if (log === undefined) return { ...this.#known, highWatermark: this.#highWatermark }
    if (log.contents.damage !== undefined) return { ...this.#known, tail: undefined }
    const active = log.activeSegment
    const { logEndOffset, logStartOffset } = log.contents
    return {
      logStartOffset,
      recoveryPoint: log.recoveryPoint,
      durableOffset: log.sync.durableOffset,
      highWatermark: log.highWatermark,
      isClean: false,
      tail: {
        logEndOffset,
        segmentBase: active?.baseOffset ?? logEndOffset,
        segmentBytes: active?.sizeInBytes ?? 0,
      },
    }
  }

  /** Changes whenever `known` may have changed. */
  get version(): number {
    return this.#open === undefined ? this.#highWatermark : this.#open.version
  }

  /** Called by the open log. */
  progress(): void {
    this.onProgress?.()
  }

  /** A segment that has rotted is told and refused; its other records can be read. */
  #readFailed(error: unknown): ReadProblem {
    if (!(error instanceof DamagedSegment)) throw error
    const { topic, partition } = this
    const { message } = error
    this.#home.shared.logger.error('segment damaged', { topic, partition, message })
    return { error: 'KAFKA_STORAGE_ERROR' }
  }

  get #subject(): string {
    return folderName(this.topic, this.partition)
  }

  /** The end of the log as it was closed, while it has not been opened again. */
  get #closedTail(): KnownTail | undefined {
    return this.#open === undefined && this.#known.isClean ? this.#known.tail : undefined
  }

  /** Undefined where the log has failed before it was used, also for want of its folder, which may be made here. */
  #openedUnlessFailed(): OpenLog | undefined {
    if (this.#failure === undefined) this.#home.shared.folders.need(this.folder)
    return this.#failure === undefined ? this.#opened : undefined
  }

  get #opened(): OpenLog {
    return this.#open ?? this.#adopt(openContents(this.#openOptions()))
  }

  #openOptions(): OpenOptions {
    const { shared } = this.#home
    shared.folders.need(this.folder)
    return {
      shared,
      folder: this.folder,
      subject: this.#subject,
      known: this.#known,
      indexIntervalBytes: this.#config['index.interval.bytes'],
      tracksProducers: this.#tracksProducers,
    }
  }

  #adopt(contents: LogContents): OpenLog {
    const log = new OpenLog({
      home: this.#home,
      topic: this.topic,
      partition: this.partition,
      config: this.#config,
      contents,
      opening: this.#openOptions(),
      highWatermark: this.#highWatermark,
      isNew: this.#isNew,
      observer: this,
    })
    this.#open = log
    const { logger } = this.#home.shared
    const fields = { topic: this.topic, partition: this.partition }
    if (contents.damage !== undefined) {
      logger.error('partition damaged', { ...fields, message: contents.damage.message })
      this.fail(contents.damage)
      return log
    }
    if (contents.wasRecovered && contents.segments.length > 0)
      logger.info('partition recovered', {
        ...fields,
        logEndOffset: contents.logEndOffset,
        cutBytes: contents.cutBytes,
      })
    if (this.#failure !== undefined || this.#isClosed) log.stop()
    if (this.#pendingEpoch >= 0) contents.epochs.assign(this.#pendingEpoch, contents.logEndOffset)
    return log
  }

  #storageProblem(why: string): AppendProblem {
    return {
      error: 'KAFKA_STORAGE_ERROR',
      message: `Cannot append to ${this.#subject}: ${why}`,
    }
  }
}
