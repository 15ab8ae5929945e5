/**
 * A node of the metadata quorum: performs the effects of `core/quorum.ts` in order, appends for the leader, and gives
 * committed records to listeners. Whoever appends is answered after every listener has seen its records.
 */
import { KafkaError } from '@moldau/protocol'
import { assert, atOnce, type Logger, type Steps } from '@moldau/base'
import { atOnceOrInTurns, type World } from '@moldau/io'
import type { LoneLog } from '@moldau/log'
import { leaderChangeBatch, valuesBatch, type BatchPlace, type DecodedBatch } from './batches.ts'
import { Quorum, type QuorumEffect, type QuorumEvent } from './core/quorum.ts'
import type { Role } from './core/roles.ts'
import type { Voter } from './core/voters.ts'
import { loadRaftState, type LoadedRaftState } from './loaded-state.ts'
import { writeQuorumState } from './quorum-state-file.ts'
import { openMetadataLog, RaftLog, type RaftStorage } from './raft-log.ts'
import {
  readSnapshot,
  snapshotName,
  writeSnapshot,
  type RaftSnapshot,
  type SnapshotId,
} from './snapshot-files.ts'

/** Committed record values that were appended together. Control batches are given without values. */
export type CommittedBatch = Pick<
  DecodedBatch,
  'baseOffset' | 'lastOffset' | 'epoch' | 'appendTimestamp' | 'sizeInBytes' | 'values'
>

/**
 * Who follows the log. Calls come in the order of the log; what one gives to do in steps, in turns with other work, has
 * ended before the next.
 */
export interface RaftListener {
  committed(batch: CommittedBatch): Steps<void> | void
  /** Stands for all before its end offset. Replaces what was given before. */
  snapshot(snapshot: RaftSnapshot): void
  /** All that is committed at this moment was given. */
  settled?(): Steps<void> | void
  leaderChanged?(leaderId: number, epoch: number): void
}

/** What a node needs. */
export interface RaftNodeOptions {
  readonly world: World
  /** The log directory that holds the folder `__cluster_metadata-0`. */
  readonly directory: string
  /** The partition `__cluster_metadata-0`; opened (and closed) here when it is left out. */
  readonly log?: RaftStorage
  /** `metadata.log.segment.bytes`. */
  readonly segmentBytes?: number
  readonly nodeId: number
  readonly directoryId: string
  /** Ids in `controller.quorum.voters`; used under kraft.version 0. Without it: this node alone. */
  readonly staticVoters?: readonly number[]
  readonly retention: SnapshotRetention
  readonly logger: Logger
  /** Told when the log failed or a record cannot be read: the node should stop. */
  readonly onFault: (error: Error) => void
}

/** When older snapshots and the log below them go (`metadata.max.retention.bytes`, `metadata.max.retention.ms`). */
interface SnapshotRetention {
  /** Log and snapshots together; negative for no limit. */
  readonly maxBytes: number
  /** Age of a snapshot; negative for no limit. */
  readonly maxMs: number
}

/** What DescribeQuorum tells of one replica. */
export interface QuorumReplica extends Voter {
  readonly logEndOffset: number
  readonly lastFetchTimestamp: number
  readonly lastCaughtUpTimestamp: number
}

/** What DescribeQuorum tells. */
export interface QuorumDescription {
  readonly leaderId: number
  readonly leaderEpoch: number
  readonly highWatermark: number
  readonly voters: readonly QuorumReplica[]
  readonly observers: readonly QuorumReplica[]
}

interface Waiter {
  readonly lastOffset: number
  readonly promise: Promise<number>
  readonly resolve: (lastOffset: number) => void
  readonly reject: (error: Error) => void
}

export class RaftNode {
  readonly #options: RaftNodeOptions
  readonly #folder: string
  readonly #log: RaftLog
  readonly #ownLog: LoneLog | undefined
  readonly #quorum: Quorum
  readonly #kraftVersion: number
  readonly #voters: readonly Voter[]
  /** True while voters are known only from the bootstrap snapshot: the first leader repeats them in the log. */
  readonly #votersOnlyInSnapshot: boolean
  #snapshots: (SnapshotId & { readonly sizeInBytes: number })[]
  #bytesSinceSnapshot: number
  readonly #events: QuorumEvent[] = []
  /** Own batches that are not committed yet. */
  #uncommitted: CommittedBatch[] = []
  #waiters: Waiter[] = []
  readonly #listeners: RaftListener[] = []
  /** Settles when listeners have seen all that is committed; undefined when they have. */
  #telling: Promise<void> | undefined
  #isClosed = false
  #hasFailed = false

  /** Opens the log, elects itself and resolves when its first record of the new epoch is committed. @throws Error in one sentence for a log that cannot be served */
  static async open(options: RaftNodeOptions): Promise<RaftNode> {
    const own = options.log === undefined ? await openMetadataLog(options) : undefined
    try {
      const log = new RaftLog(options.log ?? (own as LoneLog).log)
      const node = new RaftNode(options, await loadRaftState(options, log), own)
      await node.#committedUpTo(() => node.#perform({ type: 'start', logEndOffset: log.endOffset }))
      return node
    } catch (error) {
      await own?.close()
      throw error
    }
  }

  private constructor(
    options: RaftNodeOptions,
    loaded: LoadedRaftState,
    ownLog: LoneLog | undefined,
  ) {
    const { voters, kraftVersion } = loaded
    const self = { id: options.nodeId, directoryId: options.directoryId }
    this.#options = options
    this.#ownLog = ownLog
    this.#folder = loaded.folder
    this.#log = loaded.log
    this.#kraftVersion = kraftVersion
    this.#voters = voters
    this.#votersOnlyInSnapshot = loaded.votersOnlyInSnapshot
    this.#snapshots = loaded.snapshots
    this.#bytesSinceSnapshot = loaded.bytesSinceSnapshot
    this.#quorum = new Quorum({
      self,
      voters: voters.map(voter => voter.id),
      persisted: loaded.persisted,
    })
    this.#log.observe(() => this.#progressed())
  }

  get nodeId(): number {
    return this.#options.nodeId
  }

  get role(): Role {
    return this.#quorum.role
  }

  get isLeader(): boolean {
    return this.#quorum.role === 'leader'
  }

  get leaderId(): number {
    return this.#quorum.leaderId
  }

  get leaderEpoch(): number {
    return this.#quorum.epoch
  }

  get kraftVersion(): number {
    return this.#kraftVersion
  }

  /** One behind the last committed record. */
  get highWatermark(): number {
    return this.#quorum.highWatermark
  }

  /** The offset that the next appended record gets. */
  get logEndOffset(): number {
    return this.#log.endOffset
  }

  /** Bytes of committed records that no snapshot stands for. */
  get bytesSinceSnapshot(): number {
    return this.#bytesSinceSnapshot
  }

  /** End offset of the newest snapshot; 0 for none. */
  get newestSnapshotOffset(): number {
    return this.#snapshots.at(-1)?.endOffset ?? 0
  }

  /**
   * Appends record values as one batch: all of them or none survive. The first value gets the offset `logEndOffset`
   * as it is before the call. Resolves with the last offset when they are committed and all listeners have seen them.
   * Rejects with NOT_CONTROLLER when this node does not lead, or led no longer before they were committed.
   */
  append(values: readonly Buffer[]): Promise<number> {
    return atOnce(this.appendInSteps(values)).committed
  }

  /** The same for very many: the batch is made in steps and then appended. Nothing else may be appended meanwhile. */
  *appendInSteps(values: readonly Buffer[]): Steps<{ readonly committed: Promise<number> }> {
    const baseOffset = this.#log.endOffset
    const place = {
      baseOffset,
      epoch: this.leaderEpoch,
      timestamp: this.#options.world.clock.now(),
    }
    const bytes = yield* valuesBatch(values, place)
    if (!this.isLeader) return { committed: Promise.reject(new KafkaError('NOT_CONTROLLER')) }
    assert(baseOffset === this.#log.endOffset, 'Two batches of metadata were made for one offset')
    return { committed: this.#append(values, bytes, place) }
  }

  #append(values: readonly Buffer[], bytes: Buffer, place: BatchPlace): Promise<number> {
    const { baseOffset, epoch, timestamp } = place
    const lastOffset = baseOffset + values.length - 1
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    this.#uncommitted.push({
      baseOffset,
      lastOffset,
      epoch,
      appendTimestamp: timestamp,
      sizeInBytes: bytes.length,
      values,
    })
    this.#waiters.push({ lastOffset, promise, resolve, reject })
    try {
      this.#log.append(bytes, epoch)
    } catch (error) {
      this.#fail(error)
    }
    return promise
  }

  /** Adds a listener and gives it the newest snapshot and all committed records; resolves when it has caught up. */
  async register(listener: RaftListener): Promise<void> {
    let next = 0
    const newest = this.#snapshots.at(-1)
    if (newest !== undefined) {
      listener.snapshot(this.#openSnapshot(newest))
      next = newest.endOffset
    }
    while (next < this.highWatermark) {
      for await (const batch of this.#log.batches(next, this.highWatermark)) {
        atOnce(stepsOf(listener.committed(batch)))
        next = batch.lastOffset + 1
      }
    }
    // No await since the last look at the high watermark: nothing was committed in between.
    this.#listeners.push(listener)
    atOnce(stepsOf(listener.settled?.()))
    listener.leaderChanged?.(this.leaderId, this.leaderEpoch)
  }

  /**
   * Writes a snapshot that stands for all records below `endOffset`, then lets go of old snapshots and of the log
   * below the oldest that is left. `endOffset` must be the end of a committed batch.
   */
  createSnapshot(...snapshot: Parameters<RaftNode['createSnapshotInSteps']>): void {
    atOnce(this.createSnapshotInSteps(...snapshot))
  }

  /** The same for very many values. No other may be written meanwhile. */
  *createSnapshotInSteps(
    endOffset: number,
    epoch: number,
    timestamp: number,
    values: Iterable<Buffer>,
  ): Steps<void> {
    const { world } = this.#options
    if (endOffset > this.highWatermark)
      throw new Error(
        `Cannot write a snapshot up to ${endOffset}: committed is ${this.highWatermark}`,
      )
    if (endOffset <= this.newestSnapshotOffset) return
    const id = { endOffset, epoch }
    const voters = this.#kraftVersion >= 1 ? this.#voters : undefined
    const sizeInBytes = yield* writeSnapshot(
      world.files,
      `${this.#folder}/${snapshotName(id)}`,
      values,
      {
        lastContainedLogTimestamp: timestamp,
        voters,
        epoch,
        timestamp: world.clock.now(),
      },
    )
    this.#snapshots.push({ ...id, sizeInBytes })
    this.#bytesSinceSnapshot = 0
    this.#clean()
  }

  /** Who takes part in the quorum and how far each is. */
  describeQuorum(): QuorumDescription {
    const now = this.#options.world.clock.now()
    const position = {
      logEndOffset: this.logEndOffset,
      lastFetchTimestamp: now,
      lastCaughtUpTimestamp: now,
    }
    return {
      leaderId: this.leaderId,
      leaderEpoch: this.leaderEpoch,
      highWatermark: this.highWatermark,
      voters: this.#voters.map(voter => ({ ...voter, ...position })),
      observers: [],
    }
  }

  /** Waits for what was appended, then gives up leadership and closes the log, if it was opened here. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await Promise.allSettled(this.#waiters.map(waiter => waiter.promise))
    await this.#telling
    this.#perform({ type: 'resign' })
    this.#log.observe(undefined)
    await this.#ownLog?.close()
  }

  /** Effects of one event end before the next event begins, also when performing them brings new events. */
  #perform(event: QuorumEvent): void {
    this.#events.push(event)
    if (this.#events.length > 1) return
    for (let next: QuorumEvent | undefined = event; next !== undefined; next = this.#events[0]) {
      for (const effect of this.#quorum.step(next)) this.#performEffect(effect)
      this.#events.shift()
    }
  }

  #performEffect(effect: QuorumEffect): void {
    const { world, logger } = this.#options
    switch (effect.type) {
      case 'persist': {
        const staticVoters =
          this.#kraftVersion >= 1 ? undefined : this.#voters.map(voter => voter.id)
        writeQuorumState(world.files, `${this.#folder}/quorum-state`, effect.state, staticVoters)
        return
      }
      case 'append-leader-change':
        this.#appendLeaderChange(effect.epoch, effect.grantingVoters)
        return
      case 'advance-high-watermark':
        this.#commit(effect.offset)
        return
      case 'leader-changed':
        logger.info('quorum leader changed', { leaderId: effect.leaderId, epoch: effect.epoch })
        for (const listener of this.#listeners)
          listener.leaderChanged?.(effect.leaderId, effect.epoch)
        return
    }
  }

  #appendLeaderChange(epoch: number, grantingVoters: readonly number[]): void {
    const baseOffset = this.#log.endOffset
    const timestamp = this.#options.world.clock.now()
    const bytes = leaderChangeBatch(
      { leaderId: this.nodeId, voters: this.#voters.map(voter => voter.id), grantingVoters },
      this.#votersOnlyInSnapshot ? this.#voters : undefined,
      { baseOffset, epoch, timestamp },
    )
    this.#log.append(bytes, epoch)
    const lastOffset = this.#log.endOffset - 1
    this.#uncommitted.push({
      baseOffset,
      lastOffset,
      epoch,
      appendTimestamp: timestamp,
      sizeInBytes: bytes.length,
      values: [],
    })
  }

  /** The log moved or failed. */
  #progressed(): void {
    if (this.#log.failure !== undefined) this.#fail(this.#log.failure)
    else this.#perform({ type: 'durable', offset: this.#log.durableOffset })
  }

  #commit(highWatermark: number): void {
    this.#log.advanceHighWatermark(highWatermark)
    const count = this.#uncommitted.findIndex(batch => batch.lastOffset >= highWatermark)
    const batches = this.#uncommitted.splice(0, count < 0 ? Infinity : count)
    // Who registers later reads them from the log.
    const listeners = [...this.#listeners]
    const tell = () =>
      atOnceOrInTurns(this.#tell(listeners, batches, highWatermark), this.#options.world)
    const rest = this.#telling === undefined ? tell() : this.#telling.then(tell)
    if (rest === undefined) return
    const telling = rest
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        if (this.#telling === telling) this.#telling = undefined
      })
    this.#telling = telling
  }

  /** Gives what was committed at one moment to the listeners, then answers who waits for it. */
  *#tell(
    listeners: readonly RaftListener[],
    batches: readonly CommittedBatch[],
    highWatermark: number,
  ): Steps<void> {
    for (const batch of batches) {
      this.#bytesSinceSnapshot += batch.sizeInBytes
      for (const listener of listeners) yield* stepsOf(listener.committed(batch))
    }
    for (const listener of listeners) yield* stepsOf(listener.settled?.())
    while (this.#waiters[0] !== undefined && this.#waiters[0].lastOffset < highWatermark) {
      const waiter = this.#waiters.shift() as Waiter
      waiter.resolve(waiter.lastOffset)
    }
  }

  #committedUpTo(begin: () => void): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    begin()
    const lastOffset = this.#log.endOffset - 1
    if (this.highWatermark > lastOffset) resolve(lastOffset)
    else this.#waiters.push({ lastOffset, promise, resolve, reject })
    return promise
  }

  #fail(reason: unknown): void {
    if (this.#hasFailed) return
    this.#hasFailed = true
    const cause = reason instanceof Error ? reason : new Error(String(reason))
    this.#perform({ type: 'resign' })
    this.#uncommitted = []
    const waiters = this.#waiters
    this.#waiters = []
    for (const waiter of waiters)
      waiter.reject(new KafkaError('NOT_CONTROLLER', cause.message, { cause }))
    this.#options.onFault(cause)
  }

  #openSnapshot(id: SnapshotId): RaftSnapshot {
    const { batches } = readSnapshot(
      this.#options.world.files,
      `${this.#folder}/${snapshotName(id)}`,
    )
    return {
      ...id,
      lastContainedLogTimestamp: batches[0]?.lastContainedLogTimestamp ?? -1,
      *values() {
        for (const batch of batches) yield* batch.values
      },
    }
  }

  /** Oldest snapshots go while log and snapshots are too big or the oldest is too old; the newest always stays. */
  #clean(): void {
    const { world, retention, logger } = this.#options
    while (this.#snapshots.length > 1) {
      const [oldest, next] = this.#snapshots as unknown as [SnapshotId, SnapshotId]
      const path = `${this.#folder}/${snapshotName(oldest)}`
      const bytes = this.#snapshots.reduce(
        (sum, snapshot) => sum + snapshot.sizeInBytes,
        this.#log.sizeInBytes,
      )
      const isTooBig = retention.maxBytes >= 0 && bytes > retention.maxBytes
      const isTooOld =
        retention.maxMs >= 0 && world.clock.now() - world.files.modifiedAt(path) > retention.maxMs
      if (!isTooBig && !isTooOld) return
      this.#log.deleteTo(next.endOffset)
      world.files.remove(path)
      this.#snapshots.shift()
      logger.info('metadata snapshot deleted', { ...oldest })
    }
  }
}

function* stepsOf(steps: Steps<void> | void): Steps<void> {
  if (steps !== undefined) yield* steps
}
