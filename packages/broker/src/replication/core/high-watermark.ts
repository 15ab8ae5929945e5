/**
 * How far a partition is committed: the lowest log end among the replicas in sync. Under the flush policy `commit` an
 * offset counts only when it is on stable storage of its replica; the leader's log tells how far that is, a
 * follower tells it by the offset it fetches from (it asks for X only once all below X is durable).
 */

/** What the high watermark depends on. */
export interface CommitState {
  /** How far the leader's own log counts. */
  readonly leaderOffset: number
  /** Fetch offsets of the other replicas in the ISR. */
  readonly followerOffsets: readonly number[]
  /** min.insync.replicas; fewer replicas in sync never move the high watermark. */
  readonly minInSyncReplicas: number
  readonly highWatermark: number
}

/** The high watermark that follows; never below the one there was. */
export function nextHighWatermark(state: CommitState): number {
  const { leaderOffset, followerOffsets, minInSyncReplicas, highWatermark } = state
  if (followerOffsets.length + 1 < minInSyncReplicas) return highWatermark
  let committed = leaderOffset
  for (const offset of followerOffsets) if (offset < committed) committed = offset
  return committed > highWatermark ? committed : highWatermark
}
