/**
 * When the active segment is full: by size, by age of its first record, by index space, by the span of offsets that a
 * 31-bit relative offset can name. Rules of Kafka 4.3.1's LogSegment.
 */

/** Largest distance between a segment's base offset and an offset in it. */
const SEGMENT_OFFSET_SPAN_MAX = 2 ** 31 - 1

/** The active segment and what is to be appended. */
export interface RollFacts {
  readonly baseOffset: number
  readonly sizeInBytes: number
  readonly isIndexFull: boolean
  /** Largest timestamp of the first batch, or undefined for an empty segment. */
  readonly firstTimestamp: number | undefined
  readonly createdAt: number
  readonly jitterMs: number
  readonly appendBytes: number
  readonly appendLastOffset: number
  readonly appendMaxTimestamp: number
  readonly now: number
  readonly segmentBytes: number
  readonly segmentMs: number
}

/** Whether a new segment begins before the append. */
export function mustRoll(facts: RollFacts): boolean {
  if (facts.appendLastOffset - facts.baseOffset > SEGMENT_OFFSET_SPAN_MAX) return true
  if (facts.sizeInBytes === 0) return false
  if (facts.sizeInBytes > facts.segmentBytes - facts.appendBytes) return true
  if (facts.isIndexFull) return true
  const waitedMs =
    facts.firstTimestamp !== undefined && facts.firstTimestamp >= 0
      ? facts.appendMaxTimestamp - facts.firstTimestamp
      : facts.now - facts.createdAt
  return waitedMs > facts.segmentMs - facts.jitterMs
}
