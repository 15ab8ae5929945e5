/**
 * Incremental fetch sessions (KIP-227), the rules: which request belongs to which session, which partitions it then
 * fetches, and which of them the answer must name. Kafka 4.3.1's FetchSession and FetchMetadata. Pure: time and ids
 * come in.
 */

/** Session id 0: no session. */
export const NO_SESSION = 0
/** Epoch of a request that begins a session. */
const INITIAL_EPOCH = 0
/** Epoch of a request that wants no session, or ends its own. */
const FINAL_EPOCH = -1

/** One partition as a request asks for it. */
export interface FetchTarget {
  /** By versions below 13; else the name the id had when it was first seen, empty for an unknown one. */
  topic: string
  /** The zero id by versions below 13. */
  readonly topicId: string
  readonly partition: number
  currentLeaderEpoch: number
  fetchOffset: number
  lastFetchedEpoch: number
  maxBytes: number
}

/** What an answer tells of one partition, apart from records. */
export interface FetchedState {
  readonly hasError: boolean
  readonly hasRecords: boolean
  readonly highWatermark: number
  readonly lastStableOffset: number
  readonly logStartOffset: number
  readonly hasDivergingEpoch: boolean
  readonly preferredReadReplica: number
}

/** A partition of a session, and what the client was told of it last. */
interface SessionPartition {
  target: FetchTarget
  highWatermark: number
  lastStableOffset: number
  logStartOffset: number
}

/** Names a partition within a session. */
function targetKey(
  target: { topic: string; topicId: string; partition: number },
  usesIds: boolean,
): string {
  return `${usesIds ? target.topicId : target.topic}:${target.partition}`
}

/** The epoch after `epoch`: it wraps to 1, since 0 and -1 have a meaning. */
export function nextEpoch(epoch: number): number {
  return epoch === 0x7fff_ffff ? 1 : epoch + 1
}

/** What a client keeps open at the broker. */
export class FetchSession {
  readonly id: number
  readonly usesIds: boolean
  readonly createdAt: number
  lastUsedAt: number
  /** Epoch that the next request must have. */
  epoch = nextEpoch(INITIAL_EPOCH)
  /** In the order in which they are fetched: whoever got records goes to the end. */
  readonly #partitions = new Map<string, SessionPartition>()

  constructor(id: number, usesIds: boolean, now: number, targets: readonly FetchTarget[]) {
    this.id = id
    this.usesIds = usesIds
    this.createdAt = now
    this.lastUsedAt = now
    this.#put(targets)
  }

  get size(): number {
    return this.#partitions.size
  }

  /** Takes an incremental request: adds and changes `targets`, drops `forgotten`, moves the epoch. */
  advance(
    targets: readonly FetchTarget[],
    forgotten: readonly { topic: string; topicId: string; partition: number }[],
    now: number,
  ): void {
    this.#put(targets)
    for (const one of forgotten) this.#partitions.delete(targetKey(one, this.usesIds))
    this.epoch = nextEpoch(this.epoch)
    this.lastUsedAt = now
  }

  /** What is fetched now, in order. */
  targets(): FetchTarget[] {
    return Array.from(this.#partitions.values(), ({ target }) => target)
  }

  /** Whether the answer must name the partition; notes what it tells. */
  mustTell(target: FetchTarget, state: FetchedState): boolean {
    const key = targetKey(target, this.usesIds)
    const known = this.#partitions.get(key)
    if (known === undefined) return true
    const isNews =
      state.hasRecords ||
      state.hasError ||
      state.hasDivergingEpoch ||
      state.preferredReadReplica >= 0 ||
      state.highWatermark !== known.highWatermark ||
      state.lastStableOffset !== known.lastStableOffset ||
      state.logStartOffset !== known.logStartOffset
    // After an error everything is told again.
    known.highWatermark = state.hasError ? -1 : state.highWatermark
    known.lastStableOffset = state.lastStableOffset
    known.logStartOffset = state.logStartOffset
    if (state.hasRecords) {
      this.#partitions.delete(key)
      this.#partitions.set(key, known)
    }
    return isNews
  }

  #put(targets: readonly FetchTarget[]): void {
    for (const target of targets) {
      const key = targetKey(target, this.usesIds)
      const known = this.#partitions.get(key)
      if (known === undefined) {
        this.#partitions.set(key, {
          target,
          highWatermark: -1,
          lastStableOffset: -1,
          logStartOffset: -1,
        })
        continue
      }
      if (target.topic === '') target.topic = known.target.topic
      known.target = target
    }
  }
}

/** What the session fields of a request ask for. */
export type SessionWish =
  /** A full fetch that ends the session `ended` (0 for none) and begins one if `begins`. */
  | { readonly kind: 'full'; readonly ended: number; readonly begins: boolean }
  | { readonly kind: 'incremental'; readonly id: number; readonly epoch: number }

/** Reads the session fields (0 and -1 before version 7). */
export function sessionWish(sessionId: number, sessionEpoch: number): SessionWish {
  if (sessionEpoch === INITIAL_EPOCH) return { kind: 'full', ended: sessionId, begins: true }
  if (sessionEpoch === FINAL_EPOCH) return { kind: 'full', ended: sessionId, begins: false }
  return { kind: 'incremental', id: sessionId, epoch: sessionEpoch }
}

/** Why a session cannot be continued by this request; undefined when it can. */
export function continuationProblem(
  session: FetchSession | undefined,
  epoch: number,
  usesIds: boolean,
):
  | 'FETCH_SESSION_ID_NOT_FOUND'
  | 'INVALID_FETCH_SESSION_EPOCH'
  | 'FETCH_SESSION_TOPIC_ID_ERROR'
  | undefined {
  if (session === undefined) return 'FETCH_SESSION_ID_NOT_FOUND'
  if (session.epoch !== epoch) return 'INVALID_FETCH_SESSION_EPOCH'
  return session.usesIds === usesIds ? undefined : 'FETCH_SESSION_TOPIC_ID_ERROR'
}
