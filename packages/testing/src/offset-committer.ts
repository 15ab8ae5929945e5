/**
 * Commits rising offsets for a group, one after the other. What was acknowledged must be there after any crash; what
 * was sent and not answered may be.
 */
import { Apis, ErrorCode, errorName } from '@moldau/protocol'
import type { Target } from './idempotent-producer.ts'
import { ConnectionClosedError, RawConnection } from './raw-connection.ts'

/** Errors of a coordinator that is not there yet. */
const startingUp: ReadonlySet<number> = new Set([
  ErrorCode.COORDINATOR_NOT_AVAILABLE,
  ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
  ErrorCode.NOT_COORDINATOR,
])
/** Pause before a coordinator is asked again, and how long it may take to be there. */
const RETRY_MS = 10
const START_DEADLINE_MS = 20_000

/** One group that commits by itself, without members. */
export class OffsetCommitter {
  readonly #groupId: string
  readonly #target: Target
  #acknowledged = -1
  #sent = -1
  #count = 0
  #isStopping = false
  #isFrozen = false
  #connection: RawConnection | undefined

  constructor(groupId: string, target: Target) {
    this.#groupId = groupId
    this.#target = target
  }

  /** Commits that were acknowledged. */
  get acknowledgedCount(): number {
    return this.#count
  }

  /** Commits until the connection ends or `stop`. @throws for an error as answer, or a commit that was lost */
  async run(port: number): Promise<void> {
    const connection = await RawConnection.open(port).catch(() => undefined)
    if (connection === undefined) return
    this.#connection = connection
    this.#isFrozen = false
    try {
      if (!(await this.#find(connection))) return
      await this.#check(connection)
      while (!this.#isStopping && !connection.isClosed)
        if (!(await this.#commit(connection))) return
    } finally {
      connection.destroy()
    }
  }

  /** Hears no answer from now on, until the next `run`. */
  freeze(): void {
    this.#isFrozen = true
  }

  /** Ends the connection, and with it `run`. */
  disconnect(): void {
    this.#connection?.destroy()
  }

  stop(): void {
    this.#isStopping = true
  }

  /** Asks for the coordinator, which makes the topic of offsets at first. False when the connection ended. */
  #find(connection: RawConnection): Promise<boolean> {
    return this.#untilThere(async () => {
      const answer = await ended(
        connection.request(Apis.FindCoordinator, 4, {
          keyType: 0,
          coordinatorKeys: [this.#groupId],
        }),
      )
      return answer?.coordinators[0]?.errorCode
    })
  }

  #commit(connection: RawConnection): Promise<boolean> {
    const { topic, partition } = this.#target
    const committedOffset = ++this.#sent
    return this.#untilThere(async () => {
      const answer = await ended(
        connection.request(Apis.OffsetCommit, 8, {
          groupId: this.#groupId,
          generationIdOrMemberEpoch: -1,
          memberId: '',
          topics: [
            {
              name: topic,
              partitions: [{ partitionIndex: partition, committedOffset, committedMetadata: '' }],
            },
          ],
        }),
      )
      const errorCode = answer?.topics[0]?.partitions[0]?.errorCode
      if (errorCode === ErrorCode.NONE && !this.#isFrozen) {
        this.#acknowledged = committedOffset
        this.#count++
      }
      return errorCode
    })
  }

  /** What is committed now is the last that was acknowledged, or one that was sent after it. */
  async #check(connection: RawConnection): Promise<void> {
    const { topic, partition } = this.#target
    let committed = -1
    const isThere = await this.#untilThere(async () => {
      const answer = await ended(
        connection.request(Apis.OffsetFetch, 7, {
          groupId: this.#groupId,
          topics: [{ name: topic, partitionIndexes: [partition] }],
        }),
      )
      const row = answer?.topics[0]?.partitions[0]
      committed = row?.committedOffset ?? -1
      return answer?.errorCode === ErrorCode.NONE ? row?.errorCode : answer?.errorCode
    })
    if (isThere && (committed < this.#acknowledged || committed > this.#sent))
      throw new Error(
        `Group ${this.#groupId}: offset ${committed} is committed, but ${this.#acknowledged} was acknowledged and ${this.#sent} sent last`,
      )
  }

  /** Repeats `ask` while the coordinator is not there. False when there was no answer. */
  async #untilThere(ask: () => Promise<number | undefined>): Promise<boolean> {
    const deadline = performance.now() + START_DEADLINE_MS
    for (;;) {
      const errorCode = await ask()
      if (errorCode === undefined) return false
      if (errorCode === ErrorCode.NONE) return true
      if (!startingUp.has(errorCode) || performance.now() > deadline)
        throw new Error(`Group ${this.#groupId}: ${errorName(errorCode)}`)
      await new Promise(resolve => setTimeout(resolve, RETRY_MS))
    }
  }
}

/** The answer; undefined when the connection ended. */
function ended<T>(answer: Promise<T>): Promise<T | undefined> {
  return answer.catch((error: unknown) => {
    if (error instanceof ConnectionClosedError) return undefined
    throw error
  })
}
