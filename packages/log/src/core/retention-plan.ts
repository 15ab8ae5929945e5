/**
 * Which segments of a partition may go: those below the log start, those beyond `retention.bytes`, those older than
 * `retention.ms`. Always a prefix, and only segments wholly below the high watermark. Rules of Kafka 4.3.1's UnifiedLog.
 */

/** What the plan needs to know of a segment; segments come oldest first. */
interface SegmentFacts {
  readonly baseOffset: number
  readonly sizeInBytes: number
  /** Largest record timestamp, or the time of the last change where no record has one. */
  readonly largestTimestamp: number
}

/** What the plan needs to know of the partition. */
export interface RetentionFacts {
  readonly segments: readonly SegmentFacts[]
  readonly logStartOffset: number
  readonly logEndOffset: number
  readonly highWatermark: number
  readonly now: number
  /** Whether `cleanup.policy` has `delete`. Without it only what is below the log start goes. */
  readonly deletes: boolean
  /** −1 for no limit. */
  readonly retentionMs: number
  /** −1 for no limit. */
  readonly retentionBytes: number
}

/** Why the last of the planned segments goes. */
type RetentionReason = 'log-start' | 'size' | 'time'

/** How many of the oldest segments go, and the log start that follows. */
export interface RetentionPlan {
  readonly deleteCount: number
  readonly logStartOffset: number
  readonly reason: RetentionReason | undefined
}

/** Plans one round of retention. A plan over all segments asks the caller to roll first. */
export function planRetention(facts: RetentionFacts): RetentionPlan {
  const segments = facts.segments
  let deleteCount = 0
  let reason: RetentionReason | undefined
  let total = 0
  for (const segment of segments) total += segment.sizeInBytes
  let excess = facts.retentionBytes >= 0 ? total - facts.retentionBytes : -1
  for (; deleteCount < segments.length; deleteCount++) {
    const segment = segments[deleteCount]!
    const next = segments[deleteCount + 1]
    const endOffset = next?.baseOffset ?? facts.logEndOffset
    if (next === undefined && segment.sizeInBytes === 0) break
    if (endOffset > facts.highWatermark) break
    if (next !== undefined && next.baseOffset <= facts.logStartOffset) reason = 'log-start'
    else if (facts.deletes && excess >= 0 && excess - segment.sizeInBytes >= 0) reason = 'size'
    else if (
      facts.deletes &&
      facts.retentionMs >= 0 &&
      facts.now - segment.largestTimestamp > facts.retentionMs
    )
      reason = 'time'
    else break
    excess -= segment.sizeInBytes
  }
  const firstKept = segments[deleteCount]?.baseOffset ?? facts.logEndOffset
  return {
    deleteCount,
    logStartOffset:
      deleteCount === 0 ? facts.logStartOffset : Math.max(facts.logStartOffset, firstKept),
    reason: deleteCount === 0 ? undefined : reason,
  }
}
