/**
 * One fetch, from its plan to its answer: reads what there is, waits at its partitions while that is too little, and
 * answers at the latest after maxWaitMs. Partitions are read in order; each gets what the ones before it left of
 * maxBytes, or of the memory of fetches where that is less, and whoever got records goes to the end of its session. The
 * first with records gives at least one batch.
 */
import type { Timer } from '@moldau/base'
import type { Exchange } from '../network/exchange.ts'
import type { Partition } from '../replication/partition.ts'
import type { ReadWaiter } from '../replication/waiting-requests.ts'
import type { BrokerServices } from '../services.ts'
import { NO_ROOM } from './fetch-budget.ts'
import type { FetchPlan } from './fetch-sessions.ts'
import { encodeFetch } from './fetch-response.ts'
import type { FetchTarget } from './fetch-session.ts'
import {
  failedFetch,
  readPartition,
  resolveTarget,
  type PartitionFetch,
  type ReadOptions,
} from './partition-fetch.ts'

const FIRST_VERSION_WITH_IDS = 13
/** More partitions than this are read in a turn of their own, and answered in another. */
export const MANY_PARTITIONS = 5000

/** The limits of a fetch. */
export interface FetchLimits extends ReadOptions {
  readonly maxWaitMs: number
  readonly minBytes: number
  readonly maxBytes: number
}

/** Where to read: a partition, or why not. */
type Source = {
  readonly target: FetchTarget
  readonly partition: Partition | ReturnType<typeof resolveTarget>
}

export class PendingFetch implements ReadWaiter {
  readonly #exchange: Exchange
  readonly #broker: BrokerServices
  readonly #plan: FetchPlan
  readonly #limits: FetchLimits
  readonly #sources: Source[]
  #isDone = false
  /** Whether it waits for memory, too. */
  #waitsForRoom = false
  #timer: Timer | undefined

  constructor(exchange: Exchange, broker: BrokerServices, plan: FetchPlan, limits: FetchLimits) {
    this.#exchange = exchange
    this.#broker = broker
    this.#plan = plan
    this.#limits = limits
    const usesIds = exchange.apiVersion >= FIRST_VERSION_WITH_IDS
    const sources = plan.targets.map(target => ({
      target,
      partition: resolveTarget(target, usesIds, broker.replicas),
    }))
    // Kafka tells what is not there after what is.
    this.#sources = [...sources.filter(isThere), ...sources.filter(source => !isThere(source))]
  }

  get isDone(): boolean {
    return this.#isDone
  }

  /** Answers now or waits. */
  start(): void {
    this.#attempt(this.#limits.maxWaitMs <= 0 || this.#sources.length === 0)
    if (this.#isDone) return
    this.#exchange.abandoned = () => this.#done()
    for (const { partition } of this.#sources)
      if (typeof partition !== 'string') partition.readers.add(this)
    this.#timer = this.#broker.world.timers.after(this.#limits.maxWaitMs, () => {
      if (!this.#isDone) this.#attempt(true)
    })
  }

  awaken(): void {
    if (this.#exchange.connection.isClosed) this.#done()
    else this.#attempt(false)
  }

  #attempt(mustAnswer: boolean): void {
    const fetches: (PartitionFetch | Promise<PartitionFetch>)[] = []
    let bytes = 0
    let readingBytes = 0
    let mustWait = false
    let hasNews = false
    const room = this.#broker.fetchBudget.roomFor(this.#exchange.connection)
    const hasRoom = room !== NO_ROOM
    const bytesMax = hasRoom ? Math.min(this.#limits.maxBytes, room) : 0
    for (const { target, partition } of this.#sources) {
      if (typeof partition === 'string') {
        fetches.push(failedFetch(target, undefined, partition))
        hasNews = true
        continue
      }
      const left = bytes === 0 ? bytesMax : Math.max(0, bytesMax - bytes)
      const maxBytes = Math.min(target.maxBytes, left)
      const fetch = readPartition(target, partition, this.#limits, {
        maxBytes,
        minOneBatch: bytes === 0 && hasRoom,
      })
      fetches.push(fetch)
      if (fetch instanceof Promise) {
        // How much it brings is not known yet; there is enough on disk that nobody needs to wait for more.
        bytes += maxBytes
        readingBytes += Math.min(maxBytes, partition.log.sizeInBytes)
        mustWait = true
      } else {
        bytes += fetch.records?.sizeInBytes ?? 0
        hasNews ||= fetch.hasError || fetch.hasDivergingEpoch
      }
    }
    if (mustWait) {
      this.#done()
      const { fetchBudget } = this.#broker
      fetchBudget.take(readingBytes)
      Promise.all(fetches.map(one => Promise.resolve(one))).then(
        all => {
          fetchBudget.giveBack(readingBytes)
          this.#answerInTurn(all)
        },
        (error: unknown) => {
          fetchBudget.giveBack(readingBytes)
          this.#exchange.fail(`a fetch failed: ${String(error)}`)
        },
      )
      return
    }
    // Without a Promise among them, all are fetches.
    const all = fetches as PartitionFetch[]
    const { minBytes } = this.#limits
    // Where there is no room for so much, anything is enough.
    const isEnough = hasRoom && bytes >= (bytesMax < minBytes ? 1 : minBytes)
    if (mustAnswer || hasNews || isEnough) {
      this.#done()
      this.#answerInTurn(all)
      return
    }
    releaseAll(all)
    if (!hasRoom) this.#waitForRoom()
  }

  #waitForRoom(): void {
    this.#waitsForRoom = true
    this.#broker.fetchBudget.wait(this)
  }

  #done(): void {
    this.#isDone = true
    this.#timer?.cancel()
    if (this.#waitsForRoom) this.#broker.fetchBudget.leave(this)
  }

  #answerInTurn(fetches: readonly PartitionFetch[]): void {
    if (fetches.length <= MANY_PARTITIONS) this.#answer(fetches)
    else this.#broker.world.timers.later(() => this.#answer(fetches))
  }

  #answer(fetches: readonly PartitionFetch[]): void {
    const { session, isIncremental } = this.#plan
    const told: PartitionFetch[] = []
    for (const fetch of fetches) {
      const isNews = session === undefined || session.mustTell(fetch.target, fetch)
      if (isNews || !isIncremental) told.push(fetch)
      else fetch.records?.release()
    }
    let bytes = 0
    for (const { records } of told) bytes += records?.sizeInBytes ?? 0
    const parts = encodeFetch(this.#exchange, this.#broker, {
      error: 'NONE',
      sessionId: session?.id ?? 0,
      fetches: told,
    })
    const { metrics, fetchBudget } = this.#broker
    metrics.fetched(bytes)
    fetchBudget.take(bytes)
    this.#exchange.reply(
      parts,
      bytes === 0
        ? undefined
        : () => {
            fetchBudget.giveBack(bytes)
            releaseAll(told)
          },
    )
  }
}

function isThere({ partition }: Source): boolean {
  return typeof partition !== 'string' || partition === 'INCONSISTENT_TOPIC_ID'
}

function releaseAll(fetches: readonly PartitionFetch[]): void {
  for (const { records } of fetches) records?.release()
}
