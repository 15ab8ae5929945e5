/**
 * One `.log` file and its indexes. The partition log appends to the last one; older ones are read. Indexes of older
 * segments are loaded when a search needs them and given up when the cache of loaded indexes is full.
 */
import type { Files } from '@moldau/io'
import { batch } from '@moldau/protocol'
import { AbortedIndex } from './aborted-index.ts'
import { BatchScanner } from './batch-scanner.ts'
import { readInt64 } from './int64.ts'
import { OffsetIndex } from './offset-index.ts'
import type { OpenFiles } from './open-files.ts'
import { segmentPath, Suffix } from './segment-files.ts'
import { TimeIndex } from './time-index.ts'

/** Indexes of segments that are not the active one, held in memory by all partitions together. */
const LOADED_INDEX_BYTES_MAX = 32 * 1024 * 1024

const TIME_ENTRY_BYTES = 12

/** Gives up the indexes of the segments that were searched longest ago. */
export class LoadedIndexes {
  readonly #bytesMax: number
  readonly #bytesBySegment = new Map<Segment, number>()
  #bytes = 0

  constructor(bytesMax = LOADED_INDEX_BYTES_MAX) {
    this.#bytesMax = bytesMax
  }

  touch(segment: Segment, bytes: number): void {
    this.forget(segment)
    this.#bytesBySegment.set(segment, bytes)
    this.#bytes += bytes
    for (const oldest of this.#bytesBySegment.keys()) {
      if (this.#bytes <= this.#bytesMax || oldest === segment) return
      this.forget(oldest)
      oldest.unloadIndexes()
    }
  }

  forget(segment: Segment): void {
    this.#bytes -= this.#bytesBySegment.get(segment) ?? 0
    this.#bytesBySegment.delete(segment)
  }
}

/** What a segment needs of its surroundings. */
export interface SegmentStore {
  readonly files: Files
  readonly openFiles: OpenFiles
  readonly loadedIndexes: LoadedIndexes
}

/** A segment. `sizeInBytes` counts what was appended, also where its write has not returned yet. */
export class Segment {
  readonly baseOffset: number
  readonly logPath: string
  readonly #folder: string
  readonly #store: SegmentStore
  sizeInBytes: number
  /** Bytes from here on were written by this process, so they are likely in the page cache. */
  readonly hotFrom: number
  createdAt: number
  /** Largest timestamp of the first batch, which the age of the segment counts from. */
  firstTimestamp: number | undefined = undefined
  isActive = false
  #maxTimestamp = -1
  #maxTimestampOffset: number
  #knowsMaxTimestamp: boolean
  #bytesSinceEntry = 0
  #offsetIndex: OffsetIndex | undefined = undefined
  #timeIndex: TimeIndex | undefined = undefined
  #abortedIndex: AbortedIndex | undefined = undefined

  constructor(
    store: SegmentStore,
    folder: string,
    options: { baseOffset: number; sizeInBytes: number; createdAt: number },
  ) {
    this.#store = store
    this.#folder = folder
    this.baseOffset = options.baseOffset
    this.logPath = segmentPath(folder, options.baseOffset, Suffix.log)
    this.sizeInBytes = options.sizeInBytes
    this.hotFrom = options.sizeInBytes
    this.createdAt = options.createdAt
    this.#maxTimestampOffset = options.baseOffset
    this.#knowsMaxTimestamp = options.sizeInBytes === 0
    if (options.sizeInBytes === 0) this.resetIndexes()
  }

  path(suffix: string): string {
    return segmentPath(this.#folder, this.baseOffset, suffix)
  }

  /** Notes a batch that begins at the present end, and its index entries. */
  added(lastOffset: number, maxTimestamp: number, bytes: number, indexIntervalBytes: number): void {
    if (maxTimestamp > this.#maxTimestamp) {
      this.#maxTimestamp = maxTimestamp
      this.#maxTimestampOffset = lastOffset
    }
    if (this.sizeInBytes === 0) this.firstTimestamp = maxTimestamp
    if (this.#bytesSinceEntry > indexIntervalBytes) {
      this.offsetIndex.append(lastOffset, this.sizeInBytes)
      this.timeIndex.maybeAppend(this.#maxTimestamp, this.#maxTimestampOffset)
      this.#bytesSinceEntry = 0
      if (this.offsetIndex.entries.hasMuchUnwritten) this.writeIndexes()
    }
    this.sizeInBytes += bytes
    this.#bytesSinceEntry += bytes
  }

  isIndexFull(indexBytesMax: number): boolean {
    return this.offsetIndex.isFull(indexBytesMax) || this.timeIndex.isFull(indexBytesMax)
  }

  get offsetIndex(): OffsetIndex {
    if (this.#offsetIndex === undefined) this.#loadIndexes()
    return this.#offsetIndex!
  }

  get timeIndex(): TimeIndex {
    if (this.#timeIndex === undefined) this.#loadIndexes()
    return this.#timeIndex!
  }

  /** Offset of the first marker whose entry in the aborted index no sync has covered. */
  get firstUnsyncedAbort(): number | undefined {
    return this.#abortedIndex?.firstUnsynced
  }

  /** Whether the aborted index can be right: a crash leaves any part of what was not synced, or zeroes. */
  get hasSoundAborts(): boolean {
    const index = AbortedIndex.load(this.#store.files, this.path(Suffix.abortedIndex))
    return index?.entries.every(entry => entry.lastOffset >= this.baseOffset) === true
  }

  /** A sync has covered the aborted index. */
  abortsSynced(): void {
    this.#abortedIndex?.synced()
  }

  /** Empties the aborted index, before it is built anew. */
  resetAborts(): void {
    const path = this.path(Suffix.abortedIndex)
    this.#abortedIndex = AbortedIndex.empty(path)
    if (this.#store.files.exists(path)) this.#store.openFiles.use(path, 'create').file.truncate(0)
  }

  get abortedIndex(): AbortedIndex {
    this.#abortedIndex ??=
      AbortedIndex.load(this.#store.files, this.path(Suffix.abortedIndex)) ??
      AbortedIndex.empty(this.path(Suffix.abortedIndex))
    return this.#abortedIndex
  }

  /** Largest record timestamp; the time of the file's last change where no record has one. */
  get largestTimestamp(): number {
    const { timestamp } = this.maxTimestamp
    if (timestamp >= 0) return timestamp
    return this.#store.files.exists(this.logPath)
      ? this.#store.files.modifiedAt(this.logPath)
      : this.createdAt
  }

  /** Largest record timestamp (−1 for none) and the last offset of the batch that has it. */
  get maxTimestamp(): { timestamp: number; offset: number } {
    if (!this.#knowsMaxTimestamp) this.#readMaxTimestamp()
    return { timestamp: this.#maxTimestamp, offset: this.#maxTimestampOffset }
  }

  /** No more appends: the time index ends with the largest timestamp, and the files are complete. */
  finish(): void {
    const { timestamp, offset } = this.maxTimestamp
    if (timestamp >= 0) this.timeIndex.maybeAppend(timestamp, offset)
    this.writeIndexes()
  }

  /** Whether the index files are there and hold all entries. */
  get areIndexesWritten(): boolean {
    return this.offsetIndex.entries.isWritten && this.timeIndex.entries.isWritten
  }

  writeIndexes(): void {
    this.#offsetIndex?.entries.write(this.#store.openFiles)
    this.#timeIndex?.entries.write(this.#store.openFiles)
  }

  /** Writes the indexes durably: after a cut no old entry may come back, and a recovery point vouches for them. */
  storeIndexes(): void {
    this.writeIndexes()
    for (const path of this.sidePaths(undefined))
      this.#store.openFiles.use(path, 'create').file.datasync()
  }

  /** The index is to be kept in memory no longer; files hold all of it. */
  unloadIndexes(): void {
    if (this.isActive) return
    this.#offsetIndex = undefined
    this.#timeIndex = undefined
    this.#abortedIndex = undefined
  }

  /** Empties the indexes, before they are built anew. */
  resetIndexes(): void {
    this.#offsetIndex = OffsetIndex.empty(this.path(Suffix.offsetIndex), this.baseOffset)
    this.#timeIndex = TimeIndex.empty(this.path(Suffix.timeIndex), this.baseOffset)
    this.#bytesSinceEntry = 0
    this.#maxTimestamp = -1
    this.#maxTimestampOffset = this.baseOffset
    this.#knowsMaxTimestamp = true
  }

  /** Walks the log from the batch that the last index entry names, to learn what an append has to know. */
  scanTail(indexIntervalBytes: number): BatchScanner {
    const timeIndex = this.timeIndex
    this.#maxTimestamp = timeIndex.lastTimestamp
    this.#maxTimestampOffset = timeIndex.lastOffset
    this.#knowsMaxTimestamp = true
    const from = this.offsetIndex.lastPosition
    const end = this.sizeInBytes
    const { file } = this.#store.openFiles.use(this.logPath, 'read')
    const scanner = new BatchScanner(file, {
      from,
      to: end,
      nextOffset: this.baseOffset,
      checksCrc: false,
    })
    this.#bytesSinceEntry = from === 0 ? 0 : -1
    this.sizeInBytes = from
    while (scanner.next()) {
      const lastOffset = batch.lastOffset(scanner.buffer, scanner.at)
      const maxTimestamp = batch.maxTimestamp(scanner.buffer, scanner.at)
      // The batch of the last entry: it is in the index, and the distance to the next entry counts from it.
      if (this.#bytesSinceEntry < 0) this.#bytesSinceEntry = 0
      this.added(lastOffset, maxTimestamp, scanner.sizeInBytes, indexIntervalBytes)
    }
    if (this.#bytesSinceEntry < 0) this.#bytesSinceEntry = 0
    if (from > 0) this.firstTimestamp = this.#readFirstTimestamp()
    return scanner
  }

  /** Cuts the log and its indexes. The caller truncates the file. */
  truncated(offset: number, position: number): void {
    this.offsetIndex.truncateTo(offset, position)
    this.timeIndex.truncateTo(offset)
    this.abortedIndex.truncateTo(offset, this.#store.openFiles)
    this.sizeInBytes = position
    this.#maxTimestamp = this.timeIndex.lastTimestamp
    this.#maxTimestampOffset = this.timeIndex.lastOffset
    if (position === 0) this.firstTimestamp = undefined
  }

  /** File paths that exist, for deletion and for durability. */
  existingPaths(): string[] {
    const suffixes = [Suffix.log, Suffix.offsetIndex, Suffix.timeIndex, Suffix.abortedIndex]
    return suffixes.map(suffix => this.path(suffix)).filter(path => this.#store.files.exists(path))
  }

  /** The files that belong to a rolled segment beside its log, with the snapshot at its end. */
  sidePaths(endOffset: number | undefined): string[] {
    const paths = [Suffix.offsetIndex, Suffix.timeIndex, Suffix.abortedIndex].map(suffix =>
      this.path(suffix),
    )
    if (endOffset !== undefined) paths.push(segmentPath(this.#folder, endOffset, Suffix.snapshot))
    return paths.filter(path => this.#store.files.exists(path))
  }

  #loadIndexes(): void {
    const files = this.#store.files
    const offsets = OffsetIndex.load(
      files,
      this.path(Suffix.offsetIndex),
      this.baseOffset,
      this.sizeInBytes,
    )
    const times = TimeIndex.load(files, this.path(Suffix.timeIndex), this.baseOffset)
    if (offsets === undefined || times === undefined) this.#rebuildIndexes()
    else {
      this.#offsetIndex = offsets
      this.#timeIndex = times
    }
    if (!this.isActive)
      this.#store.loadedIndexes.touch(
        this,
        this.#offsetIndex!.entries.heldBytes + this.#timeIndex!.entries.heldBytes,
      )
  }

  #rebuildIndexes(): void {
    const end = this.sizeInBytes
    this.resetIndexes()
    this.sizeInBytes = 0
    if (end === 0) return
    const { file } = this.#store.openFiles.use(this.logPath, 'read')
    const scanner = new BatchScanner(file, {
      from: 0,
      to: end,
      nextOffset: this.baseOffset,
      checksCrc: false,
    })
    while (scanner.next())
      this.added(
        batch.lastOffset(scanner.buffer, scanner.at),
        batch.maxTimestamp(scanner.buffer, scanner.at),
        scanner.sizeInBytes,
        REBUILT_INTERVAL_BYTES,
      )
    this.sizeInBytes = end
    if (!this.isActive) this.finish()
  }

  #readMaxTimestamp(): void {
    this.#knowsMaxTimestamp = true
    if (this.#timeIndex === undefined) {
      const path = this.path(Suffix.timeIndex)
      const bytes = this.#store.files.exists(path) ? this.#store.files.size(path) : -1
      if (bytes > 0 && bytes % TIME_ENTRY_BYTES === 0) {
        const entry = Buffer.alloc(TIME_ENTRY_BYTES)
        this.#store.openFiles.use(path, 'read').file.read(entry, bytes - TIME_ENTRY_BYTES)
        this.#maxTimestamp = readInt64(entry, 0)
        this.#maxTimestampOffset = this.baseOffset + entry.readInt32BE(8)
        return
      }
    }
    const timeIndex = this.timeIndex
    this.#maxTimestamp = timeIndex.lastTimestamp
    this.#maxTimestampOffset = timeIndex.lastOffset
  }

  #readFirstTimestamp(): number | undefined {
    const header = Buffer.alloc(batch.HEADER_BYTES)
    const { file } = this.#store.openFiles.use(this.logPath, 'read')
    return file.read(header, 0) === header.length ? batch.maxTimestamp(header, 0) : undefined
  }
}

/** Distance between entries of an index that is built anew for an older segment. */
const REBUILT_INTERVAL_BYTES = 4096
