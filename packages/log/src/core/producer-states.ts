/**
 * What one partition knows of its idempotent and transactional producers: the last five batches of each (to answer a
 * repeated batch with its first offset), the last sequence (to refuse a gap), open transactions. Rules are those of
 * Kafka 4.3.1's ProducerStateManager and ProducerAppendInfo. Pure: rebuilt from the log and from snapshots.
 */
import type { ErrorName } from '@moldau/protocol'

/** Batches remembered per producer, as many as a client may have in flight. */
export const PRODUCER_BATCHES_MAX = 5

/** A batch that was appended. */
export interface ProducerBatch {
  readonly lastSequence: number
  readonly lastOffset: number
  /** Last offset minus first. */
  readonly offsetDelta: number
  readonly timestamp: number
}

/** One producer id. −1 stands for none, as in Kafka's snapshot. @public */
export interface ProducerState {
  readonly producerId: number
  producerEpoch: number
  /** Oldest first. */
  batches: ProducerBatch[]
  lastTimestamp: number
  coordinatorEpoch: number
  currentTransactionFirstOffset: number
}

/** What is asked about a batch: the fields of its header. */
export interface ProducerBatchHeader {
  readonly producerId: number
  readonly producerEpoch: number
  readonly firstSequence: number
  readonly lastSequence: number
  readonly firstOffset: number
  readonly lastOffset: number
  readonly timestamp: number
  readonly isTransactional: boolean
}

/** A transaction marker. */
export interface TransactionMarker {
  readonly producerId: number
  readonly producerEpoch: number
  readonly coordinatorEpoch: number
  readonly isAbort: boolean
  readonly offset: number
  readonly timestamp: number
}

/** A transaction that ended. */
export interface CompletedTransaction {
  readonly producerId: number
  readonly firstOffset: number
  /** Offset of the marker. */
  readonly lastOffset: number
  readonly isAborted: boolean
  /** First offset that was undecided once this one had ended, for the aborted-transaction index. */
  readonly lastStableOffset: number
}

/** Why a batch is refused. */
export interface ProducerProblem {
  readonly error: ErrorName
  readonly message: string
}

interface UnreplicatedTransaction {
  readonly firstOffset: number
  readonly lastOffset: number
}

/** The producers of one partition. @public */
export class ProducerStates {
  readonly #states = new Map<number, ProducerState>()
  /** First offsets of open transactions, by producer id. */
  readonly #ongoing = new Map<number, number>()
  /** Ended, but the marker is not below the high watermark yet: consumers must not pass them. */
  #unreplicated: UnreplicatedTransaction[] = []

  get size(): number {
    return this.#states.size
  }

  get(producerId: number): ProducerState | undefined {
    return this.#states.get(producerId)
  }

  values(): Iterable<ProducerState> {
    return this.#states.values()
  }

  /** The batch of the last five that has exactly these sequences, if the epoch is the current one. */
  findDuplicate(
    producerId: number,
    producerEpoch: number,
    firstSequence: number,
    lastSequence: number,
  ): ProducerBatch | undefined {
    const state = this.#states.get(producerId)
    if (state === undefined || state.producerEpoch !== producerEpoch) return undefined
    for (const batch of state.batches)
      if (batch.lastSequence === lastSequence && firstSequenceOf(batch) === firstSequence)
        return batch
    return undefined
  }

  /** Whether a batch may be appended; `checksSequence` is off for batches that brokers write themselves. */
  check(batch: ProducerBatchHeader, checksSequence: boolean): ProducerProblem | undefined {
    const state = this.#states.get(batch.producerId)
    if (state === undefined) return undefined
    if (batch.producerEpoch < state.producerEpoch) return olderEpoch(batch, state)
    if (checksSequence) {
      if (batch.producerEpoch !== state.producerEpoch) {
        if (batch.firstSequence !== 0 && state.producerEpoch !== -1)
          return {
            error: 'OUT_OF_ORDER_SEQUENCE_NUMBER',
            message: `Invalid sequence number for new epoch of producer ${batch.producerId} at offset ${batch.firstOffset}: ${batch.producerEpoch} (request epoch), ${batch.firstSequence} (sequence number), ${state.producerEpoch} (current producer epoch)`,
          }
      } else {
        const last = state.batches.at(-1)?.lastSequence ?? -1
        if (!isInSequence(last, batch.firstSequence))
          return {
            error: 'OUT_OF_ORDER_SEQUENCE_NUMBER',
            message: `Out of order sequence number for producer ${batch.producerId} at offset ${batch.firstOffset}: ${batch.firstSequence} (incoming sequence number), ${last} (current end sequence number)`,
          }
      }
    }
    if (state.currentTransactionFirstOffset >= 0 && !batch.isTransactional)
      return {
        error: 'INVALID_TXN_STATE',
        message: `Expected transactional write from producer ${batch.producerId} at offset ${batch.firstOffset}`,
      }
    return undefined
  }

  /** Whether a marker may be written. */
  checkMarker(marker: TransactionMarker): ProducerProblem | undefined {
    const state = this.#states.get(marker.producerId)
    if (state === undefined) return undefined
    if (marker.producerEpoch < state.producerEpoch)
      return olderEpoch({ ...marker, firstOffset: marker.offset }, state)
    if (marker.coordinatorEpoch < state.coordinatorEpoch)
      return {
        error: 'TRANSACTION_COORDINATOR_FENCED',
        message: `Invalid coordinator epoch for producer ${marker.producerId}: ${marker.coordinatorEpoch} is older than ${state.coordinatorEpoch}`,
      }
    return undefined
  }

  /** Takes over a batch that was appended. */
  appended(batch: ProducerBatchHeader): void {
    const state = this.#stateFor(batch.producerId, batch.producerEpoch)
    this.#enterEpoch(state, batch.producerEpoch)
    if (state.batches.length === PRODUCER_BATCHES_MAX) state.batches.shift()
    state.batches.push(remembered(batch))
    state.lastTimestamp = batch.timestamp
    if (batch.isTransactional && state.currentTransactionFirstOffset < 0) {
      state.currentTransactionFirstOffset = batch.firstOffset
      this.#ongoing.set(batch.producerId, batch.firstOffset)
    }
  }

  /** Takes over a marker that was appended. The transaction that it ended, if one was open. */
  markerAppended(marker: TransactionMarker): CompletedTransaction | undefined {
    const state = this.#stateFor(marker.producerId, marker.producerEpoch)
    const firstOffset = state.currentTransactionFirstOffset
    this.#enterEpoch(state, marker.producerEpoch)
    state.coordinatorEpoch = marker.coordinatorEpoch
    state.lastTimestamp = marker.timestamp
    state.currentTransactionFirstOffset = -1
    this.#ongoing.delete(marker.producerId)
    if (firstOffset < 0) return undefined
    const lastStableOffset = this.#smallest(this.#ongoing.values()) ?? marker.offset + 1
    this.#unreplicated.push({ firstOffset, lastOffset: marker.offset })
    return {
      producerId: marker.producerId,
      firstOffset,
      lastOffset: marker.offset,
      isAborted: marker.isAbort,
      lastStableOffset,
    }
  }

  /** Takes over a producer from a snapshot. */
  restore(state: ProducerState): void {
    this.#states.set(state.producerId, state)
    if (state.currentTransactionFirstOffset >= 0)
      this.#ongoing.set(state.producerId, state.currentTransactionFirstOffset)
  }

  /** Batches of one producer, oldest first, which end with the one that its snapshot knew. Others are ignored. */
  recall(batches: readonly ProducerBatchHeader[]): void {
    const newest = batches.at(-1)
    const state = newest && this.#states.get(newest.producerId)
    if (newest === undefined || state?.batches.at(-1)?.lastOffset !== newest.lastOffset) return
    state.batches = batches
      .filter(({ producerEpoch }) => producerEpoch === state.producerEpoch)
      .slice(-PRODUCER_BATCHES_MAX)
      .map(remembered)
  }

  /** First offset whose transaction is undecided, or decided by a marker that is not below the high watermark. */
  get firstUnstableOffset(): number | undefined {
    if (this.#ongoing.size === 0 && this.#unreplicated.length === 0) return undefined
    const ongoing = this.#smallest(this.#ongoing.values())
    let unreplicated: number | undefined
    for (const transaction of this.#unreplicated)
      if (unreplicated === undefined || transaction.firstOffset < unreplicated)
        unreplicated = transaction.firstOffset
    if (ongoing === undefined) return unreplicated
    return unreplicated === undefined ? ongoing : Math.min(ongoing, unreplicated)
  }

  highWatermarkMoved(highWatermark: number): void {
    if (this.#unreplicated.length === 0) return
    this.#unreplicated = this.#unreplicated.filter(
      transaction => transaction.lastOffset >= highWatermark,
    )
  }

  /** Forgets producers without an open transaction that have not written since `expirationMs` before `now`. */
  expire(now: number, expirationMs: number): number {
    let expired = 0
    for (const state of this.#states.values()) {
      if (state.currentTransactionFirstOffset >= 0) continue
      if (now - state.lastTimestamp < expirationMs) continue
      this.#states.delete(state.producerId)
      expired++
    }
    return expired
  }

  clear(): void {
    this.#states.clear()
    this.#ongoing.clear()
    this.#unreplicated = []
  }

  #stateFor(producerId: number, producerEpoch: number): ProducerState {
    let state = this.#states.get(producerId)
    if (state === undefined) {
      state = {
        producerId,
        producerEpoch,
        batches: [],
        lastTimestamp: -1,
        coordinatorEpoch: -1,
        currentTransactionFirstOffset: -1,
      }
      this.#states.set(producerId, state)
    }
    return state
  }

  #enterEpoch(state: ProducerState, producerEpoch: number): void {
    if (state.producerEpoch === producerEpoch) return
    state.producerEpoch = producerEpoch
    state.batches = []
  }

  #smallest(offsets: Iterable<number>): number | undefined {
    let smallest: number | undefined
    for (const offset of offsets) if (smallest === undefined || offset < smallest) smallest = offset
    return smallest
  }
}

function remembered(batch: ProducerBatchHeader): ProducerBatch {
  return {
    lastSequence: batch.lastSequence,
    lastOffset: batch.lastOffset,
    offsetDelta: batch.lastOffset - batch.firstOffset,
    timestamp: batch.timestamp,
  }
}

/** Sequences run from 0 to 2^31−1 and start again at 0. */
export function isInSequence(last: number, next: number): boolean {
  return next === last + 1 || (next === 0 && last === 2 ** 31 - 1)
}

function firstSequenceOf(batch: ProducerBatch): number {
  const first = batch.lastSequence - batch.offsetDelta
  return first < 0 ? first + 2 ** 31 : first
}

function olderEpoch(
  batch: { producerId: number; producerEpoch: number; firstOffset: number },
  state: ProducerState,
): ProducerProblem {
  return {
    error: 'INVALID_PRODUCER_EPOCH',
    message: `Epoch of producer ${batch.producerId} at offset ${batch.firstOffset} is ${batch.producerEpoch}, which is smaller than the last seen epoch ${state.producerEpoch}`,
  }
}
