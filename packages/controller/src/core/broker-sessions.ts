/**
 * Soft state of the controller about brokers: who was heard when, and how far each has read the metadata. It is not
 * in the log; a new controller begins anew and gives every unfenced broker a full session timeout.
 */

interface Session {
  readonly epoch: number
  lastContactAt: number
  /** Heartbeats that have arrived and wait for their turn or for a commit. */
  unansweredCount: number
  /** True once a heartbeat came: an incarnation that is certainly alive. */
  wasHeard: boolean
  metadataOffset: number
  /** While a controlled shutdown goes on: the broker may stop when all active brokers have read this offset. */
  shutdownOffset: number | undefined
}

export class BrokerSessions {
  readonly #timeoutMs: number
  readonly #sessions = new Map<number, Session>()

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs
  }

  /** Begins the session of a registration. */
  begin(brokerId: number, epoch: number, now: number): void {
    if (this.#sessions.get(brokerId)?.epoch === epoch) return
    this.#sessions.set(brokerId, {
      epoch,
      lastContactAt: now,
      unansweredCount: 0,
      wasHeard: false,
      metadataOffset: -1,
      shutdownOffset: undefined,
    })
  }

  end(brokerId: number): void {
    this.#sessions.delete(brokerId)
  }

  /**
   * A heartbeat has arrived. Until the function that this gives is called with the time of the answer, its broker is not
   * silent: how long the answer takes is the controller's doing, and no broker is fenced for it.
   */
  heartbeatArrived(brokerId: number, epoch: number): (answeredAt: number) => void {
    const session = this.#sessions.get(brokerId)
    if (session?.epoch !== epoch) return () => {}
    session.unansweredCount++
    return answeredAt => {
      session.unansweredCount--
      session.lastContactAt = answeredAt
    }
  }

  /** Notes what a heartbeat tells. */
  touch(brokerId: number, now: number, metadataOffset: number): void {
    const session = this.#sessions.get(brokerId)
    if (session === undefined) return
    session.lastContactAt = now
    session.wasHeard = true
    session.metadataOffset = metadataOffset
  }

  /** True if a heartbeat of this epoch came within the timeout. */
  isAlive(brokerId: number, epoch: number, now: number): boolean {
    const session = this.#sessions.get(brokerId)
    return session?.epoch === epoch && session.wasHeard && !this.isExpired(brokerId, now)
  }

  /** True if the timeout has passed without a heartbeat, and none waits for its answer. */
  isExpired(brokerId: number, now: number): boolean {
    const session = this.#sessions.get(brokerId)
    if (session === undefined || session.unansweredCount > 0) return false
    return now - session.lastContactAt >= this.#timeoutMs
  }

  /** Notes that the broker may stop when others have read up to `offset`. */
  startShutdown(brokerId: number, offset: number): void {
    const session = this.#sessions.get(brokerId)
    if (session !== undefined) session.shutdownOffset ??= offset
  }

  /** True if every other broker that is heard from has read the change that took the leaderships away. */
  mayStop(brokerId: number, now: number): boolean {
    const offset = this.#sessions.get(brokerId)?.shutdownOffset
    if (offset === undefined) return true
    for (const [id, session] of this.#sessions) {
      if (id === brokerId || !this.isAlive(id, session.epoch, now)) continue
      if (session.metadataOffset < offset) return false
    }
    return true
  }
}
