/**
 * One replica on this broker: the log, who leads it in which epoch, and who waits for it. Appends go through here,
 * and the high watermark moves here. Called on the hot path: no promises, nothing kept per request but waiters.
 */
import type { AppendOrigin, AppendResult, LogConfig, PartitionLog, ReadResult } from '@moldau/log'
import type { PartitionRegistration } from '@moldau/metadata'
import type { ErrorName } from '@moldau/protocol'
import { nextHighWatermark } from './core/high-watermark.ts'
import { OffsetQueue, ReadWaiters } from './waiting-requests.ts'

/** Who may see which records. */
export type Isolation = 'read-uncommitted' | 'read-committed' | 'log-end'

const noFollowers: readonly number[] = []

export class Partition {
  readonly topic: string
  readonly index: number
  readonly topicId: string
  readonly log: PartitionLog
  readonly #nodeId: number
  #registration: PartitionRegistration
  /** Produces with acks=all. */
  readonly committed = new OffsetQueue()
  /** Appends of coordinators that must be committed and on disk, whatever the flush policy. */
  readonly durable = new OffsetQueue()
  /** Produces with acks=1 whose write is under way. */
  readonly written = new OffsetQueue()
  readonly readers = new ReadWaiters()
  #removal: ErrorName | undefined

  constructor(log: PartitionLog, registration: PartitionRegistration, nodeId: number) {
    this.topic = log.topic
    this.index = log.partition
    this.topicId = log.topicId
    this.log = log
    this.#nodeId = nodeId
    this.#registration = registration
    log.onProgress = () => this.#progressed()
    if (this.isLeader) log.assignLeaderEpoch(registration.leaderEpoch)
    this.#progressed()
  }

  get isLeader(): boolean {
    return this.#removal === undefined && this.#registration.leader === this.#nodeId
  }

  get leaderId(): number {
    return this.#registration.leader
  }

  get leaderEpoch(): number {
    return this.#registration.leaderEpoch
  }

  get registration(): PartitionRegistration {
    return this.#registration
  }

  /** Takes what the metadata says now. */
  update(registration: PartitionRegistration): void {
    const wasLeader = this.isLeader
    const epoch = this.#registration.leaderEpoch
    this.#registration = registration
    if (wasLeader && (!this.isLeader || registration.leaderEpoch !== epoch)) {
      if (this.#hasNoSuccessor) this.readers.awaken()
      else this.#failWaiting('NOT_LEADER_OR_FOLLOWER')
    }
    if (this.isLeader) this.log.assignLeaderEpoch(registration.leaderEpoch)
    this.#progressed()
  }

  /** Resolves when no produce waits any more for what is appended now. */
  async settled(): Promise<void> {
    if (this.committed.size + this.written.size + this.durable.size === 0) return
    const last = this.durable.size > 0 ? this.durable : this.committed
    if (last === this.durable) this.log.requestFlush()
    await new Promise<void>(resolve => {
      last.add(this.log.logEndOffset, { progressed: () => resolve() }, 0)
    })
  }

  /**
   * Nobody leads, as this broker leaves, and nobody else may before it is back: what it appended as leader counts once
   * it is on disk. Refused, a client would send it again, and be told that it is out of sequence: Kafka's snapshots
   * remember one batch of a producer, not the several that were on their way.
   */
  get #hasNoSuccessor(): boolean {
    const { leader, isr, eligibleLeaderReplicas } = this.#registration
    // With ELR the last one to leave is no longer in the ISR, but alone eligible.
    const eligible = [...isr, ...eligibleLeaderReplicas]
    return (
      this.#removal === undefined &&
      leader === -1 &&
      eligible.length === 1 &&
      eligible[0] === this.#nodeId
    )
  }

  /** Takes the topic's configs as they are now. */
  updateConfig(config: LogConfig): void {
    this.log.updateConfig(config)
    this.#progressed()
  }

  /** The partition is no longer kept here: whoever waits is told. */
  removed(error: ErrorName): void {
    this.#removal = error
    this.log.onProgress = undefined
    this.#failWaiting(error)
  }

  /** Why a client may not use this replica with the leader epoch it knows (-1 for none); undefined when it may. */
  epochProblem(currentLeaderEpoch: number): ErrorName | undefined {
    if (!this.isLeader) return this.#removal ?? 'NOT_LEADER_OR_FOLLOWER'
    if (currentLeaderEpoch === -1 || currentLeaderEpoch === this.leaderEpoch) return undefined
    return currentLeaderEpoch < this.leaderEpoch ? 'FENCED_LEADER_EPOCH' : 'UNKNOWN_LEADER_EPOCH'
  }

  /** Appends as leader. `records` belong to the caller again when this returns. */
  append(
    records: Buffer,
    origin: AppendOrigin,
    requiresAllInSync: boolean,
    isPrepared = false,
  ): AppendResult {
    if (!this.isLeader)
      return refused(
        'NOT_LEADER_OR_FOLLOWER',
        `${this.topic}-${this.index} is not led by this broker`,
      )
    if (this.log.failure !== undefined)
      return refused('KAFKA_STORAGE_ERROR', this.log.failure.message)
    if (requiresAllInSync && this.#registration.isr.length < this.minInSyncReplicas)
      return refused(
        'NOT_ENOUGH_REPLICAS',
        `${this.topic}-${this.index} has ${this.#registration.isr.length} replicas in sync, min.insync.replicas asks for ${this.minInSyncReplicas}`,
      )
    return this.log.append(records, { origin, leaderEpoch: this.leaderEpoch, isPrepared })
  }

  /** The offset below which a reader of this isolation sees records. */
  readableEnd(isolation: Isolation): number {
    switch (isolation) {
      case 'read-uncommitted':
        return this.log.highWatermark
      case 'read-committed':
        return this.log.lastStableOffset
      case 'log-end':
        return this.log.writtenOffset
    }
  }

  /** Reads whole batches below `upTo`. */
  read(
    offset: number,
    upTo: number,
    maxBytes: number,
    minOneBatch: boolean,
  ): ReadResult | Promise<ReadResult> {
    return this.log.read(offset, { upTo, maxBytes, minOneBatch })
  }

  get minInSyncReplicas(): number {
    // More than there are replicas can never be in sync: Kafka takes the smaller number.
    return Math.min(this.log.config['min.insync.replicas'], this.#registration.replicas.length)
  }

  /** Advances the high watermark as far as it goes, and tells who waits. */
  #progressed(): void {
    const { log } = this
    if (log.failure !== undefined) {
      this.#failWaiting('KAFKA_STORAGE_ERROR')
      return
    }
    if (!this.isLeader && !this.#hasNoSuccessor) return
    const before = log.highWatermark
    const highWatermark = nextHighWatermark({
      leaderOffset: log.committableOffset,
      // Followers on other brokers come with replication between brokers; then min.insync.replicas binds here too.
      followerOffsets: noFollowers,
      minInSyncReplicas: 1,
      highWatermark: before,
    })
    this.written.release(log.writtenOffset)
    if (highWatermark !== before) {
      log.advanceHighWatermark(highWatermark)
      this.committed.release(highWatermark)
      this.readers.awaken()
    }
    if (this.durable.size > 0) this.durable.release(Math.min(log.durableOffset, highWatermark))
  }

  #failWaiting(error: ErrorName): void {
    this.written.fail(error)
    this.committed.fail(error)
    this.durable.fail(error)
    this.readers.awaken()
  }
}

function refused(error: ErrorName, message: string): AppendResult {
  return { error, message }
}
