/**
 * Searches in the batches of a partition: by time, by largest timestamp, and for the place of a cut.
 */
import { inTurns, nextTurn } from '@moldau/io'
import {
  batch,
  decompressBriefly,
  DecompressedTooLargeError,
  decompressSlowly,
  RecordCursor,
} from '@moldau/protocol'
import { BatchScanner } from './batch-scanner.ts'
import { BRIEF_BYTES_MAX, BRIEF_RECORDS_MAX } from './core/append-plan.ts'
import { heavyBytesMax, oneAtATime, restIn } from './heavy-work.ts'
import type { SharedResources } from './log-environment.ts'
import type { LogContents } from './log-contents.ts'
import type { Segment, SegmentStore } from './segment.ts'

/** Batches are passed in one turn up to so many bytes. */
const SCANNED_BYTES_MAX = 4 * 1024 * 1024
/** Records, or headers of one, between two steps of a walk through a heavy batch. */
const RECORDS_PER_STEP = 4096
const HEADERS_PER_STEP = 64 * 1024

/** A record that a search has found. `leaderEpoch` is −1 where the batch has none. @public */
export interface FoundOffset {
  readonly offset: number
  readonly timestamp: number
  readonly leaderEpoch: number
}

/** What is asked of a record. */
type Matches = (offset: number, timestamp: number) => boolean

/** Where a search by time has to rest: before the batches from `nextOffset` on, and in `heavy` if there is one. */
interface Unfinished {
  readonly nextOffset: number
  readonly heavy: Buffer | undefined
}

/** The first record in offset order whose timestamp is at least `timestamp`. A Promise where that takes long. */
export function findByTimestamp(
  shared: SharedResources,
  contents: LogContents,
  timestamp: number,
  checkFiles: () => void,
): FoundOffset | undefined | Promise<FoundOffset | undefined> {
  const found = searchFrom(shared, contents, timestamp, contents.logStartOffset)
  return found !== undefined && 'nextOffset' in found
    ? goOn(shared, contents, timestamp, found, checkFiles)
    : found
}

/** `checkFiles` throws where the files are not this log's any more: those of a new partition may have their names. */
async function goOn(
  shared: SharedResources,
  contents: LogContents,
  timestamp: number,
  begun: Unfinished,
  checkFiles: () => void,
): Promise<FoundOffset | undefined> {
  for (let search = begun; ;) {
    const { heavy, nextOffset } = search
    if (heavy === undefined) await nextTurn(shared.world)
    else {
      const inHeavy = await firstInHeavy(shared, heavy, isAtLeast(timestamp, contents))
      if (inHeavy !== undefined) return inHeavy
    }
    checkFiles()
    const found = searchFrom(shared, contents, timestamp, nextOffset)
    if (found === undefined || !('nextOffset' in found)) return found
    search = found
  }
}

function isAtLeast(atLeast: number, { logStartOffset }: LogContents): Matches {
  return (offset, timestamp) => timestamp >= atLeast && offset >= logStartOffset
}

function searchFrom(
  store: SegmentStore,
  contents: LogContents,
  timestamp: number,
  startOffset: number,
): FoundOffset | Unfinished | undefined {
  const matches = isAtLeast(timestamp, contents)
  let bytesLeft = SCANNED_BYTES_MAX
  for (const [index, segment] of contents.segments.entries()) {
    if (segment.maxTimestamp.timestamp < timestamp) continue
    if ((contents.segments[index + 1]?.baseOffset ?? Infinity) <= startOffset) continue
    const from = Math.max(segment.timeIndex.offsetFor(timestamp), startOffset)
    const scanner = scanFrom(store, segment, segment.offsetIndex.positionFor(from))
    while (scanner.next()) {
      const { buffer, at } = scanner
      const nextOffset = batch.lastOffset(buffer, at) + 1
      bytesLeft -= scanner.sizeInBytes
      if (batch.maxTimestamp(buffer, at) >= timestamp && nextOffset > startOffset) {
        const found = firstIn(buffer, at, matches)
        if (found === 'heavy') return { nextOffset, heavy: heavyBatch(scanner) }
        if (found !== undefined) return found
      }
      if (bytesLeft <= 0 && nextOffset > startOffset) return { nextOffset, heavy: undefined }
    }
  }
  return undefined
}

/** The first record that has the largest timestamp of the log. A Promise where that takes long. */
export function findByMaxTimestamp(
  shared: SharedResources,
  contents: LogContents,
): FoundOffset | undefined | Promise<FoundOffset | undefined> {
  let best: Segment | undefined
  for (const segment of contents.segments)
    if (
      segment.sizeInBytes > 0 &&
      (best === undefined || segment.maxTimestamp.timestamp > best.maxTimestamp.timestamp)
    )
      best = segment
  if (best === undefined) return undefined
  const largest = best.maxTimestamp
  const matches: Matches = (_offset, timestamp) => timestamp === largest.timestamp
  const scanner = scanFrom(shared, best, best.offsetIndex.positionFor(largest.offset))
  while (scanner.next()) {
    const { buffer, at } = scanner
    if (batch.lastOffset(buffer, at) < largest.offset) continue
    const found = firstIn(buffer, at, matches)
    return found === 'heavy' ? firstInHeavy(shared, heavyBatch(scanner), matches) : found
  }
  return undefined
}

/** Where a cut at `offset` falls: the position and offset at which the batch that holds it begins, or the end. */
export function findCut(
  store: SegmentStore,
  segment: Segment | undefined,
  offset: number,
): { readonly position: number; readonly offset: number } {
  if (segment === undefined || offset <= segment.baseOffset || segment.sizeInBytes === 0)
    return { position: 0, offset }
  const scanner = scanFrom(store, segment, segment.offsetIndex.positionFor(offset))
  while (scanner.next())
    if (batch.lastOffset(scanner.buffer, scanner.at) >= offset) {
      const baseOffset = batch.baseOffset(scanner.buffer, scanner.at)
      return { position: scanner.position, offset: Math.min(offset, baseOffset) }
    }
  return { position: scanner.position, offset }
}

function scanFrom(store: SegmentStore, segment: Segment, from: number): BatchScanner {
  const { file } = store.openFiles.use(segment.logPath, segment.isActive ? 'create' : 'read')
  return new BatchScanner(file, {
    from,
    to: segment.sizeInBytes,
    nextOffset: segment.baseOffset,
    checksCrc: false,
  })
}

/** The batch of the scanner, which is not used any more. */
function heavyBatch({ buffer, at, sizeInBytes }: BatchScanner): Buffer {
  return buffer.subarray(at, at + sizeInBytes)
}

/** The first record of the batch that matches; 'heavy' where the batch takes longer than a turn to look through. */
function firstIn(buffer: Buffer, at: number, matches: Matches): FoundOffset | 'heavy' | undefined {
  if (batch.recordCount(buffer, at) > BRIEF_RECORDS_MAX) return 'heavy'
  const stored = storedRecords(buffer, at)
  let records: Buffer
  try {
    records = decompressBriefly(batch.compression(buffer, at), stored, BRIEF_BYTES_MAX)
  } catch (error) {
    if (error instanceof DecompressedTooLargeError) return 'heavy'
    throw error
  }
  const cursor = new RecordCursor()
  cursor.start(records, 0, records.length)
  while (cursor.next()) {
    const found = recordAt(cursor, buffer, at, matches)
    if (found !== undefined) return found
  }
  return undefined
}

/** The same while others have their turns. @throws DecompressedTooLargeError, DecodeError */
function firstInHeavy(
  { world }: SharedResources,
  buffer: Buffer,
  matches: Matches,
): Promise<FoundOffset | undefined> {
  return oneAtATime(world, async () => {
    const type = batch.compression(buffer, 0)
    const stored = storedRecords(buffer, 0)
    const records = await decompressSlowly(type, stored, heavyBytesMax(world), restIn(world))
    return inTurns(firstInSteps(buffer, records, matches), world)
  })
}

function* firstInSteps(
  buffer: Buffer,
  records: Buffer,
  matches: Matches,
): Generator<undefined, FoundOffset | undefined> {
  const cursor = new RecordCursor(HEADERS_PER_STEP)
  cursor.start(records, 0, records.length)
  for (let count = 1; cursor.next() || cursor.isResting; count++) {
    const found = cursor.isResting ? undefined : recordAt(cursor, buffer, 0, matches)
    if (found !== undefined) return found
    if (cursor.isResting || count % RECORDS_PER_STEP === 0) yield undefined
  }
  return undefined
}

function storedRecords(buffer: Buffer, at: number): Buffer {
  return buffer.subarray(at + batch.HEADER_BYTES, at + batch.sizeInBytes(buffer, at))
}

/** The record at which the cursor is, if it matches. */
function recordAt(
  cursor: RecordCursor,
  buffer: Buffer,
  at: number,
  matches: Matches,
): FoundOffset | undefined {
  const offset = batch.baseOffset(buffer, at) + cursor.offsetDelta
  const timestamp =
    batch.timestampType(buffer, at) === 'LogAppendTime'
      ? batch.maxTimestamp(buffer, at)
      : batch.baseTimestamp(buffer, at) + cursor.timestampDelta
  if (!matches(offset, timestamp)) return undefined
  return { offset, timestamp, leaderEpoch: batch.partitionLeaderEpoch(buffer, at) }
}
