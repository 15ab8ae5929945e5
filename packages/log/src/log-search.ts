/**
 * Searches in the batches of a partition: by time, by largest timestamp, and for the place of a cut.
 */
import { batch, readRecords } from '@moldau/protocol'
import { BatchScanner } from './batch-scanner.ts'
import type { LogContents } from './log-contents.ts'
import type { Segment, SegmentStore } from './segment.ts'

/** A record that a search has found. `leaderEpoch` is −1 where the batch has none. @public */
export interface FoundOffset {
  readonly offset: number
  readonly timestamp: number
  readonly leaderEpoch: number
}

/** The first record in offset order whose timestamp is at least `timestamp`. */
export function findByTimestamp(
  store: SegmentStore,
  contents: LogContents,
  timestamp: number,
): FoundOffset | undefined {
  for (const segment of contents.segments) {
    if (segment.maxTimestamp.timestamp < timestamp) continue
    const from = Math.max(segment.timeIndex.offsetFor(timestamp), contents.logStartOffset)
    const scanner = scanFrom(store, segment, segment.offsetIndex.positionFor(from))
    while (scanner.next()) {
      const { buffer, at } = scanner
      if (batch.maxTimestamp(buffer, at) < timestamp) continue
      if (batch.lastOffset(buffer, at) < contents.logStartOffset) continue
      for (const record of readRecords(buffer, at))
        if (record.timestamp >= timestamp && record.offset >= contents.logStartOffset)
          return found(record, buffer, at)
    }
  }
  return undefined
}

/** The first record that has the largest timestamp of the log. */
export function findByMaxTimestamp(
  store: SegmentStore,
  contents: LogContents,
): FoundOffset | undefined {
  let best: Segment | undefined
  for (const segment of contents.segments)
    if (
      segment.sizeInBytes > 0 &&
      (best === undefined || segment.maxTimestamp.timestamp > best.maxTimestamp.timestamp)
    )
      best = segment
  if (best === undefined) return undefined
  const { timestamp, offset } = best.maxTimestamp
  const scanner = scanFrom(store, best, best.offsetIndex.positionFor(offset))
  while (scanner.next()) {
    const { buffer, at } = scanner
    if (batch.lastOffset(buffer, at) < offset) continue
    for (const record of readRecords(buffer, at))
      if (record.timestamp === timestamp) return found(record, buffer, at)
    return undefined
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

function found(
  record: { offset: number; timestamp: number },
  buffer: Buffer,
  at: number,
): FoundOffset {
  return {
    offset: record.offset,
    timestamp: record.timestamp,
    leaderEpoch: batch.partitionLeaderEpoch(buffer, at),
  }
}
