/**
 * Reads whole batches of one partition: from the hot tail without a copy, else from the segment file into a pooled
 * Buffer, synchronously where the bytes are likely in the page cache and in the thread pool where they are not. A read
 * in the loop that turns out to wait for the disk goes on in the pool.
 */
import type { Clock } from '@moldau/base'
import type { OpenFile } from '@moldau/io'
import { batch } from '@moldau/protocol'
import { ColdRange } from './cold-range.ts'
import { findInPage, type HotTail, type TailBudget, type TailPage } from './hot-tail.ts'
import type { OpenFiles, PooledFile } from './open-files.ts'
import type { ReadBuffers } from './read-buffers.ts'
import type { Segment } from './segment.ts'

/** Larger reads leave the loop to others: a client may ask for 2 GB at once, and several may in one turn. */
const SYNC_READ_BYTES_MAX = 1024 * 1024
/** A read in the loop looks at the clock after so many bytes, which take microseconds in the page cache. */
const SYNC_PIECE_BYTES = 256 * 1024
/** From then on it has waited for the disk. */
const QUICK_READ_MS = 1
/** Least bytes asked of a file: the search goes through them anyway. */
const FILE_READ_BYTES_MIN = 16 * 1024

/** Batches, in order. The parts must not be used after `release`. */
export interface LogRecords {
  readonly parts: readonly Buffer[]
  readonly sizeInBytes: number
  release(): void
}

/** How much to read. @public */
export interface ReadRange {
  /** Only batches wholly below this offset. */
  readonly upTo: number
  readonly maxBytes: number
  /** The first batch comes even if it is larger than `maxBytes`. */
  readonly minOneBatch: boolean
}

/** What a reader needs. */
export interface ReaderStore {
  readonly openFiles: OpenFiles
  readonly readBuffers: ReadBuffers
  readonly tails: TailBudget
  /** Distance from the end of a segment within which bytes written by this process count as cached. */
  readonly cachedBytesMax: number
  readonly world: { readonly clock: Clock }
}

/** What was read cannot be what was written. */
export class DamagedSegment extends Error {}

/** Nothing to read. */
export const noRecords: LogRecords = { parts: [], sizeInBytes: 0, release() {} }

/** Reads one partition. Remembers where the last read ended, so that a following one needs no search. */
export class LogReader {
  readonly #store: ReaderStore
  /** Of the few logs that have had one. */
  #cold: ColdRange | undefined = undefined
  #nextOffset = -1
  #nextSegment: Segment | undefined = undefined
  #nextPosition = 0

  constructor(store: ReaderStore) {
    this.#store = store
  }

  /** Batches from the one that holds `offset` on. `range.upTo` must not be above what is written. */
  read(
    segments: readonly Segment[],
    tail: HotTail,
    offset: number,
    range: ReadRange,
  ): LogRecords | Promise<LogRecords> {
    const pageIndex = tail.indexOf(offset)
    if (pageIndex >= 0) return this.#readTail(tail, pageIndex, offset, range)
    return this.#readFrom(segments, floorIndex(segments, offset), offset, range)
  }

  /** Forgets positions, after a cut. */
  forget(): void {
    this.#nextOffset = -1
    this.#nextSegment = undefined
  }

  #readTail(tail: HotTail, pageIndex: number, offset: number, range: ReadRange): LogRecords {
    const parts: Buffer[] = []
    const pages: TailPage[] = []
    let bytes = 0
    let page = tail.page(pageIndex)!
    let at = findInPage(page, offset)
    for (;;) {
      const room = range.maxBytes - bytes
      const end = batchesEnd(page.buffer, at, page.length, {
        upTo: range.upTo,
        maxBytes: room,
        minOneBatch: range.minOneBatch && bytes === 0,
      })
      if (end > at) {
        parts.push(page.buffer.subarray(at, end))
        pages.push(page)
        page.pins++
        bytes += end - at
      }
      const next = tail.page(++pageIndex)
      if (end < page.length || next === undefined || next.segment !== page.segment) break
      if (next.position !== page.position + page.length) break
      page = next
      at = 0
    }
    return parts.length === 0 ? noRecords : new TailRecords(this.#store.tails, parts, pages, bytes)
  }

  #readFrom(
    segments: readonly Segment[],
    index: number,
    offset: number,
    range: ReadRange,
  ): LogRecords | Promise<LogRecords> {
    const segment = segments[index]
    if (segment === undefined) return noRecords
    const position = this.#positionOf(segment, offset)
    const wanted = Math.max(range.maxBytes, FILE_READ_BYTES_MIN)
    const bytes = Math.min(wanted, segment.sizeInBytes - position)
    if (bytes <= 0) return this.#readFrom(segments, index + 1, offset, range)
    const buffer = this.#store.readBuffers.take(bytes)
    const pooled = this.#store.openFiles.use(segment.logPath, segment.isActive ? 'create' : 'read')
    let filled = 0
    if (bytes <= SYNC_READ_BYTES_MAX && this.#isCached(segment, position)) {
      filled = this.#readWhileQuick(pooled.file, segment, buffer.subarray(0, bytes), position)
      if (filled === bytes || this.#isCached(segment, position + filled))
        return (
          this.#recordsIn(pooled.file, segment, buffer, filled, position, offset, range) ??
          this.#readFrom(segments, index + 1, offset, range)
        )
    }
    return this.#readCold(segments, index, pooled, buffer, filled, bytes, position, offset, range)
  }

  #isCached(segment: Segment, position: number): boolean {
    if (position < segment.hotFrom) return false
    if (segment.sizeInBytes - position > this.#store.cachedBytesMax) return false
    return this.#cold?.holds(segment, position) !== true
  }

  /** Returns how many bytes it has read: fewer than all where it had to wait for the disk, or the file ended. */
  #readWhileQuick(file: OpenFile, segment: Segment, into: Buffer, position: number): number {
    const { clock } = this.#store.world
    const begunAt = clock.monotonic()
    let filled = 0
    for (;;) {
      const piece = into.subarray(filled, filled + SYNC_PIECE_BYTES)
      const read = file.read(piece, position + filled)
      filled += read
      if (clock.monotonic() - begunAt > QUICK_READ_MS) {
        this.#cold ??= new ColdRange()
        this.#cold.wasSlow(segment, position + filled)
        return filled
      }
      if (read < piece.length || filled === into.length) {
        this.#cold?.wasQuick(filled)
        return filled
      }
    }
  }

  #readCold(
    segments: readonly Segment[],
    index: number,
    pooled: PooledFile,
    buffer: Buffer,
    filled: number,
    bytes: number,
    position: number,
    offset: number,
    range: ReadRange,
  ): Promise<LogRecords> {
    const { openFiles } = this.#store
    openFiles.pin(pooled)
    return new Promise((resolve, reject) => {
      const rest = buffer.subarray(filled, bytes)
      pooled.file.readAsync(rest, position + filled, (error, read) => {
        try {
          if (error !== null) throw error
          const { file } = pooled
          const end = filled + read
          resolve(
            this.#recordsIn(file, segments[index]!, buffer, end, position, offset, range) ??
              this.#readFrom(segments, index + 1, offset, range),
          )
        } catch (failure) {
          reject(failure as Error)
        } finally {
          openFiles.unpin(pooled)
        }
      })
    })
  }

  /** What of the bytes that were read is asked for; undefined when `offset` lies behind the segment's batches. */
  #recordsIn(
    file: OpenFile,
    segment: Segment,
    buffer: Buffer,
    filled: number,
    position: number,
    offset: number,
    range: ReadRange,
  ): LogRecords | undefined {
    let at = 0
    while (at + batch.HEADER_BYTES <= filled && batch.lastOffset(buffer, at) < offset) {
      const size = batch.sizeInBytes(buffer, at)
      if (size < batch.HEADER_BYTES) break
      at += size
    }
    const { readBuffers } = this.#store
    if (position + at >= segment.sizeInBytes) {
      readBuffers.give(buffer)
      return undefined
    }
    const isHeader = at + batch.HEADER_BYTES <= filled
    if (isHeader && !isPlausible(buffer, at, segment, position + at, range)) {
      readBuffers.give(buffer)
      throw damaged(segment, position + at, offset)
    }
    const end = batchesEnd(buffer, at, filled, range)
    if (end > at) {
      this.#nextOffset = lastOffsetBefore(buffer, at, end) + 1
      this.#nextSegment = segment
      this.#nextPosition = position + end
      return new FileRecords(readBuffers, buffer, at, end)
    }
    const isBeyond = at + batch.HEADER_BYTES <= filled && batch.lastOffset(buffer, at) >= range.upTo
    if (isBeyond || (!range.minOneBatch && at + batch.HEADER_BYTES <= filled)) {
      readBuffers.give(buffer)
      return noRecords
    }
    readBuffers.give(buffer)
    return this.#readOneBatch(file, segment, position + at, offset, range)
  }

  /** The batch did not fit into what was read: reads it by its size, or reads on from where it begins. */
  #readOneBatch(
    file: OpenFile,
    segment: Segment,
    position: number,
    offset: number,
    range: ReadRange,
  ): LogRecords | undefined {
    const { readBuffers } = this.#store
    const header = readBuffers.take(batch.HEADER_BYTES)
    const isWhole =
      file.read(header.subarray(0, batch.HEADER_BYTES), position) === batch.HEADER_BYTES
    const size = isWhole ? batch.sizeInBytes(header, 0) : 0
    readBuffers.give(header)
    if (size < batch.HEADER_BYTES || position + size > segment.sizeInBytes)
      throw damaged(segment, position, offset)
    const bytes = Math.min(Math.max(size, range.maxBytes), segment.sizeInBytes - position)
    const buffer = readBuffers.take(bytes)
    const filled = file.read(buffer.subarray(0, bytes), position)
    if (filled < size) {
      readBuffers.give(buffer)
      return noRecords
    }
    return this.#recordsIn(file, segment, buffer, filled, position, offset, range)
  }

  #positionOf(segment: Segment, offset: number): number {
    if (this.#nextOffset === offset && this.#nextSegment === segment) return this.#nextPosition
    return segment.offsetIndex.positionFor(offset)
  }
}

/** Index of the segment whose offsets may hold `offset`: the last one that does not begin above it. */
export function floorIndex(segments: readonly Segment[], offset: number): number {
  let low = 0
  let high = segments.length - 1
  while (low <= high) {
    const middle = (low + high) >>> 1
    if (segments[middle]!.baseOffset <= offset) low = middle + 1
    else high = middle - 1
  }
  return Math.max(high, 0)
}

/** Whether a batch of a log that is written up to `upTo` can begin so: no checksum covers its first bytes. */
function isPlausible(
  buffer: Buffer,
  at: number,
  segment: Segment,
  position: number,
  range: ReadRange,
): boolean {
  const size = batch.sizeInBytes(buffer, at)
  if (size < batch.HEADER_BYTES || position + size > segment.sizeInBytes) return false
  if (batch.magic(buffer, at) !== batch.MAGIC) return false
  if (batch.lastOffset(buffer, at) < range.upTo) return true
  // It should end below; one that does not is looked at as a whole.
  const isWhole = at + size <= buffer.length
  return batch.baseOffset(buffer, at) < range.upTo && (!isWhole || batch.isCrcValid(buffer, at))
}

function damaged(segment: Segment, position: number, offset: number): Error {
  return new DamagedSegment(
    `Cannot read offset ${offset}: ${segment.logPath} is damaged at byte ${position}`,
  )
}

/** Where the batches end that lie in `buffer` from `at` on, are whole, and within the range. */
function batchesEnd(buffer: Buffer, start: number, filled: number, range: ReadRange): number {
  let at = start
  let last = -1
  while (at + batch.HEADER_BYTES <= filled) {
    const size = batch.sizeInBytes(buffer, at)
    if (size < batch.HEADER_BYTES) break
    // One of the two base offsets has changed: whoever follows them would skip records.
    if (batch.baseOffset(buffer, at) <= last)
      throw new DamagedSegment(
        `Cannot read: a batch at offset ${last} overlaps the next; its segment is damaged`,
      )
    last = batch.lastOffset(buffer, at)
    if (at + size > filled || last >= range.upTo) break
    if (at + size - start > range.maxBytes && !(range.minOneBatch && at === start)) break
    at += size
  }
  return at
}

function lastOffsetBefore(buffer: Buffer, start: number, end: number): number {
  let at = start
  let last = at
  while (at < end) {
    last = at
    at += batch.sizeInBytes(buffer, at)
  }
  return batch.lastOffset(buffer, last)
}

class TailRecords implements LogRecords {
  readonly parts: readonly Buffer[]
  readonly sizeInBytes: number
  readonly #budget: TailBudget
  #pages: readonly TailPage[] | undefined

  constructor(
    budget: TailBudget,
    parts: readonly Buffer[],
    pages: readonly TailPage[],
    sizeInBytes: number,
  ) {
    this.#budget = budget
    this.parts = parts
    this.#pages = pages
    this.sizeInBytes = sizeInBytes
  }

  release(): void {
    for (const page of this.#pages ?? []) this.#budget.unpin(page)
    this.#pages = undefined
  }
}

class FileRecords implements LogRecords {
  readonly parts: readonly Buffer[]
  readonly sizeInBytes: number
  readonly #pool: ReadBuffers
  #buffer: Buffer | undefined

  constructor(pool: ReadBuffers, buffer: Buffer, from: number, to: number) {
    this.#pool = pool
    this.#buffer = buffer
    this.parts = [buffer.subarray(from, to)]
    this.sizeInBytes = to - from
  }

  release(): void {
    if (this.#buffer !== undefined) this.#pool.give(this.#buffer)
    this.#buffer = undefined
  }
}
