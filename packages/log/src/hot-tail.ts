/**
 * The newest batches of each partition in memory: fetches near the end cost no read. Batches up to 64 KiB are copied
 * into pages, which are also what small batches are written from, several in one call. One budget for all partitions;
 * the oldest page goes first. A page that is being written or sent is not reused.
 */
import { batch } from '@moldau/protocol'
import type { Segment } from './segment.ts'

/** Larger batches are not copied. */
export const COPIED_BATCH_BYTES_MAX = 64 * 1024
/** A first page: ten thousand partitions with a record each are not to cost a page of the system each. */
const PAGE_BYTES_MIN = 512
const PAGE_BYTES_MAX = 256 * 1024
/** Largest pages kept for reuse. */
const FREE_PAGES_MAX = 16

/** A run of batches that lie one behind the other in one segment. */
export interface TailPage {
  readonly buffer: Buffer
  readonly segment: Segment
  /** Position in the file of the first byte. */
  readonly position: number
  readonly baseOffset: number
  readonly owner: HotTail
  length: number
  /** Offset behind the last batch. */
  endOffset: number
  /** Reads and writes that use the bytes. */
  pins: number
  isEvicted: boolean
}

/** The memory of all hot tails, and of what waits to be written: each may take as much as the budget says. */
export class TailBudget {
  readonly #bytesMax: number
  #queuedBytes = 0
  readonly #pages = new Set<TailPage>()
  readonly #free: Buffer[] = []
  #bytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** Bytes of pages in use. */
  get bytes(): number {
    return this.#bytes
  }

  /** Whether more may wait to be written. */
  get mayQueue(): boolean {
    return this.#queuedBytes < this.#bytesMax
  }

  /** So many bytes more (or less, where negative) wait to be written. */
  queued(bytes: number): void {
    this.#queuedBytes += bytes
  }

  /** Room for a page; evicts the oldest ones where the budget asks for it. */
  take(bytes: number): Buffer {
    this.#bytes += bytes
    for (const page of this.#pages) {
      if (this.#bytes <= this.#bytesMax) break
      if (page.pins === 0) page.owner.evict(page)
    }
    return (
      (bytes === PAGE_BYTES_MAX ? this.#free.pop() : undefined) ?? Buffer.allocUnsafeSlow(bytes)
    )
  }

  added(page: TailPage): void {
    this.#pages.add(page)
  }

  evicted(page: TailPage): void {
    this.#pages.delete(page)
    this.#bytes -= page.buffer.length
    page.isEvicted = true
    if (page.pins === 0) this.#reuse(page.buffer)
  }

  unpin(page: TailPage): void {
    page.pins--
    if (page.isEvicted && page.pins === 0) this.#reuse(page.buffer)
  }

  #reuse(buffer: Buffer): void {
    if (buffer.length === PAGE_BYTES_MAX && this.#free.length < FREE_PAGES_MAX)
      this.#free.push(buffer)
  }
}

/** The newest batches of one partition. */
export class HotTail {
  readonly budget: TailBudget
  /** Oldest first; offsets rise, with gaps where a batch was too large to copy. */
  #pages: TailPage[] = []
  #nextPageBytes = PAGE_BYTES_MIN

  constructor(budget: TailBudget) {
    this.budget = budget
  }

  /** Copies a batch that goes to `position` of `segment`. Returns the page, which now ends with it. */
  add(
    segment: Segment,
    position: number,
    records: Buffer,
    at: number,
    sizeInBytes: number,
    baseOffset: number,
    endOffset: number,
  ): TailPage {
    let page = this.#pages.at(-1)
    if (
      page === undefined ||
      page.segment !== segment ||
      page.position + page.length !== position ||
      page.length + sizeInBytes > page.buffer.length
    ) {
      page = this.#newPage(segment, position, sizeInBytes, baseOffset)
    }
    records.copy(page.buffer, page.length, at, at + sizeInBytes)
    page.length += sizeInBytes
    page.endOffset = endOffset
    return page
  }

  /** Index of the page that holds `offset`, −1 when memory does not have it. */
  indexOf(offset: number): number {
    const pages = this.#pages
    if (pages.length === 0 || offset < pages[0]!.baseOffset) return -1
    let low = 0
    let high = pages.length - 1
    while (low <= high) {
      const middle = (low + high) >>> 1
      if (pages[middle]!.baseOffset <= offset) low = middle + 1
      else high = middle - 1
    }
    return offset < pages[high]!.endOffset ? high : -1
  }

  page(index: number): TailPage | undefined {
    return this.#pages[index]
  }

  evict(page: TailPage): void {
    const index = this.#pages.indexOf(page)
    this.#pages.splice(index, 1)
    this.budget.evicted(page)
  }

  /** Forgets pages that hold `offset` or anything above. */
  truncate(offset: number): void {
    for (const page of this.#pages.filter(candidate => candidate.endOffset > offset))
      this.evict(page)
  }

  #newPage(segment: Segment, position: number, sizeInBytes: number, baseOffset: number): TailPage {
    let bytes = this.#nextPageBytes
    while (bytes < sizeInBytes) bytes *= 2
    this.#nextPageBytes = Math.min(bytes * 2, PAGE_BYTES_MAX)
    const page: TailPage = {
      buffer: this.budget.take(bytes),
      segment,
      position,
      baseOffset,
      owner: this,
      length: 0,
      endOffset: baseOffset,
      pins: 0,
      isEvicted: false,
    }
    // Most partitions of many have one page: an array that is pushed to takes room for seventeen.
    if (this.#pages.length === 0) this.#pages = [page]
    else this.#pages.push(page)
    this.budget.added(page)
    return page
  }
}

/** Position in the page of the batch that holds `offset`. */
export function findInPage(page: TailPage, offset: number): number {
  let at = 0
  while (batch.lastOffset(page.buffer, at) < offset) at += batch.sizeInBytes(page.buffer, at)
  return at
}
