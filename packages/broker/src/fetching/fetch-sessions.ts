/**
 * The fetch sessions that this broker keeps for its clients: a bounded cache
 * (`max.incremental.fetch.session.cache.slots`). Who finds no place fetches without a session, which is only slower.
 */
import type { Clock, Random } from '@moldau/base'
import type { ErrorName } from '@moldau/protocol'
import {
  continuationProblem,
  FetchSession,
  NO_SESSION,
  sessionWish,
  type FetchTarget,
} from './fetch-session.ts'

/** A session that was idle, or a smaller one that existed, this long may give way to another. */
const EVICTION_MS = 120_000

/** The session part of a request. */
export interface SessionRequest {
  readonly sessionId: number
  readonly sessionEpoch: number
  readonly usesIds: boolean
  readonly targets: readonly FetchTarget[]
  readonly forgotten: readonly { topic: string; topicId: string; partition: number }[]
}

/** What to fetch, in which session. */
export interface FetchPlan {
  readonly session: FetchSession | undefined
  /** Whether the answer names only what is new. */
  readonly isIncremental: boolean
  readonly targets: readonly FetchTarget[]
}

export class FetchSessions {
  readonly #clock: Clock
  readonly #random: Random
  readonly #slots: () => number
  /** In order of last use, oldest first. */
  readonly #byId = new Map<number, FetchSession>()

  constructor(clock: Clock, random: Random, slots: () => number) {
    this.#clock = clock
    this.#random = random
    this.#slots = slots
  }

  get size(): number {
    return this.#byId.size
  }

  /** Finds or makes the session of a request, or says why it has none. */
  plan(request: SessionRequest): FetchPlan | ErrorName {
    const wish = sessionWish(request.sessionId, request.sessionEpoch)
    const now = this.#clock.monotonic()
    if (wish.kind === 'full') {
      this.#byId.delete(wish.ended)
      const session = wish.begins ? this.#begin(request, now) : undefined
      const targets = session?.targets() ?? withoutRepeats(request.targets)
      return { session, isIncremental: false, targets }
    }
    const session = this.#byId.get(wish.id)
    const problem = continuationProblem(session, wish.epoch, request.usesIds)
    if (problem !== undefined || session === undefined)
      return problem ?? 'FETCH_SESSION_ID_NOT_FOUND'
    session.advance(request.targets, request.forgotten, now)
    this.#byId.delete(session.id)
    if (session.size === 0) return { session: undefined, isIncremental: false, targets: [] }
    this.#byId.set(session.id, session)
    return { session, isIncremental: true, targets: session.targets() }
  }

  #begin(request: SessionRequest, now: number): FetchSession | undefined {
    if (!this.#hasRoom(request.targets.length, now)) return undefined
    const session = new FetchSession(this.#freeId(), request.usesIds, now, request.targets)
    this.#byId.set(session.id, session)
    return session
  }

  #hasRoom(size: number, now: number): boolean {
    const slots = this.#slots()
    if (this.#byId.size < slots) return true
    let smallest: FetchSession | undefined
    for (const session of this.#byId.values()) {
      if (now - session.lastUsedAt > EVICTION_MS) return this.#byId.delete(session.id)
      const isOld = now - session.createdAt > EVICTION_MS
      if (isOld && session.size < (smallest?.size ?? size)) smallest = session
    }
    return smallest !== undefined && this.#byId.delete(smallest.id)
  }

  #freeId(): number {
    for (;;) {
      const id = 1 + this.#random.below(0x7fff_ffff)
      if (id !== NO_SESSION && !this.#byId.has(id)) return id
    }
  }
}

/** The last mention of a partition holds, in the place of the first: as in Kafka, where the targets are a map. */
function withoutRepeats(targets: readonly FetchTarget[]): readonly FetchTarget[] {
  if (targets.length < 2) return targets
  const kept: FetchTarget[] = []
  const topics = new Map<string, Map<number, number>>()
  let last: FetchTarget | undefined
  let places = new Map<number, number>()
  for (const target of targets) {
    // Partitions of a topic come together: its places are looked up once.
    if (target.topic !== last?.topic || target.topicId !== last.topicId) {
      const key = `${target.topicId}:${target.topic}`
      places = topics.get(key) ?? new Map<number, number>()
      topics.set(key, places)
    }
    last = target
    const place = places.get(target.partition)
    if (place === undefined) {
      places.set(target.partition, kept.length)
      kept.push(target)
    } else kept[place] = target
  }
  return kept
}
