/**
 * After a crash: the last batches of each producer, which a snapshot does not hold (Kafka's format has room for one).
 * A client that had several requests in flight sends all of them again; one that was appended before the last segment
 * began would be refused as out of sequence, and Kafka's producers answer that by writing it a second time.
 */
import type { Steps } from '@moldau/base'
import { batch } from '@moldau/protocol'
import { BatchScanner } from './batch-scanner.ts'
import {
  PRODUCER_BATCHES_MAX,
  type ProducerBatchHeader,
  type ProducerStates,
} from './core/producer-states.ts'
import type { SharedResources } from './log-environment.ts'
import type { Segment } from './segment.ts'

/** So much of the end of the log is looked at: what clients can have had in flight is less. */
const RECALLED_BYTES = 16 * 1024 * 1024

/** What is looked at. */
export interface RecallOptions {
  readonly shared: SharedResources
  readonly segments: readonly Segment[]
  readonly logStartOffset: number
  /** Offset of the snapshot that `producers` come from. */
  readonly snapshotOffset: number
  readonly headerOf: (buffer: Buffer, at: number) => ProducerBatchHeader
}

/** Adds to `producers`, which come from a snapshot, the batches before their last one. Yields after each segment. */
export function* recallBatches(producers: ProducerStates, options: RecallOptions): Steps<void> {
  const { segments, snapshotOffset, logStartOffset, shared } = options
  if (producers.size === 0) return
  let first = segments.length
  for (let bytes = 0; first > 0 && bytes < RECALLED_BYTES;) bytes += segments[--first]!.sizeInBytes
  const recalled = new Map<number, ProducerBatchHeader[]>()
  for (const segment of segments.slice(first)) {
    if (segment.baseOffset >= snapshotOffset) break
    if (segment.sizeInBytes === 0) continue
    const { file } = shared.openFiles.use(segment.logPath, 'read')
    const scanner = new BatchScanner(file, {
      from: segment.offsetIndex.positionBelow(segment.sizeInBytes - RECALLED_BYTES),
      to: segment.sizeInBytes,
      nextOffset: segment.baseOffset,
      checksCrc: false,
    })
    while (scanner.next()) {
      const { buffer, at } = scanner
      if (batch.baseOffset(buffer, at) >= snapshotOffset) break
      const isOwn = batch.producerId(buffer, at) >= 0 && !batch.isControl(buffer, at)
      if (!isOwn || batch.baseOffset(buffer, at) < logStartOffset) continue
      const header = options.headerOf(buffer, at)
      const batches = recalled.get(header.producerId)
      if (batches === undefined) recalled.set(header.producerId, [header])
      else {
        batches.push(header)
        if (batches.length > PRODUCER_BATCHES_MAX) batches.shift()
      }
    }
    yield
  }
  for (const batches of recalled.values()) producers.recall(batches)
}
