/**
 * Writes the batches of one partition: small ones of a tick together, from the page they were copied to; synchronously
 * in pieces of at most 512 KiB while that is cheap, otherwise through a queue with one write in flight. Writes return in
 * the order of offsets. A failed write fails the log; nothing is tried again. Hot path: no promise, no closure but one
 * per queued write in flight.
 */
import { releaseMemory } from '@moldau/base'
import type { OpenFile } from '@moldau/io'
import type { TailBudget, TailPage } from './hot-tail.ts'
import type { OpenFiles, PooledFile } from './open-files.ts'
import type { Segment } from './segment.ts'
import type { WriteCost } from './write-cost.ts'

/** A synchronous write blocks the loop for this many bytes at most. */
const SYNC_PIECE_BYTES = 512 * 1024
/** From this size on a batch does not wait for the end of the tick. */
const MERGED_BATCH_BYTES_MAX = 16 * 1024
/** What has gathered in a tick is written when it is this much. */
const MERGED_BYTES_MAX = 64 * 1024
/** Queued bytes of one partition; beyond it (or the budget of all) writes are synchronous: that holds producers back. */
const QUEUED_BYTES_MAX = 32 * 1024 * 1024
/** Parts of one queued write. */
const PARTS_MAX = 256

/** Who is told how the writes go. */
export interface WriterOwner {
  /** All below `endOffset` is written. */
  written(endOffset: number): void
  writeFailed(error: Error): void
}

interface QueuedWrite {
  readonly segment: Segment
  readonly position: number
  /** Undefined when it was written already and only waits for its turn. */
  readonly bytes: Buffer | undefined
  readonly page: TailPage | undefined
  readonly endOffset: number
}

/** The writer of one partition. */
export class SegmentWriter {
  readonly #owner: WriterOwner
  readonly #openFiles: OpenFiles
  readonly #cost: WriteCost
  readonly #budget: TailBudget
  #queue: QueuedWrite[] = []
  #queuedBytes = 0
  #isInFlight = false
  /** What the write in flight holds; its pages stay pinned until it has landed. */
  #flight: readonly QueuedWrite[] = []
  /** What is in flight was written another way meanwhile. */
  #isFlightWritten = false
  #hasFailed = false
  /** Where a file is cut once the write in flight has returned. */
  #cut: { segment: Segment; position: number } | undefined = undefined
  /** The part of a page that the end of the tick writes. */
  #page: TailPage | undefined = undefined
  #pageFrom = 0

  constructor(owner: WriterOwner, openFiles: OpenFiles, cost: WriteCost, budget: TailBudget) {
    this.#owner = owner
    this.#openFiles = openFiles
    this.#cost = cost
    this.#budget = budget
  }

  /** Whether everything given was written. */
  get isIdle(): boolean {
    return this.#page === undefined && this.#queue.length === 0 && !this.#isInFlight
  }

  /** Writes the last `bytes` of `page`, at the latest by `flush`. */
  writePage(page: TailPage, bytes: number): void {
    if (this.#page !== page) {
      this.flush()
      this.#page = page
      this.#pageFrom = page.length - bytes
      page.pins++
    }
    if (bytes >= MERGED_BATCH_BYTES_MAX || page.length - this.#pageFrom >= MERGED_BYTES_MAX)
      this.flush()
  }

  /** Writes a batch that memory does not keep. The Buffer is the caller's again afterwards. */
  write(segment: Segment, position: number, bytes: Buffer, endOffset: number): void {
    this.flush()
    if (this.#mayWriteNow(bytes.length)) {
      if (this.#writeNow(segment, position, bytes)) this.#owner.written(endOffset)
    } else if (!this.#mayQueue) {
      if (this.#writeNow(segment, position, bytes))
        this.#enqueue({ segment, position, bytes: undefined, page: undefined, endOffset })
    } else
      this.#enqueue({ segment, position, bytes: Buffer.from(bytes), page: undefined, endOffset })
  }

  /** Gives what is pending to the file or to the queue: the end of a tick, a roll, a large batch. */
  flush(): void {
    const page = this.#page
    if (page === undefined) return
    this.#page = undefined
    const bytes = page.buffer.subarray(this.#pageFrom, page.length)
    const position = page.position + this.#pageFrom
    const endOffset = page.endOffset
    if (this.#mayWriteNow(bytes.length)) {
      const isWritten = this.#writeNow(page.segment, position, bytes)
      this.#budget.unpin(page)
      if (isWritten) this.#owner.written(endOffset)
    } else if (!this.#mayQueue) {
      const isWritten = this.#writeNow(page.segment, position, bytes)
      this.#budget.unpin(page)
      const { segment } = page
      if (isWritten)
        this.#enqueue({ segment, position, bytes: undefined, page: undefined, endOffset })
    } else this.#enqueue({ segment: page.segment, position, bytes, page, endOffset })
  }

  /** Writes nothing more: the files are given up. */
  stop(): void {
    this.#hasFailed = true
    if (this.#page !== undefined) this.#budget.unpin(this.#page)
    this.#page = undefined
    for (const write of this.#queue) this.#dequeued(write)
    this.#queue = []
  }

  /** Writes everything now. What is in flight is written again: the same bytes to the same place. */
  drain(): void {
    this.flush()
    const flight = this.#isFlightWritten ? [] : this.#flight
    this.#isFlightWritten = true
    for (const write of flight) this.#writeQueued(write)
    const queue = this.#queue
    this.#queue = []
    for (const write of queue) {
      this.#writeQueued(write)
      this.#dequeued(write)
    }
  }

  /** Drops what is not written at or beyond `position` of `segment` and in later segments, and cuts the file. */
  truncate(segment: Segment, position: number): void {
    this.flush()
    const kept: QueuedWrite[] = []
    for (const write of this.#queue) {
      if (
        write.segment.baseOffset < segment.baseOffset ||
        (write.segment === segment && write.position < position)
      )
        kept.push(write)
      else this.#dequeued(write)
    }
    this.#queue = kept
    if (this.#isInFlight) this.#cut = { segment, position }
    else this.#truncateFile(segment, position)
  }

  #mayWriteNow(bytes: number): boolean {
    return !this.#isInFlight && this.#queue.length === 0 && this.#cost.isCheap(bytes)
  }

  #writeNow(segment: Segment, position: number, bytes: Buffer): boolean {
    if (this.#hasFailed) return false
    try {
      const { file } = this.#openFiles.use(segment.logPath, 'create')
      const start = this.#cost.start()
      writePieces(file, bytes, position)
      this.#cost.wrote(start, bytes.length)
      return true
    } catch (error) {
      this.#failed(error as Error)
      return false
    }
  }

  #writeQueued({ segment, position, bytes, endOffset }: QueuedWrite): void {
    if (bytes === undefined || this.#writeNow(segment, position, bytes))
      this.#owner.written(endOffset)
  }

  get #mayQueue(): boolean {
    // What is written beside the queue would be cut off with what a cut that waits is for.
    if (this.#cut !== undefined) return true
    return this.#queuedBytes <= QUEUED_BYTES_MAX && this.#budget.mayQueue
  }

  #enqueue(write: QueuedWrite): void {
    this.#countQueued(write.bytes?.length ?? 0)
    if (this.#hasFailed) {
      this.#dequeued(write)
      return
    }
    this.#queue.push(write)
    if (!this.#isInFlight) this.#startFlight()
  }

  #startFlight(): void {
    if (this.#hasFailed) return
    const first = this.#queue[0]
    if (first === undefined) return
    if (first.bytes === undefined) {
      this.#queue.shift()
      this.#owner.written(first.endOffset)
      this.#startFlight()
      return
    }
    const flight: QueuedWrite[] = []
    const parts: Buffer[] = []
    let end = first.position
    for (const write of this.#queue) {
      if (write.segment !== first.segment || write.position !== end) break
      if (write.bytes === undefined || parts.length === PARTS_MAX) break
      flight.push(write)
      parts.push(write.bytes)
      end += write.bytes.length
    }
    this.#queue.splice(0, flight.length)
    let pooled: PooledFile
    try {
      pooled = this.#openFiles.use(first.segment.logPath, 'create')
    } catch (error) {
      for (const write of flight) this.#dequeued(write)
      this.#failed(error as Error)
      return
    }
    this.#isInFlight = true
    this.#isFlightWritten = false
    this.#flight = flight
    this.#openFiles.pin(pooled)
    pooled.file.writeAsync(parts, first.position, error => this.#landed(pooled, error))
  }

  #landed(pooled: PooledFile, error: Error | null): void {
    this.#openFiles.unpin(pooled)
    this.#isInFlight = false
    const flight = this.#flight
    this.#flight = []
    for (const write of flight) this.#dequeued(write)
    if (error !== null) {
      this.#failed(error)
      return
    }
    const cut = this.#cut
    if (cut !== undefined) {
      this.#cut = undefined
      this.#truncateFile(cut.segment, cut.position)
    } else if (!this.#isFlightWritten) this.#owner.written(flight.at(-1)!.endOffset)
    if (!this.#isInFlight) this.#startFlight()
  }

  #truncateFile(segment: Segment, position: number): void {
    if (this.#hasFailed) return
    try {
      const { file } = this.#openFiles.use(segment.logPath, 'create')
      file.truncate(position)
      file.datasync()
    } catch (error) {
      this.#failed(error as Error)
    }
  }

  #countQueued(bytes: number): void {
    this.#queuedBytes += bytes
    this.#budget.queued(bytes)
  }

  #dequeued(write: QueuedWrite): void {
    this.#countQueued(-(write.bytes?.length ?? 0))
    if (write.page !== undefined) this.#budget.unpin(write.page)
    // A copy of ours, up to the size of the largest batch: not left to the garbage collector.
    else if (write.bytes !== undefined) releaseMemory(write.bytes)
  }

  #failed(error: Error): void {
    if (this.#hasFailed) return
    this.stop()
    this.#owner.writeFailed(error)
  }
}

function writePieces(file: OpenFile, bytes: Buffer, position: number): void {
  if (bytes.length <= SYNC_PIECE_BYTES) {
    file.write(bytes, position)
    return
  }
  for (let at = 0; at < bytes.length; at += SYNC_PIECE_BYTES)
    file.write(bytes.subarray(at, Math.min(at + SYNC_PIECE_BYTES, bytes.length)), position + at)
}
