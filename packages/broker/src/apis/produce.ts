/**
 * Produce (key 0), versions 3 to 13: appends one batch per partition. Walks over the request without making objects:
 * records go to the log as a view of the request, the response is written on the way and waits, encoded, for
 * the write (acks=1) or the high watermark (acks=all). A walk that takes long, or comes to a batch whose check does,
 * rests, on a copy of the request, while others have their turn.
 *
 * v5: log start offset in the response. v7: zstd. v8: record errors and messages (KIP-467). v9: flexible. v10: who
 * leads instead (KIP-951). v12: transactions without AddPartitionsToTxn (KIP-890). v13: topic ids (KIP-516).
 * Versions 0 to 2 are told by ApiVersions but not served, as in Kafka 4.3.1: librdkafka before 2.11.1 does not
 * compress when they are missing there.
 */
import { Reader, uuidFromBytes, ZERO_UUID } from '@moldau/base'
import { TURN_MS } from '@moldau/io'
import { Apis, batch, ErrorCode, type ErrorName } from '@moldau/protocol'
import type { AppendProblem, AppendResult } from '@moldau/log'
import type { Exchange } from '../network/exchange.ts'
import { ReplyBuilder } from '../network/reply-builder.ts'
import type { Partition } from '../replication/partition.ts'
import { PendingProduce } from '../replication/pending-produce.ts'
import type { HostedTopic } from '../replication/replica-manager.ts'
import type { BrokerServices } from '../services.ts'
import { isInternalTopic } from '../topic-view.ts'
import { LeaderHints } from './leader-hints.ts'
import { producedBatch } from './produced-batch.ts'
import { serveDirectly } from './serve.ts'

/** Failures with which Kafka tells the log start offset: the partition was there, its batch was refused. */
const tellsLogStart: ReadonlySet<ErrorName> = new Set<ErrorName>([
  'INVALID_PRODUCER_EPOCH',
  'INVALID_RECORD',
  'INVALID_TIMESTAMP',
  'NOT_ENOUGH_REPLICAS',
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'UNKNOWN_SERVER_ERROR',
])

/** The time of a request is for replicas to follow; that the own disk takes part of it is no reason to fail. */
const LOCAL_TIMEOUT_MIN_MS = 1000

const ACKS_ALL = -1
const ACKS_NONE = 0

export const produce = serveDirectly(Apis.Produce, [3, 13], (exchange, request, broker) => {
  new ProduceWalk(exchange, request, broker).run()
})

// Scratch, empty between requests: appending never comes back into a produce. A walk that rests takes it along.
let scratch = new ReplyBuilder()

/** One walk over one request. */
class ProduceWalk {
  readonly #exchange: Exchange
  #request: Reader
  readonly #broker: BrokerServices
  readonly #version: number
  readonly #isFlexible: boolean
  #acks = ACKS_ALL
  #timeoutMs = 0
  #hasTransactionalId = false
  #failures = 0
  #pending: PendingProduce | undefined
  readonly #hints = new LeaderHints()
  readonly #reply = scratch
  #topicsLeft = 0
  #topicCount = 0
  #topicCountAt = 0
  #topicsLeftOut = 0
  #partitionsLeft = 0
  #topic: HostedTopic | undefined
  #topicName = ''
  #topicId = ZERO_UUID
  #turnEndsAt = 0
  /** The batch that keeps the walk from going on. */
  #heavy: { index: number; partition: Partition; records: Buffer } | undefined
  #isResting = false
  /** Bytes of the request that are kept for the time after a rest. */
  #keptBytes = 0

  constructor(exchange: Exchange, request: Reader, broker: BrokerServices) {
    this.#exchange = exchange
    this.#request = request
    this.#broker = broker
    this.#version = exchange.apiVersion
    this.#isFlexible = exchange.apiVersion >= 9
  }

  run(): void {
    const request = this.#request
    const reply = this.#reply
    this.#hasTransactionalId = this.#skipString()
    this.#acks = request.int16()
    this.#timeoutMs = request.int32()
    reply.begin(this.#exchange.correlationId, this.#isFlexible)
    this.#topicsLeft = this.#count()
    this.#topicCount = this.#topicsLeft
    this.#topicCountAt = reply.position
    reply.count(this.#topicsLeft)
    if (this.#topicsLeft > 1) this.#beginTurn()
    this.#walk()
  }

  /** Goes on until the end or a rest. */
  #walk(): void {
    while (this.#partitionsLeft > 0 || this.#topicsLeft > 0) {
      if (this.#partitionsLeft > 0) this.#partition()
      else this.#beginTopic()
      if (this.#heavy !== undefined) {
        this.#rest()
        void this.#appendHeavy(this.#heavy)
        return
      }
      const hasMore = this.#partitionsLeft > 0 || this.#topicsLeft > 0
      if (
        hasMore &&
        this.#turnEndsAt > 0 &&
        this.#broker.world.clock.monotonic() > this.#turnEndsAt
      ) {
        this.#rest()
        this.#broker.world.timers.later(() => this.#goOn())
        return
      }
    }
    this.#skipTags()
    if (this.#topicsLeftOut > 0)
      this.#reply.lowerCount(this.#topicCountAt, this.#topicCount, this.#topicsLeftOut)
    this.#reply.int32(0) // throttleTimeMs
    if (this.#version >= 10) this.#hints.writeEndpoints(this.#reply, this.#broker, this.#exchange)
    else this.#reply.endTags()
    this.#end()
    if (this.#isResting) this.#endRest()
  }

  #beginTurn(): void {
    this.#turnEndsAt = this.#broker.world.clock.monotonic() + TURN_MS
  }

  /** Leaves the event loop to others: the request is copied, and no other of this connection is handled meanwhile. */
  #rest(): void {
    if (this.#isResting) return
    this.#isResting = true
    const { buffer, offset, end } = this.#request
    this.#request = new Reader(this.#keep(buffer.subarray(offset, end)))
    scratch = new ReplyBuilder()
    this.#exchange.connection.hold()
  }

  /** A copy that counts as a request that is being received. */
  #keep(bytes: Buffer): Buffer {
    this.#keptBytes += bytes.length
    this.#exchange.connection.owner.buffers.keep(bytes.length)
    return Buffer.from(bytes)
  }

  #endRest(): void {
    const { connection } = this.#exchange
    connection.owner.buffers.unreserve(this.#keptBytes)
    connection.release()
  }

  #goOn(): void {
    if (this.#exchange.connection.isClosed) {
      this.#endRest()
      return
    }
    this.#beginTurn()
    try {
      this.#walk()
    } catch (error) {
      this.#failInRest(`a produce cannot be read: ${String(error)}`)
    }
  }

  #failInRest(reason: string): void {
    this.#exchange.fail(reason)
    this.#endRest()
  }

  async #appendHeavy({
    index,
    partition,
    records,
  }: {
    index: number
    partition: Partition
    records: Buffer
  }): Promise<void> {
    this.#heavy = undefined
    try {
      const prepared = await partition.log.prepareHeavy(records)
      if (this.#exchange.connection.isClosed) {
        this.#endRest()
        return
      }
      const result = Buffer.isBuffer(prepared)
        ? partition.append(prepared, 'client', this.#acks === ACKS_ALL, true)
        : prepared
      this.#result(index, partition, result)
      this.#endPartition()
    } catch (error) {
      this.#failInRest(`a produce failed: ${String(error)}`)
      return
    }
    this.#goOn()
  }

  #end(): void {
    if (this.#acks === ACKS_NONE) {
      // The client expects no response: only a closed connection tells it to look at the metadata again.
      if (this.#failures > 0) this.#exchange.fail('a produce with acks=0 failed')
      else this.#exchange.replyNothing()
      return
    }
    const parts = this.#reply.finish()
    const pending = this.#pending
    if (pending === undefined) {
      this.#exchange.reply(parts)
      return
    }
    pending.encoded(parts[0] as Buffer)
    if (!pending.isDone) this.#broker.replicas.deadlines.add(pending)
  }

  #beginTopic(): void {
    const request = this.#request
    const reply = this.#reply
    this.#topicsLeft--
    if (this.#version >= 13) {
      this.#topicId = uuidFromBytes(request.buffer, request.offset)
      request.skip(16)
      this.#topic = this.#broker.replicas.topicById(this.#topicId)
      this.#topicName = this.#topic?.name ?? ''
    } else {
      this.#topicName = this.#string()
      this.#topic = this.#broker.replicas.topic(this.#topicName)
    }
    this.#partitionsLeft = this.#count()
    if (this.#partitionsLeft <= 0) {
      // As by Kafka, a topic to which nothing is written is not named in the answer.
      this.#skipTags()
      this.#topicsLeftOut++
      return
    }
    if (this.#version >= 13) reply.uuid(this.#topicId)
    else reply.string(this.#topicName)
    reply.count(this.#partitionsLeft)
    if (this.#partitionsLeft > 1 && this.#turnEndsAt === 0) this.#beginTurn()
  }

  #endTopic(): void {
    this.#skipTags()
    this.#reply.endTags()
  }

  #endPartition(): void {
    if (--this.#partitionsLeft === 0) this.#endTopic()
  }

  #partition(): void {
    const request = this.#request
    const index = request.int32()
    const recordBytes = this.#count()
    const start = request.offset
    if (recordBytes > 0) request.skip(recordBytes)
    this.#skipTags()
    let partition = this.#topic?.partitions[index]
    let result: AppendResult
    if (partition === undefined) {
      const { replicas } = this.#broker
      const name = this.#topicName
      const error =
        name === '' && this.#version >= 13
          ? replicas.problemOfId(this.#topicId, index)
          : replicas.problemOf(name, index)
      result = { error, message: '' }
    } else {
      const records = request.buffer.subarray(start, start + Math.max(0, recordBytes))
      const found = producedBatch(records, this.#version)
      if (typeof found === 'number') {
        result = this.#append(partition, records.subarray(0, found))
        if (result.error !== undefined && result.isHeavy === true) {
          this.#heavy = { index, partition, records: this.#keep(records.subarray(0, found)) }
          return
        }
      } else {
        // Not the partition's doing: nothing is told of it.
        result = found
        partition = undefined
      }
    }
    this.#result(index, partition, result)
    this.#endPartition()
  }

  #append(partition: Partition, records: Buffer): AppendResult {
    if (this.#acks < ACKS_ALL || this.#acks > 1)
      return { error: 'INVALID_REQUIRED_ACKS', message: '' }
    if (isInternalTopic(partition.topic)) {
      return {
        error: 'INVALID_TOPIC_EXCEPTION',
        message: `Cannot append to internal topic ${partition.topic}`,
      }
    }
    if (batch.isTransactional(records, 0)) {
      // Without a transactional id nobody may write it.
      return this.#hasTransactionalId
        ? { error: 'INVALID_TXN_STATE', message: 'Transactions are not served yet' }
        : { error: 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED', message: '' }
    }
    this.#broker.metrics.produced(records.length)
    return partition.append(records, 'client', this.#acks === ACKS_ALL)
  }

  #result(index: number, partition: Partition | undefined, result: AppendResult): void {
    const version = this.#version
    const reply = this.#reply
    reply.int32(index)
    const errorPosition = reply.position
    if (result.error !== undefined) {
      this.#failures++
      this.#failure(result, index, partition)
      return
    }
    reply.int16(ErrorCode.NONE)
    reply.int64(result.baseOffset)
    reply.int64(result.logAppendTime)
    if (version >= 5) reply.int64(result.logStartOffset)
    if (version >= 8) {
      reply.count(0)
      reply.nullableString(null)
    }
    reply.endTags()
    if (partition === undefined || this.#acks === ACKS_NONE) return
    const end = result.lastOffset + 1
    const { log } = partition
    const isThere = this.#acks === ACKS_ALL ? log.highWatermark >= end : log.writtenOffset >= end
    if (isThere) return
    const queue = this.#acks === ACKS_ALL ? partition.committed : partition.written
    const now = this.#broker.world.clock.monotonic()
    this.#pending ??= new PendingProduce(
      this.#exchange,
      now + Math.max(LOCAL_TIMEOUT_MIN_MS, this.#timeoutMs),
    )
    queue.add(end, this.#pending, this.#pending.add(errorPosition))
  }

  #failure(
    { error, message, recordErrors }: AppendProblem,
    index: number,
    partition: Partition | undefined,
  ): void {
    const version = this.#version
    const reply = this.#reply
    reply.int16(ErrorCode[error])
    reply.int64(-1)
    reply.int64(-1)
    if (version >= 5) {
      const isTold = partition !== undefined && tellsLogStart.has(error)
      reply.int64(isTold ? partition.log.logStartOffset : -1)
    }
    if (version >= 8) {
      reply.count(recordErrors?.length ?? 0)
      for (const recordError of recordErrors ?? []) {
        reply.int32(recordError.batchIndex)
        reply.nullableString(recordError.message)
        reply.endTags()
      }
      reply.nullableString(message === '' ? null : message)
    }
    if (version >= 10 && error === 'NOT_LEADER_OR_FOLLOWER' && partition !== undefined) {
      this.#hints.writeLeader(reply, 0, partition.leaderId, partition.leaderEpoch)
    } else reply.endTags()
  }

  #count(): number {
    return this.#isFlexible ? this.#request.unsignedVarint() - 1 : this.#request.int32()
  }

  #string(): string {
    const request = this.#request
    return request.string(this.#isFlexible ? request.unsignedVarint() - 1 : request.int16())
  }

  /** Skips a nullable string; whether there was one. */
  #skipString(): boolean {
    const request = this.#request
    const byteCount = this.#isFlexible ? request.unsignedVarint() - 1 : request.int16()
    if (byteCount > 0) request.skip(byteCount)
    return byteCount >= 0
  }

  #skipTags(): void {
    if (!this.#isFlexible) return
    const request = this.#request
    for (let count = request.unsignedVarint(); count > 0; count--) {
      request.unsignedVarint()
      request.skip(request.unsignedVarint())
    }
  }
}
