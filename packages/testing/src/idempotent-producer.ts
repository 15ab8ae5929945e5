/**
 * A producer whose producer id, sequences and retries are plain to see. It keeps several requests on the way over one
 * connection; when the connection ends, those without an answer are sent again, with the same sequences, over the next.
 */
import { Reader, type Random } from '@moldau/base'
import {
  Apis,
  BatchBuilder,
  type Compression,
  encodeRequest,
  ErrorCode,
  errorName,
  ResponseHeader,
  responseHeaderVersion,
} from '@moldau/protocol'
import type { History } from './history.ts'
import { ConnectionClosedError, RawConnection } from './raw-connection.ts'

/** Version 9 names topics, and is the first flexible one. */
const PRODUCE_VERSION = 9
/** Requests on the way at the same time: what Kafka's producers allow with idempotence. */
const IN_FLIGHT_MAX = 5
const RECORDS_MAX = 20
const PADDING_MAX_BYTES = 1500

/** A partition to write to. */
export interface Target {
  readonly topic: string
  readonly partition: number
}

/** One request on the way: a batch each for some partitions. */
interface Request {
  readonly bytes: Buffer
  readonly batches: readonly { readonly partition: string; readonly values: readonly string[] }[]
}

/** What a producer is given. */
export interface IdempotentProducerOptions {
  /** Begins the values, so that they are like no other producer's. */
  readonly name: string
  readonly targets: readonly Target[]
  readonly random: Random
  readonly compression: Compression
  readonly history: History
  /** Told at every request that was acknowledged. */
  readonly onAcknowledged?: () => void
  /** Off: no producer id, and what has no answer when the connection ends is never sent again. On by default. */
  readonly isIdempotent?: boolean
  /** -1 (all in sync, the default) or 1. */
  readonly acks?: -1 | 1
}

/** A producer with idempotence and acks=all, unless told otherwise. */
export class IdempotentProducer {
  readonly #options: IdempotentProducerOptions
  readonly #sequences = new Map<string, number>()
  #inFlight: Request[] = []
  #producerId = -1
  #producerEpoch = -1
  #written = 0
  #isStopping = false
  #isFrozen = false
  #connection: RawConnection | undefined

  constructor(options: IdempotentProducerOptions) {
    this.#options = options
  }

  /** Requests without an answer. */
  get inFlight(): number {
    return this.#inFlight.length
  }

  /** Writes until the connection ends, or, after `stop`, until all is acknowledged. @throws for an error as answer */
  async run(port: number): Promise<void> {
    const connection = await RawConnection.open(port).catch(() => undefined)
    if (connection === undefined) return
    const isIdempotent = this.#options.isIdempotent ?? true
    this.#connection = connection
    this.#isFrozen = false
    try {
      if (!isIdempotent) this.giveUp()
      else if (this.#producerId < 0 && !(await this.#identify(connection))) return
      for (const { bytes } of this.#inFlight) connection.send(bytes)
      for (;;) {
        while (!this.#isStopping && this.#inFlight.length < IN_FLIGHT_MAX)
          connection.send(this.#next())
        if (this.#inFlight.length === 0) return
        const frame = await connection.frame()
        if (frame === undefined || this.#isFrozen) return
        this.#answered(frame)
      }
    } finally {
      connection.destroy()
    }
  }

  /** Writes nothing new from now on. */
  stop(): void {
    this.#isStopping = true
  }

  /** Hears no answer from now on: what has none stays without one until the next `run`. */
  freeze(): void {
    this.#isFrozen = true
  }

  /** Ends the connection, and with it `run`. */
  disconnect(): void {
    this.#connection?.destroy()
  }

  /** Tells the history that what is without an answer may be there or not, for now. */
  declareInFlight(): void {
    for (const { batches } of this.#inFlight)
      for (const { partition, values } of batches) this.#options.history.unknown(partition, values)
  }

  /** Sends nothing of what is without an answer again: its outcome stays unknown. Goes on with a new producer id. */
  giveUp(): void {
    this.declareInFlight()
    this.#inFlight = []
    this.#producerId = -1
    this.#sequences.clear()
  }

  async #identify(connection: RawConnection): Promise<boolean> {
    const answer = await connection
      .request(Apis.InitProducerId, 4, { transactionalId: null, transactionTimeoutMs: 1000 })
      .catch((error: unknown) => {
        if (error instanceof ConnectionClosedError) return undefined
        throw error
      })
    if (answer === undefined) return false
    if (answer.errorCode !== ErrorCode.NONE)
      throw new Error(`${this.#options.name} got no producer id: ${errorName(answer.errorCode)}`)
    this.#producerId = answer.producerId
    this.#producerEpoch = answer.producerEpoch
    return true
  }

  /** The next request, with a batch for one partition or several. */
  #next(): Buffer {
    const { targets, random, name } = this.#options
    const first = random.below(targets.length)
    const count = 1 + random.below(3)
    const chosen = Array.from(
      { length: Math.min(count, targets.length) },
      (_, i) => targets[(first + i) % targets.length]!,
    )
    const batches = chosen.map(target => ({
      ...target,
      ...this.#batch(`${target.topic}-${target.partition}`),
    }))
    const bytes = encodeRequest(
      Apis.Produce,
      PRODUCE_VERSION,
      { correlationId: this.#written, clientId: name },
      {
        acks: this.#options.acks ?? -1,
        timeoutMs: 30_000,
        topicData: [...Map.groupBy(batches, ({ topic }) => topic)].map(([topic, ofTopic]) => ({
          name: topic,
          partitionData: ofTopic.map(({ partition, records }) => ({ index: partition, records })),
        })),
      },
    )
    this.#inFlight.push({
      bytes,
      batches: batches.map(({ topic, partition, values }) => ({
        partition: `${topic}-${partition}`,
        values,
      })),
    })
    return bytes
  }

  #batch(partition: string): { values: string[]; records: Buffer } {
    const { random, name, compression } = this.#options
    const baseSequence = this.#sequences.get(partition) ?? 0
    const builder = new BatchBuilder({
      compression,
      producerId: this.#producerId,
      producerEpoch: this.#producerEpoch,
      baseSequence,
    })
    const values = Array.from(
      { length: 1 + random.below(RECORDS_MAX) },
      () => `${name}.${this.#written++}`,
    )
    const padding = 'x'.repeat(random.below(PADDING_MAX_BYTES))
    for (const value of values)
      builder.append({
        timestamp: 1_700_000_000_000,
        key: Buffer.from(value),
        value: Buffer.from(padding),
      })
    this.#sequences.set(partition, baseSequence + values.length)
    return { values, records: builder.build() }
  }

  /** The oldest request has its answer. */
  #answered(frame: Buffer): void {
    const { history, name, onAcknowledged } = this.#options
    const reader = new Reader(frame)
    ResponseHeader.read(reader, responseHeaderVersion(Apis.Produce, PRODUCE_VERSION))
    const answer = Apis.Produce.response.read(reader, PRODUCE_VERSION)
    const request = this.#inFlight.shift()
    const rows = new Map(
      answer.responses.flatMap(topic =>
        topic.partitionResponses.map(row => [`${topic.name}-${row.index}`, row]),
      ),
    )
    let refusal: string | undefined
    for (const { partition, values } of request?.batches ?? []) {
      const row = rows.get(partition)
      if (row?.errorCode === ErrorCode.NONE) {
        history.acknowledged(partition, values, row.baseOffset)
        continue
      }
      // A refused write may be there all the same: its sync has failed, not it.
      history.unknown(partition, values)
      refusal ??= `${name} to ${partition}: ${row === undefined ? 'no answer' : `${errorName(row.errorCode)} ${row.errorMessage ?? ''}`}`
    }
    if (refusal !== undefined) throw new Error(refusal)
    onAcknowledged?.()
  }
}
