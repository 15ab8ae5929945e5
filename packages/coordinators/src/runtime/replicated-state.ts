/**
 * One shard: a state machine whose records live in one partition of an internal topic. An event is decided at once, on
 * state that holds everything decided before it; its records are appended, and its answers wait until they, and all that
 * was written before them, are committed. So nobody is told what may still be lost. A failed append throws the state away
 * and loads it again. Records of one turn of the event loop share a batch; those of one decision are never split.
 */
import type { Logger, Timer } from '@moldau/base'
import type { World } from '@moldau/io'
import { BatchBuilder, type Compression, type ErrorName, KafkaError } from '@moldau/protocol'
import type { StateMachine } from './core/state-machine.ts'
import { type Answer, type Reply, type ShardRecord, Turn } from './core/turn.ts'
import { replayInto } from './shard-loading.ts'
import type { ShardStorage } from './shard-storage.ts'
import { ShardTimers } from './shard-timers.ts'

/** Largest batch, as Kafka's default of `max.message.bytes`. */
export const BATCH_BYTES_MAX = 1_048_588
/** Requests that one shard keeps waiting, before it refuses more with COORDINATOR_NOT_AVAILABLE. */
const WAITING_MAX = 100_000
/** Bytes appended and not committed, before a shard refuses requests with COORDINATOR_NOT_AVAILABLE. */
const UNCOMMITTED_BYTES_MAX = 16 * 1024 * 1024
/** Pauses between attempts to load, from the first to the longest. */
const RELOAD_PAUSE_MS = 500
const RELOAD_PAUSE_MAX_MS = 30_000

/** @internal */
export interface ReplicatedStateOptions<Machine extends StateMachine> {
  readonly partition: number
  readonly world: World
  readonly logger: Logger
  readonly storage: ShardStorage
  readonly compression: Compression
  /** An answer that waits longer for its records becomes COORDINATOR_NOT_AVAILABLE. */
  readonly commitTimeoutMs: number
  /** An empty state machine. */
  create(): Machine
}

export class ReplicatedState<Machine extends StateMachine> {
  readonly #options: ReplicatedStateOptions<Machine>
  readonly #timers: ShardTimers
  #phase: 'loading' | 'active' | 'resigned' = 'loading'
  #machine: Machine
  /** Rises when state is thrown away: what was begun before does not count any more. */
  #life = 0
  /** The batch of this turn of the event loop. */
  #open: Append | undefined
  /** Batches on their way, in order. */
  readonly #appends: Append[] = []
  #uncommittedBytes = 0
  readonly #waiting = new Set<PendingReply<never>>()
  #reloadTimer: Timer | undefined
  /** Tells who waits for the load that it is over, one way or the other. */
  #loadOver: (() => void) | undefined

  constructor(options: ReplicatedStateOptions<Machine>) {
    this.#options = options
    this.#machine = options.create()
    const { clock, timers } = options.world
    this.#timers = new ShardTimers(clock, timers, event => {
      this.run((machine, turn) => machine.timerFired(event, turn))
    })
  }

  /** Requests that wait for an answer. */
  get waitingCount(): number {
    return this.#waiting.size
  }

  /** Replays the partition; tries again until it works. Resolves when requests are served, or after `resign`. */
  load(): Promise<void> {
    return new Promise(resolve => {
      this.#loadOver = resolve
      void this.#load(RELOAD_PAUSE_MS)
    })
  }

  /** Another broker leads now: everybody who waits is told so. Resolves when nothing is on its way to the log any more. */
  async resign(): Promise<void> {
    this.#phase = 'resigned'
    this.#reloadTimer?.cancel()
    this.#discard('NOT_COORDINATOR')
    this.#loadOver?.()
    await this.#settled()
  }

  /** Lets `decide` answer through the reply, now or in a later turn. @throws KafkaError the reason why not */
  request<Response>(
    decide: (machine: Machine, turn: Turn, reply: Reply<Response>) => void,
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      const refusal = this.#refusal()
      if (refusal !== undefined) {
        reject(new KafkaError(refusal))
        return
      }
      const reply = new PendingReply<Response>(this.#waiting, resolve, reject)
      this.#waiting.add(reply)
      const turn = this.#turn()
      try {
        decide(this.#machine, turn, reply)
      } catch (error) {
        // A decision that breaks off may have changed state halfway: what the log says is right.
        reply.reject(error instanceof Error ? error : new Error(String(error)))
        this.#startOver(error)
        return
      }
      this.#finish(turn)
    })
  }

  /** Lets `decide` act without anybody asking. Nothing happens while the shard is not active. */
  run(decide: (machine: Machine, turn: Turn) => void): void {
    if (this.#phase !== 'active') return
    const turn = this.#turn()
    try {
      decide(this.#machine, turn)
    } catch (error) {
      this.#startOver(error)
      return
    }
    this.#finish(turn)
  }

  #refusal(): ErrorName | undefined {
    if (this.#phase === 'resigned') return 'NOT_COORDINATOR'
    if (this.#phase === 'loading') return 'COORDINATOR_LOAD_IN_PROGRESS'
    const isFull =
      this.#waiting.size >= WAITING_MAX || this.#uncommittedBytes >= UNCOMMITTED_BYTES_MAX
    return isFull ? 'COORDINATOR_NOT_AVAILABLE' : undefined
  }

  #turn(): Turn {
    const { clock, random } = this.#options.world
    return new Turn(clock.now(), random)
  }

  #finish(turn: Turn): void {
    for (const change of turn.timers) this.#timers.apply(change)
    for (const { level, event, fields } of turn.notes) this.#options.logger[level](event, fields)
    if (turn.records.length > 0) this.#write(turn.records, turn.now)
    const last = this.#open ?? this.#appends.at(-1)
    for (const answer of turn.answers) {
      if (last === undefined) answer.release()
      else if (last.isLate) answer.fail('COORDINATOR_NOT_AVAILABLE')
      else last.answers.push(answer)
    }
  }

  #write(records: readonly ShardRecord[], timestamp: number): void {
    let bytes = 0
    for (const record of records) bytes += recordBytesMax(record)
    if (!this.#hasRoom(bytes)) this.#flush()
    for (const record of records) {
      if (!this.#hasRoom(recordBytesMax(record))) this.#flush()
      const append = this.#openBatch()
      append.builder.append({ timestamp, key: record.key, value: record.value })
      append.mustBeOnDisk ||= record.isRenewable !== true
    }
  }

  #hasRoom(bytes: number): boolean {
    return this.#open === undefined || this.#open.builder.sizeInBytes + bytes <= BATCH_BYTES_MAX
  }

  /** The batch of this turn of the event loop; at its end it goes to the log. */
  #openBatch(): Append {
    if (this.#open !== undefined) return this.#open
    this.#open = new Append(new BatchBuilder({ compression: this.#options.compression }))
    const life = this.#life
    this.#options.world.timers.soon(() => {
      if (life === this.#life) this.#flush()
    })
    return this.#open
  }

  #flush(): void {
    const append = this.#open
    if (append === undefined) return
    this.#open = undefined
    this.#appends.push(append)
    const { storage, partition, world, commitTimeoutMs } = this.#options
    const batch = append.builder.build()
    append.bytes = batch.length
    this.#uncommittedBytes += batch.length
    append.timer = world.timers.after(commitTimeoutMs, () => append.timeOut())
    const life = this.#life
    storage.append(partition, batch, append.mustBeOnDisk).then(
      () => {
        append.settle()
        if (life === this.#life) this.#release()
      },
      (error: unknown) => {
        append.settle()
        if (life === this.#life) this.#startOver(error)
      },
    )
  }

  /** Answers what rests on committed records only. */
  #release(): void {
    while (this.#appends[0]?.isSettled === true) {
      const append = this.#appends.shift()
      if (append === undefined) return
      this.#uncommittedBytes -= append.bytes
      for (const answer of append.answers) answer.release()
    }
  }

  #startOver(error: unknown): void {
    const { logger, partition } = this.#options
    if (this.#phase !== 'active') return
    logger.error('shard is loaded again', { partition, error: String(error) })
    this.#phase = 'loading'
    this.#discard(coordinatorError(error))
    void this.#load(RELOAD_PAUSE_MS)
  }

  #discard(error: ErrorName): void {
    this.#life++
    this.#timers.stopAll()
    this.#open = undefined
    for (const append of this.#appends) append.timer?.cancel()
    this.#machine = this.#options.create()
    for (const reply of this.#waiting) reply.fail(error)
  }

  async #settled(): Promise<void> {
    await Promise.all(this.#appends.map(append => append.settled))
  }

  async #load(pauseMs: number): Promise<void> {
    const { storage, partition, logger, world } = this.#options
    const isWanted = () => this.#phase === 'loading'
    // What is still on its way may reach the log yet: the load must come behind it.
    await this.#settled()
    this.#appends.length = 0
    this.#uncommittedBytes = 0
    const machine = this.#options.create()
    try {
      await replayInto(machine, storage.load(partition), isWanted)
    } catch (error) {
      if (!isWanted()) return
      logger.error('shard cannot be loaded', { partition, error: String(error) })
      this.#reloadTimer = world.timers.after(pauseMs, () => {
        void this.#load(Math.min(pauseMs * 2, RELOAD_PAUSE_MAX_MS))
      })
      return
    }
    if (!isWanted()) return
    this.#machine = machine
    this.#phase = 'active'
    this.run((loaded, turn) => loaded.loaded(turn))
    this.#loadOver?.()
  }
}

/** A batch that is filled, or on its way. */
class Append {
  readonly builder: BatchBuilder
  readonly answers: Answer[] = []
  readonly settled: Promise<void>
  mustBeOnDisk = false
  bytes = 0
  isSettled = false
  isLate = false
  timer: Timer | undefined
  #settle: () => void = () => {}

  constructor(builder: BatchBuilder) {
    this.builder = builder
    this.settled = new Promise(resolve => {
      this.#settle = resolve
    })
  }

  settle(): void {
    this.isSettled = true
    this.timer?.cancel()
    this.#settle()
  }

  /** Whoever waits has waited long enough. The records may be committed later. */
  timeOut(): void {
    this.isLate = true
    for (const answer of this.answers) answer.fail('COORDINATOR_NOT_AVAILABLE')
    this.answers.length = 0
  }
}

/** One request that waits. */
class PendingReply<Response> implements Reply<Response> {
  readonly #waiting: Set<PendingReply<never>>
  readonly #resolve: (response: Response) => void
  readonly reject: (error: Error) => void

  constructor(
    waiting: Set<PendingReply<never>>,
    resolve: (response: Response) => void,
    reject: (error: Error) => void,
  ) {
    this.#waiting = waiting
    this.#resolve = resolve
    this.reject = error => {
      this.#waiting.delete(this)
      reject(error)
    }
  }

  succeed(response: Response): void {
    this.#waiting.delete(this)
    this.#resolve(response)
  }

  fail(error: ErrorName): void {
    this.reject(new KafkaError(error))
  }
}

/** Room that a record may need in a batch, lengths and deltas included. */
function recordBytesMax({ key, value }: ShardRecord): number {
  return key.length + (value?.length ?? 0) + 40
}

/** What clients are told when records could not be written, as in Kafka. All else is COORDINATOR_NOT_AVAILABLE. */
const answersToFailures: Partial<Record<ErrorName, ErrorName>> = {
  NOT_LEADER_OR_FOLLOWER: 'NOT_COORDINATOR',
  KAFKA_STORAGE_ERROR: 'NOT_COORDINATOR',
  NOT_COORDINATOR: 'NOT_COORDINATOR',
  MESSAGE_TOO_LARGE: 'UNKNOWN_SERVER_ERROR',
  RECORD_LIST_TOO_LARGE: 'UNKNOWN_SERVER_ERROR',
}

function coordinatorError(error: unknown): ErrorName {
  const answer = error instanceof KafkaError ? answersToFailures[error.code] : undefined
  return answer ?? 'COORDINATOR_NOT_AVAILABLE'
}
