/**
 * A partition log that is open: segments, writer, hot tail, durability. Appends are synchronous and hot: no promise,
 * no closure per batch. PartitionLog opens one at first use and is its only caller, beside the completions of writes
 * and syncs and the end of the tick.
 */
import type { Timer } from '@moldau/base'
import { batch } from '@moldau/protocol'
import {
  checkProducer,
  isSystemError,
  storageProblem,
  type AppendOptions,
  type AppendResult,
} from './append.ts'
import { appendRulesOf } from './append-rules.ts'
import { LEADER_EPOCH_FILE } from './checkpoints.ts'
import type { LogConfig } from './config.ts'
import {
  acceptClientRecords,
  checkPlacedRecords,
  checkSegmentSize,
  type AppendProblem,
  type AppendRules,
} from './core/append-plan.ts'
import { planRetention } from './core/retention-plan.ts'
import { mustRoll } from './core/roll-rule.ts'
import { storeEpochs, writeEpochs } from './epoch-checkpoint.ts'
import { finishFiles, finishFilesOnce } from './finished-files.ts'
import { prepareHeavyBatch } from './heavy-batch.ts'
import { COPIED_BATCH_BYTES_MAX, HotTail } from './hot-tail.ts'
import { reloadProducers, replayBatch, type LogContents, type OpenOptions } from './log-contents.ts'
import type { LogHome } from './log-environment.ts'
import { floorIndex, LogReader } from './log-reader.ts'
import { findCut } from './log-search.ts'
import { LogSync, type SyncedLog } from './log-sync.ts'
import { Segment } from './segment.ts'
import { removeLater } from './segment-removal.ts'
import { SegmentWriter, type WriterOwner } from './segment-writer.ts'
import type { TickTask } from './tick-queue.ts'

/** What an open log is made of. */
export interface OpenLogOptions {
  readonly home: LogHome
  readonly topic: string
  readonly partition: number
  readonly config: LogConfig
  readonly contents: LogContents
  readonly opening: OpenOptions
  readonly highWatermark: number
  /** The folder was made just now. */
  readonly isNew: boolean
  /** Told when `writtenOffset` or `durableOffset` has moved. */
  readonly observer: { progress(): void }
}

/** An open partition log. */
export class OpenLog implements WriterOwner, SyncedLog, TickTask {
  readonly contents: LogContents
  readonly folder: string
  readonly sync: LogSync
  readonly tail: HotTail
  readonly reader: LogReader
  writtenOffset: number
  highWatermark: number
  /** No more appends: closed, or its directory has failed. */
  isStopped = false
  /** Changes whenever what a checkpoint holds of this log has changed. */
  version = 0
  readonly #home: LogHome
  readonly #subject: { readonly topic: string; readonly partition: number }
  readonly #opening: OpenOptions
  readonly #observer: { progress(): void }
  readonly #writer: SegmentWriter
  #config: LogConfig
  #rules: AppendRules
  #isInTick = false
  #hasMoved = false
  #unsyncedBytes = 0
  #flushTimer: Timer | undefined = undefined
  /** The files beside the log are behind it. */
  #hasChanged: boolean
  /** The last segment, when its files were finished for a clean stop and are not synced yet. */
  #finished: Segment | undefined = undefined
  /** Of the active segment: taken off `segment.ms`, so that logs do not all roll at once. */
  #rollJitterMs = 0
  /** The files are not this log's any more: a new partition of the same name may own the folder. */
  #isGivenUp = false

  constructor(options: OpenLogOptions) {
    const { contents, home, opening } = options
    const { shared } = home
    this.contents = contents
    this.folder = opening.folder
    this.writtenOffset = contents.logEndOffset
    this.highWatermark = Math.min(
      Math.max(options.highWatermark, contents.logStartOffset),
      contents.logEndOffset,
    )
    this.#home = home
    this.#subject = { topic: options.topic, partition: options.partition }
    this.#opening = opening
    this.#observer = options.observer
    this.#hasChanged = contents.wasRecovered
    this.#config = options.config
    this.#rules = appendRulesOf(options.config)
    this.tail = new HotTail(shared.tails)
    this.reader = new LogReader(shared)
    this.#writer = new SegmentWriter(this, shared.openFiles, home.cost, shared.tails)
    this.sync = new LogSync(this, home, {
      durableOffset: contents.logEndOffset,
      isNew: options.isNew,
    })
  }

  get activeSegment(): Segment | undefined {
    return this.contents.segments.at(-1)
  }

  /** Everything below is durable, indexes and epochs included. */
  get recoveryPoint(): number {
    const unstored = this.contents.epochs.firstUnstored ?? Infinity
    return Math.min(
      this.sync.recoveryPoint,
      unstored,
      this.activeSegment?.firstUnsyncedAbort ?? Infinity,
    )
  }

  /** Appends one batch that gets its offset here, or batches that carry theirs. */
  append(records: Buffer, options: AppendOptions): AppendResult {
    if (this.isStopped) return storageProblem
    try {
      return options.origin === 'client' || options.origin === 'coordinator'
        ? this.#appendNew(records, options)
        : this.#appendPlaced(records)
    } catch (error) {
      // A file call beside the writer's (an index, a roll); anything else is a bug and rises.
      if (!isSystemError(error)) throw error
      this.#home.failed(error)
      return storageProblem
    }
  }

  /** Makes a heavy batch ready to be appended: see `heavy-batch.ts`. */
  prepareHeavy(records: Buffer): Promise<Buffer | AppendProblem> {
    return prepareHeavyBatch(this.#home.shared.world, records, this.#rules, this.#opening.subject)
  }

  /** Gives to the file what the end of the tick would. */
  flushWriter(): void {
    this.#writer.flush()
  }

  /** Asks for an fdatasync of all that was appended. */
  requestFlush(): void {
    if (this.#home.hasFailed) return
    this.#writer.flush()
    this.sync.request(this.contents.logEndOffset)
  }

  /** Raises the high watermark; a lower one is ignored. */
  advanceHighWatermark(offset: number): void {
    if (offset <= this.highWatermark) return
    this.highWatermark = Math.min(offset, this.contents.logEndOffset)
    this.contents.producers.highWatermarkMoved(this.highWatermark)
    this.version++
  }

  /** Cuts the log: what lies at or above `target` goes, and a batch that spans it. Durable when it returns, unless a
   * write is in flight: then when that has ended. */
  truncateTo(target: number): void {
    const { contents } = this
    if (target >= contents.logEndOffset || this.isStopped) return
    this.#writer.drain()
    const index = floorIndex(contents.segments, target)
    const segment = contents.segments[index]
    const { position, offset } = findCut(this.#home.shared, segment, target)
    if (offset < this.sync.durableOffset)
      this.#home.lowerDurable(this.#subject.topic, this.#subject.partition, offset)
    for (const later of contents.segments.splice(index + 1)) this.#removeSegment(later)
    if (segment !== undefined) {
      segment.isActive = true
      this.#writer.truncate(segment, position)
      segment.truncated(offset, position)
      // What lies behind the last index entry may hold the largest timestamp that is left.
      segment.scanTail(this.#config['index.interval.bytes'])
      this.#guard(() => segment.storeIndexes())
    }
    this.tail.truncate(offset)
    this.reader.forget()
    contents.logEndOffset = offset
    this.#hasChanged = true
    contents.logStartOffset = Math.min(contents.logStartOffset, offset)
    contents.epochs.truncateFromEnd(offset)
    this.writtenOffset = Math.min(this.writtenOffset, offset)
    this.highWatermark = Math.min(this.highWatermark, offset)
    this.sync.truncated(offset)
    if (this.#opening.tracksProducers) reloadProducers(this.#opening, contents)
    // No segment that was taken out may come back behind what is appended from here on.
    this.#guard(() => this.#home.shared.files.syncDirectory(this.folder))
    this.version++
  }

  /** Raises the log start (never above the high watermark is the caller's rule) and drops segments below it. */
  deleteRecordsTo(offset: number): number {
    const { contents } = this
    if (offset <= contents.logStartOffset) return contents.logStartOffset
    this.#raiseLogStart(contents, Math.min(offset, contents.logEndOffset))
    this.applyRetention(this.#home.shared.world.clock.now(), { onlyLogStart: true })
    return contents.logStartOffset
  }

  /** Removes the segments that the topic's retention lets go; returns how many. */
  applyRetention(now: number, options: { onlyLogStart?: boolean } = {}): number {
    if (this.isStopped) return 0
    const { contents } = this
    const plan = planRetention({
      segments: contents.segments,
      logStartOffset: contents.logStartOffset,
      logEndOffset: contents.logEndOffset,
      highWatermark: this.highWatermark,
      now,
      deletes: options.onlyLogStart !== true && this.#config['cleanup.policy'].includes('delete'),
      retentionMs: this.#config['retention.ms'],
      retentionBytes: this.#config['retention.bytes'],
    })
    if (plan.deleteCount === 0) return 0
    if (plan.deleteCount === contents.segments.length) this.#roll(contents.logEndOffset, now)
    this.#raiseLogStart(contents, plan.logStartOffset)
    const removed = contents.segments.splice(0, plan.deleteCount)
    for (const segment of removed) this.sync.removed(segment)
    this.version++
    // The new log start first: a crash may bring back any of the files, and must know that they are old.
    this.#home.afterCheckpoint(() => {
      for (const segment of removed) this.#removeSegment(segment)
    })
    this.#home.shared.logger.info('segments deleted', {
      ...this.#subject,
      segmentCount: plan.deleteCount,
      reason: plan.reason,
      logStartOffset: contents.logStartOffset,
    })
    return plan.deleteCount
  }

  updateConfig(config: LogConfig): void {
    this.#config = config
    this.#rules = appendRulesOf(config)
  }

  /** Writes the epoch checkpoint, durably. */
  storeEpochs(): void {
    if (!this.contents.epochs.isChanged) return
    this.#guard(() => storeEpochs(this.#home.shared.files, this.folder, this.contents.epochs))
    this.version++
  }

  /** Stops appends and makes the files that a clean stop leaves beside the log, before any of them is synced. */
  endAppends(): void {
    if (this.isStopped) return
    this.isStopped = true
    this.#flushTimer?.cancel()
    this.#guard(() => {
      this.#finished = finishFilesOnce(this.#opening, this.contents, this.#hasChanged)
      if (this.#finished !== undefined) this.sync.fileMade()
      writeEpochs(this.#home.shared.files, this.folder, this.contents.epochs)
    })
  }

  /** Stops appends, makes everything durable, and leaves files that Apache Kafka opens too. */
  async close(): Promise<void> {
    this.endAppends()
    const { openFiles, world } = this.#home.shared
    const { epochs } = this.contents
    if (epochs.isChanged) await this.sync.replace(`${this.folder}/${LEADER_EPOCH_FILE}`)
    while (!this.#home.hasFailed && !this.#isSettled) {
      this.requestFlush()
      await new Promise<void>(resolve => {
        world.timers.after(CLOSE_POLL_MS, resolve)
      })
    }
    if (!this.#home.hasFailed) await this.sync.finish(this.#finished, this.contents.logEndOffset)
    if (this.#home.hasFailed) return
    epochs.stored()
    this.version++
    for (const path of this.activeSegment?.existingPaths() ?? []) openFiles.drop(path)
  }

  /** Stops at once: nothing more is written, renamed or removed, what waits is dropped. */
  stop(): void {
    this.isStopped = true
    this.#isGivenUp = true
    this.#flushTimer?.cancel()
    this.#writer.stop()
    this.sync.stop()
  }

  /** All below `endOffset` was written. Called by the writer. */
  written(endOffset: number): void {
    this.writtenOffset = endOffset
    this.#hasMoved = true
    this.version++
    this.sync.written()
    if (!this.#isInTick) this.#tellProgress()
  }

  /** Called by the writer. */
  writeFailed(error: Error): void {
    this.#home.failed(error)
  }

  /** Called by the durability when its offset has moved. */
  durableMoved(): void {
    this.#hasMoved = true
    this.version++
    this.#tellProgress()
  }

  /** Called once at the end of a tick that has appended. */
  endOfTick(): void {
    this.#isInTick = false
    this.#writer.flush()
    if (this.#home.hasFailed) return
    const unsynced = this.contents.logEndOffset - this.sync.durableOffset
    const mustSync =
      this.#config['flush.policy'] === 'commit' ||
      unsynced >= this.#config['flush.messages'] ||
      this.#unsyncedBytes >= this.#home.shared.unsyncedBytesMax
    if (mustSync) {
      this.sync.request(this.contents.logEndOffset, this.#unsyncedBytes)
      this.#unsyncedBytes = 0
    } else if (this.#flushTimer === undefined && this.#config['flush.ms'] < FLUSH_MS_NEVER)
      this.#flushLater()
    this.#tellProgress()
  }

  get #isSettled(): boolean {
    return (
      this.#writer.isIdle &&
      !this.sync.isBusy &&
      this.sync.recoveryPoint >= this.contents.logEndOffset
    )
  }

  #appendNew(received: Buffer, options: AppendOptions): AppendResult {
    const { contents } = this
    const now = options.now ?? this.#home.shared.world.clock.now()
    const rules = this.#rules
    const { subject } = this.#opening
    const records =
      options.origin === 'client' && options.isPrepared !== true
        ? acceptClientRecords(received, rules, now, subject)
        : (checkSegmentSize(received.length, rules, subject) ?? received)
    if (!Buffer.isBuffer(records)) return records
    const baseOffset = contents.logEndOffset
    batch.setBaseOffset(records, 0, baseOffset)
    if (batch.producerId(records, 0) >= 0) {
      const known = checkProducer(contents, records, options.origin)
      if (known !== undefined) return known
    }
    batch.setPartitionLeaderEpoch(records, 0, options.leaderEpoch)
    if (rules.isLogAppendTime) batch.setMaxTimestamp(records, 0, 'LogAppendTime', now)
    const lastOffset = batch.lastOffset(records, 0)
    this.#store(records, 0, records.length, now)
    if (this.isStopped) return storageProblem
    return {
      baseOffset,
      lastOffset,
      logAppendTime: rules.isLogAppendTime ? now : -1,
      logStartOffset: contents.logStartOffset,
    }
  }

  #appendPlaced(records: Buffer): AppendResult {
    const { contents } = this
    const problem = checkPlacedRecords(records, contents.logEndOffset, this.#opening.subject)
    if (problem !== undefined) return problem
    const now = this.#home.shared.world.clock.now()
    const baseOffset = records.length === 0 ? contents.logEndOffset : batch.baseOffset(records, 0)
    for (let at = 0; at < records.length;) {
      const size = batch.sizeInBytes(records, at)
      this.#store(records, at, size, now)
      at += size
    }
    if (this.isStopped) return storageProblem
    return {
      baseOffset,
      lastOffset: contents.logEndOffset - 1,
      logAppendTime: -1,
      logStartOffset: contents.logStartOffset,
    }
  }

  /** Puts one checked batch behind the log. */
  #store(records: Buffer, at: number, sizeInBytes: number, now: number): void {
    const { contents } = this
    const baseOffset = batch.baseOffset(records, at)
    const lastOffset = batch.lastOffset(records, at)
    const maxTimestamp = batch.maxTimestamp(records, at)
    const segment = this.#segmentFor(baseOffset, lastOffset, sizeInBytes, maxTimestamp, now)
    const position = segment.sizeInBytes
    segment.added(lastOffset, maxTimestamp, sizeInBytes, this.#config['index.interval.bytes'])
    contents.epochs.assign(batch.partitionLeaderEpoch(records, at), baseOffset)
    const endOffset = lastOffset + 1
    contents.logEndOffset = endOffset
    this.#hasChanged = true
    this.#unsyncedBytes += sizeInBytes
    if (this.#opening.tracksProducers)
      replayBatch(contents.producers, segment, records, at, this.#home.shared, false)
    if (!this.#isInTick) {
      this.#isInTick = true
      this.#home.shared.ticks.add(this)
    }
    if (sizeInBytes <= COPIED_BATCH_BYTES_MAX) {
      const page = this.tail.add(segment, position, records, at, sizeInBytes, baseOffset, endOffset)
      this.#writer.writePage(page, sizeInBytes)
    } else {
      const bytes = records.subarray(at, at + sizeInBytes)
      this.#writer.write(segment, position, bytes, endOffset)
    }
  }

  #segmentFor(
    baseOffset: number,
    lastOffset: number,
    sizeInBytes: number,
    maxTimestamp: number,
    now: number,
  ): Segment {
    const active = this.contents.segments.at(-1)
    if (active === undefined) return this.#roll(baseOffset, now)
    const isFull = mustRoll({
      baseOffset: active.baseOffset,
      sizeInBytes: active.sizeInBytes,
      isIndexFull: active.isIndexFull(this.#config['segment.index.bytes']),
      firstTimestamp: active.firstTimestamp,
      createdAt: active.createdAt,
      jitterMs: this.#rollJitterMs,
      appendBytes: sizeInBytes,
      appendLastOffset: lastOffset,
      appendMaxTimestamp: maxTimestamp,
      now,
      segmentBytes: this.#config['segment.bytes'],
      segmentMs: this.#config['segment.ms'],
    })
    return isFull ? this.#roll(baseOffset, now) : active
  }

  /** Ends the active segment and begins one at `baseOffset`. */
  #roll(baseOffset: number, now: number): Segment {
    const { contents } = this
    const { shared } = this.#home
    const old = contents.segments.at(-1)
    if (old !== undefined && old.baseOffset === baseOffset && old.sizeInBytes === 0) {
      contents.segments.pop()
      this.#removeSegment(old)
    } else if (old !== undefined) {
      this.#writer.flush()
      this.#guard(() => finishFiles(this.#opening, contents, old))
      old.isActive = false
      this.sync.rolled(old)
    }
    const segment = new Segment(shared, this.folder, { baseOffset, sizeInBytes: 0, createdAt: now })
    segment.isActive = true
    contents.segments.push(segment)
    // The file is made now, so that the next sync of the folder covers its name.
    shared.openFiles.use(segment.logPath, 'create')
    this.sync.fileMade()
    const jitterMax = Math.min(this.#config['segment.jitter.ms'], this.#config['segment.ms'])
    this.#rollJitterMs = jitterMax > 0 ? shared.world.random.below(Math.min(jitterMax, 2 ** 32)) : 0
    if (old !== undefined) {
      shared.logger.debug('segment rolled', { ...this.#subject, baseOffset })
      this.sync.request(baseOffset)
    }
    return segment
  }

  #removeSegment(segment: Segment): void {
    this.sync.removed(segment)
    this.#guard(() => removeLater(this.#home.shared, segment, this.#config['file.delete.delay.ms']))
  }

  #raiseLogStart(contents: LogContents, offset: number): void {
    if (offset <= contents.logStartOffset) return
    contents.logStartOffset = offset
    contents.epochs.truncateFromStart(offset)
    this.version++
  }

  #flushLater(): void {
    this.#flushTimer = this.#home.shared.world.timers.after(this.#config['flush.ms'], () => {
      this.#flushTimer = undefined
      this.requestFlush()
    })
  }

  #tellProgress(): void {
    if (!this.#hasMoved) return
    this.#hasMoved = false
    this.#observer.progress()
  }

  /** A file call outside the writer: its failure fails the directory as a failed write does. */
  #guard(action: () => void): void {
    if (this.#isGivenUp) return
    try {
      action()
    } catch (error) {
      this.#home.failed(error as Error)
    }
  }
}

/** `flush.ms` from here on means never. */
const FLUSH_MS_NEVER = 2 ** 53
const CLOSE_POLL_MS = 1
