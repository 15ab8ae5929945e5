/**
 * One connection: frames in, replies out in the order of the requests. Requests are handled as they arrive, several at
 * once, for so long at a time; no more are handled while too many are in progress or the client does not take its
 * replies. All replies of one read callback leave in one write.
 */
import type { Logger } from '@moldau/base'
import { TURN_MS, type Stream, type StreamHandler } from '@moldau/io'
import { Apis } from '@moldau/protocol'
import type { ClientConnection } from '../services.ts'
import { Exchange } from './exchange.ts'
import { FrameReader, type FrameSink } from './frame-reader.ts'
import type { RequestBuffers } from './request-buffers.ts'

/** Requests of one connection that are handled at the same time; reading pauses at this number. */
const REQUESTS_IN_PROGRESS_MAX = 64
/** Reading pauses while more reply bytes than this wait for the client. */
const UNSENT_PAUSE_BYTES = 1024 * 1024
/** The same while all connections together hold more than their budget. */
const UNSENT_PAUSE_BYTES_WHEN_SHORT = 64 * 1024
/** A connection with more reply bytes than this waiting is closed. */
const UNSENT_MAX_BYTES = 256 * 1024 * 1024
/** API key, version, correlation id: no request is shorter. */
const SMALLEST_FRAME_BYTES = 8
/**
 * Largest first request of a connection, Produce excepted: some clients begin with it. What is no Kafka client is found
 * out before it makes the broker set memory aside; the API and version of every frame are looked at first in any case.
 */
const FIRST_REQUEST_MAX_BYTES = 64 * 1024
/** Time for a frame to become whole, plus a second for each of the next. */
const FRAME_DEADLINE_MS = 30_000
const SLOWEST_BYTES_PER_SECOND = 64 * 1024

/** What a connection needs of the listener. */
export interface ConnectionOwner {
  readonly listenerName: string
  readonly logger: Logger
  readonly buffers: RequestBuffers
  readonly requests: RequestHandler
  /** socket.request.max.bytes */
  readonly requestMaxBytes: number
  monotonic(): number
  /** Runs at the end of this turn of the event loop. */
  soon(task: () => void): void
  /** Runs in the next turn of the event loop. */
  later(task: () => void): void
  counted: { bytesIn: number; bytesOut: number; bytesUnsent: number }
  /** Reply bytes that may wait for the clients of all connections before reading pauses early. */
  readonly unsentBudgetBytes: number
  ended(connection: Connection): void
}

/** Handles the requests: the pipeline. */
export interface RequestHandler {
  /** Whether this broker answers the API in this version at all. */
  admits(apiKey: number, apiVersion: number): boolean
  /** Handles one request, `buffer` from `start` to `end`, valid during the call only. Never throws. */
  handle(connection: Connection, buffer: Buffer, start: number, end: number): void
}

export class Connection implements StreamHandler, FrameSink, ClientConnection {
  readonly id: string
  readonly remoteAddress: string
  readonly owner: ConnectionOwner
  clientSoftwareName = 'unknown'
  clientSoftwareVersion = 'unknown'
  /** Whether an answer of this connection had very many elements. */
  takesLargeAnswers = false
  readonly #stream: Stream
  readonly #frames: FrameReader
  /** In the order of their requests; those before `#firstOpen` are sent. */
  #exchanges: Exchange[] = []
  #firstOpen = 0
  #outgoing: Buffer[] = []
  #outgoingBytes = 0
  #whenSent: (() => void)[] = []
  #hasRequested = false
  #isReading = false
  #flushIsDue = false
  #isClosed = false
  #isPaused = false
  #isOutOfBudget = false
  /** Requests that must be over before the next one is handled. */
  #holds = 0
  /** Of the replies that were given and not written yet. */
  #repliedBytes = 0
  /** What this connection has in `bytesUnsent`. */
  #countedUnsent = 0
  #turnEndsAt = 0
  #goesOnLater = false
  #lastActiveAt: number
  #frameBegunAt: number | undefined

  constructor(stream: Stream, owner: ConnectionOwner, count: number) {
    this.#stream = stream
    this.owner = owner
    this.remoteAddress = stream.remoteAddress
    this.id = `${stream.localPort}-${stream.remoteAddress}:${stream.remotePort}-${count}`
    this.#lastActiveAt = owner.monotonic()
    this.#frames = new FrameReader(owner.buffers, this)
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Reply bytes that were given and not taken by the kernel yet. */
  get unsentBytes(): number {
    return this.#repliedBytes + this.#stream.bufferedBytes
  }

  /** Whether older requests than the newest one have no answer yet. */
  get hasOlderRequests(): boolean {
    return this.#inProgress > 1
  }

  /** Begins to read. */
  start(): void {
    this.#stream.start(this)
  }

  /** Adds a request to the order of replies. */
  open(apiKey: number, apiVersion: number, correlationId: number, clientId: string): Exchange {
    const exchange = new Exchange(this, apiKey, apiVersion, correlationId, clientId)
    this.#exchanges.push(exchange)
    return exchange
  }

  /** Handles no other request of this connection until `release`. */
  hold(): void {
    this.#holds++
  }

  release(): void {
    this.#holds--
    this.#pauseOrResume()
  }

  /** Some exchange has its reply. */
  replied(byteCount: number): void {
    this.#repliedBytes += byteCount
    if (this.#isReading || this.#flushIsDue || this.#isClosed) return
    this.#flushIsDue = true
    this.owner.soon(() => {
      this.#flushIsDue = false
      this.#flush()
    })
  }

  /** Closes at once. Replies that are not sent are dropped. */
  close(reason: string): void {
    if (this.#isClosed) return
    this.owner.logger.debug('connection closed by the broker', { connection: this.id, reason })
    this.#stream.destroy()
    this.#ended()
  }

  /** Sends what is ready, then closes. */
  end(): void {
    if (this.#isClosed) return
    this.#flush()
    this.#stream.end()
  }

  /** Closes the connection when it is idle, or its frame or its client too slow. Called once in a while. */
  sweep(now: number, idleMs: number): void {
    const hasBegun = this.#frames.isMidFrame && !this.#isPaused
    if (!hasBegun) this.#frameBegunAt = undefined
    else this.#frameBegunAt ??= now
    const deadlineMs =
      FRAME_DEADLINE_MS + (this.#frames.frameBytes / SLOWEST_BYTES_PER_SECOND) * 1000
    if (this.#frameBegunAt !== undefined && now - this.#frameBegunAt > deadlineMs)
      this.close('a request took too long to arrive')
    else if (idleMs >= 0 && now - this.#lastActiveAt > idleMs && this.#inProgress === 0)
      this.close('idle')
  }

  landing(): Buffer {
    return this.#frames.landing()
  }

  received(byteCount: number): void {
    if (this.#isClosed) return
    this.#lastActiveAt = this.owner.monotonic()
    this.#turnEndsAt = this.#lastActiveAt + TURN_MS
    this.owner.counted.bytesIn += byteCount
    this.#isReading = true
    this.#frames.received(byteCount)
    this.#isReading = false
    this.#flush()
  }

  drained(): void {
    this.#lastActiveAt = this.owner.monotonic()
    this.#countUnsent()
    this.#pauseOrResume()
  }

  closed(error?: Error): void {
    if (!this.#isClosed) {
      this.owner.logger.debug('connection closed by the client', {
        connection: this.id,
        error: error?.message,
      })
      this.#ended()
    }
    this.#frames.readingEnded()
  }

  admitsSize(frameBytes: number): boolean {
    if (frameBytes >= SMALLEST_FRAME_BYTES && frameBytes <= this.owner.requestMaxBytes) return true
    this.#refuse(frameBytes)
    return false
  }

  admits(frameBytes: number, apiKey: number, apiVersion: number): boolean {
    if (!this.admitsSize(frameBytes)) return false
    const mayBeLarge = this.#hasRequested || apiKey === Apis.Produce.key
    if (frameBytes > FIRST_REQUEST_MAX_BYTES && !mayBeLarge) {
      this.#refuse(frameBytes)
      return false
    }
    if (!this.owner.requests.admits(apiKey, apiVersion)) {
      const event = 'request refused: the broker does not serve this API in this version'
      this.owner.logger.info(event, { connection: this.id, apiKey, apiVersion })
      this.close('unknown API or version')
      return false
    }
    this.#frameBegunAt = undefined
    return true
  }

  frame(buffer: Buffer, start: number, end: number): boolean {
    this.#hasRequested = true
    this.owner.requests.handle(this, buffer, start, end)
    return !this.#isClosed
  }

  mayGoOn(): boolean {
    if (this.#inProgress >= REQUESTS_IN_PROGRESS_MAX || this.#repliedBytes > UNSENT_PAUSE_BYTES)
      this.#writeReplies()
    return !this.#isClosed && !this.#mustWait && this.owner.monotonic() < this.#turnEndsAt
  }

  budgetExhausted(): void {
    this.#isOutOfBudget = true
    this.#pauseOrResume()
  }

  budgetGranted(): void {
    this.#isOutOfBudget = false
    this.#pauseOrResume()
  }

  get #inProgress(): number {
    return this.#exchanges.length - this.#firstOpen
  }

  #flush(): void {
    if (this.#isClosed) return
    this.#writeReplies()
    this.#pauseOrResume()
  }

  #writeReplies(): void {
    this.#collectReplies()
    const parts = this.#outgoing
    const whenSent = this.#whenSent
    if (parts.length > 0) {
      this.owner.counted.bytesOut += this.#outgoingBytes
      this.#outgoing = []
      this.#outgoingBytes = 0
      if (whenSent.length === 0) this.#stream.write(parts)
      else {
        this.#whenSent = []
        this.#stream.write(parts, () => callAll(whenSent))
      }
      this.#countUnsent()
      if (this.#stream.bufferedBytes > UNSENT_MAX_BYTES) {
        this.owner.logger.warn('connection closed: the client does not take its replies', {
          connection: this.id,
        })
        this.close('too many unsent reply bytes')
      }
    }
  }

  #countUnsent(): void {
    const unsent = this.#isClosed ? 0 : this.#stream.bufferedBytes
    this.owner.counted.bytesUnsent += unsent - this.#countedUnsent
    this.#countedUnsent = unsent
  }

  #collectReplies(): void {
    const exchanges = this.#exchanges
    let i = this.#firstOpen
    const bytesBefore = this.#outgoingBytes
    for (; i < exchanges.length; i++) {
      const exchange = exchanges[i]
      if (exchange === undefined || !exchange.isReplied) break
      for (const part of exchange.parts) {
        this.#outgoing.push(part)
        this.#outgoingBytes += part.length
      }
      if (exchange.sent !== undefined) this.#whenSent.push(exchange.sent)
    }
    this.#repliedBytes -= this.#outgoingBytes - bytesBefore
    if (i === exchanges.length) {
      exchanges.length = 0
      i = 0
    } else if (i >= REQUESTS_IN_PROGRESS_MAX) {
      exchanges.splice(0, i)
      i = 0
    }
    this.#firstOpen = i
  }

  /** Whether no request may be handled now. */
  get #mustWait(): boolean {
    const { counted, unsentBudgetBytes } = this.owner
    const unsentMax =
      counted.bytesUnsent > unsentBudgetBytes ? UNSENT_PAUSE_BYTES_WHEN_SHORT : UNSENT_PAUSE_BYTES
    return (
      this.#isOutOfBudget ||
      this.#holds > 0 ||
      this.#inProgress >= REQUESTS_IN_PROGRESS_MAX ||
      this.#stream.bufferedBytes > unsentMax
    )
  }

  #pauseOrResume(): void {
    if (this.#isClosed) return
    const mustWait = this.#mustWait
    if (!mustWait && this.#frames.hasRest) this.#goOnLater()
    const isPaused = mustWait || this.#frames.hasRest
    if (isPaused === this.#isPaused) return
    this.#isPaused = isPaused
    if (isPaused) this.#stream.pause()
    else this.#stream.resume()
  }

  /** Handles frames that arrived with others, when all other connections had their turn. */
  #goOnLater(): void {
    if (this.#goesOnLater) return
    this.#goesOnLater = true
    this.owner.later(() => {
      this.#goesOnLater = false
      if (this.#isClosed || this.#mustWait) return
      this.#turnEndsAt = this.owner.monotonic() + TURN_MS
      this.#isReading = true
      this.#frames.goOn()
      this.#isReading = false
      this.#flush()
    })
  }

  #refuse(frameBytes: number): void {
    const first = Buffer.alloc(4)
    first.writeInt32BE(frameBytes)
    const fields = { connection: this.id, listener: this.owner.listenerName }
    const spoken = otherProtocol(first)
    if (spoken === undefined) {
      const limit = this.owner.requestMaxBytes
      this.owner.logger.warn('request refused: its size is out of bounds', {
        ...fields,
        size: frameBytes,
        limit,
      })
    } else
      this.owner.logger.warn(
        `connection refused: the client speaks ${spoken} to a plain Kafka port`,
        fields,
      )
    this.close('size out of bounds')
  }

  #ended(): void {
    this.#isClosed = true
    this.#countUnsent()
    this.#frames.close()
    for (let i = this.#firstOpen; i < this.#exchanges.length; i++) this.#exchanges[i]?.abandon()
    this.#exchanges = []
    this.#firstOpen = 0
    callAll(this.#whenSent)
    this.owner.ended(this)
  }
}

/** What a client seems to speak when its first bytes are no Kafka request. */
function otherProtocol(first: Buffer): string | undefined {
  if (first[0] === 0x16 && first[1] === 0x03) return 'TLS'
  return /^(GET |POST|PUT |HEAD|OPTI|PRI |DELE|PATC|CONN)/.test(first.toString('latin1', 0, 4))
    ? 'HTTP'
    : undefined
}

function callAll(tasks: readonly (() => void)[]): void {
  for (const task of tasks) task()
}
