/**
 * One connection to one broker: requests go out as they come, answers come back in the same order and are matched
 * by correlation id. Opening it asks for the broker's versions. A connection that failed stays failed; `Connections`
 * opens another.
 */
import type { Timer } from '@moldau/base'
import { Reader } from '@moldau/base'
import type { Stream, World } from '@moldau/io'
import { Apis, encodeRequest, responseHeaderVersion } from '@moldau/protocol'
import { KafkaError } from '../errors.ts'
import { FrameReader } from './frame-reader.ts'
import {
  chooseVersion,
  type Api,
  type BrokerVersions,
  type RequestOf,
  type ResponseOf,
} from './versions.ts'

/** Largest answer that is accepted: twice the default of fetch.max.bytes, and some. */
const responseBytesMax = 128 * 1024 * 1024
/** Requests that may wait for an answer at once. */
const inFlightMax = 1000

/** A broker's host and port. */
export interface Address {
  readonly host: string
  readonly port: number
}

/** How connections are made. */
export interface ConnectionSettings {
  readonly world: World
  readonly clientId: string
  readonly setupTimeoutMs: number
  readonly requestTimeoutMs: number
}

/** Options of one request. */
export interface CallOptions {
  /** How long to wait for the answer; `request.timeout.ms` by default. */
  readonly timeoutMs?: number
  /** For what the broker does not answer (Produce with acks=0). */
  readonly expectsNoAnswer?: boolean
  /** Not to speak a newer version than this. */
  readonly maxVersion?: number
}

interface Pending {
  readonly correlationId: number
  readonly api: Api
  readonly version: number
  readonly timer: Timer
  readonly resolve: (response: unknown) => void
  readonly reject: (error: KafkaError) => void
}

export class Connection {
  /** `host:port`, for messages. */
  readonly name: string
  readonly #settings: ConnectionSettings
  readonly #stream: Stream
  readonly #frames = new FrameReader(responseBytesMax)
  readonly #pending: Pending[] = []
  #versions: BrokerVersions = new Map()
  #correlationId = 0
  #failure: KafkaError | undefined
  #lastUsedAt: number

  private constructor(name: string, stream: Stream, settings: ConnectionSettings) {
    this.name = name
    this.#settings = settings
    this.#stream = stream
    this.#lastUsedAt = settings.world.clock.monotonic()
    stream.start({
      landing: () => this.#frames.landing(),
      received: byteCount => this.#received(byteCount),
      drained() {},
      closed: error => this.#closed(error),
    })
  }

  /** Connects and learns the broker's versions. @throws KafkaError CONNECTION, TIMEOUT */
  static async open(address: Address, settings: ConnectionSettings): Promise<Connection> {
    const name = `${address.host}:${address.port}`
    let stream: Stream
    try {
      stream = await settings.world.network.connect(address, {
        timeoutMs: settings.setupTimeoutMs,
      })
    } catch (cause) {
      throw new KafkaError('CONNECTION', {
        message: `Cannot connect to ${name}: ${cause instanceof Error ? cause.message : String(cause)}`,
        broker: name,
        cause,
      })
    }
    const connection = new Connection(name, stream, settings)
    try {
      await connection.#negotiate()
    } catch (error) {
      connection.close()
      throw error
    }
    return connection
  }

  get isOpen(): boolean {
    return this.#failure === undefined
  }

  get inFlightCount(): number {
    return this.#pending.length
  }

  /** When the connection last sent or got something, on the monotonic clock. */
  get lastUsedAt(): number {
    return this.#lastUsedAt
  }

  /** The version that calls of `api` will use. @throws KafkaError UNSUPPORTED_VERSION */
  versionOf(api: Api): number {
    return chooseVersion(api, this.#versions, this.name)
  }

  /** Sends a request and gives the answer. @throws KafkaError CONNECTION, TIMEOUT, UNSUPPORTED_VERSION */
  call<A extends Api>(
    api: A,
    request: RequestOf<A>,
    options: CallOptions = {},
  ): Promise<ResponseOf<A>> {
    try {
      const version = Math.min(this.versionOf(api), options.maxVersion ?? Infinity)
      return this.#send(api, version, request, options)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** Closes at once; calls that wait fail. */
  close(): void {
    this.#fail(
      new KafkaError('CONNECTION', {
        message: `The connection to ${this.name} was closed`,
        broker: this.name,
      }),
    )
  }

  async #negotiate(): Promise<void> {
    const software = { clientSoftwareName: 'moldau', clientSoftwareVersion: '0.1.0' }
    const api = Apis.ApiVersions
    let response = await this.#send(api, api.request.versions[1], software, {})
    if (response.errorCode === unsupportedVersion) {
      // The answer is in the oldest layout and tells what the broker does know of ApiVersions (KIP-511).
      const range = response.apiKeys.find(row => row.apiKey === api.key)
      const version = Math.min(range?.maxVersion ?? 0, api.request.versions[1])
      response = await this.#send(api, version, software, {})
    }
    if (response.errorCode !== 0)
      throw new KafkaError('CONNECTION', {
        message: `${this.name} does not tell its versions: error ${response.errorCode}`,
        broker: this.name,
      })
    this.#versions = new Map(
      response.apiKeys.map(row => [row.apiKey, [row.minVersion, row.maxVersion]]),
    )
  }

  #send<A extends Api>(
    api: A,
    version: number,
    request: RequestOf<A>,
    options: CallOptions,
  ): Promise<ResponseOf<A>> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    if (this.#pending.length >= inFlightMax)
      return Promise.reject(
        new KafkaError('BUFFER_FULL', {
          message: `${inFlightMax} requests wait for ${this.name} already`,
          broker: this.name,
        }),
      )
    const correlationId = this.#correlationId++ & 0x7fffffff
    const frame = encodeRequest(
      api,
      version,
      { correlationId, clientId: this.#settings.clientId },
      request,
    )
    this.#lastUsedAt = this.#settings.world.clock.monotonic()
    if (options.expectsNoAnswer === true) {
      this.#stream.write([frame])
      return Promise.resolve(undefined as unknown as ResponseOf<A>)
    }
    return new Promise((resolve, reject) => {
      const timeoutMs = options.timeoutMs ?? this.#settings.requestTimeoutMs
      const timer = this.#settings.world.timers.after(timeoutMs, () => {
        // What this answer would have been is lost, so is the order: the connection goes.
        this.#fail(
          new KafkaError('TIMEOUT', {
            message: `${this.name} did not answer ${api.name} within ${timeoutMs} ms`,
            api: api.name,
            broker: this.name,
          }),
        )
      })
      this.#pending.push({
        correlationId,
        api,
        version,
        timer,
        resolve: resolve as (response: unknown) => void,
        reject,
      })
      this.#stream.write([frame])
    })
  }

  #received(byteCount: number): void {
    this.#lastUsedAt = this.#settings.world.clock.monotonic()
    this.#frames.received(byteCount)
    try {
      for (let frame = this.#frames.next(); frame !== undefined; frame = this.#frames.next())
        this.#answered(frame)
    } catch (cause) {
      this.#fail(
        new KafkaError('CONNECTION', {
          message: `Cannot read an answer of ${this.name}: ${cause instanceof Error ? cause.message : String(cause)}`,
          broker: this.name,
          cause,
        }),
      )
    }
  }

  #answered(frame: Buffer): void {
    if (this.#failure !== undefined) return
    const pending = this.#pending[0]
    if (pending === undefined) throw new Error('it was not asked for')
    const reader = new Reader(frame)
    const correlationId = reader.int32()
    if (correlationId !== pending.correlationId)
      throw new Error(`it has correlation id ${correlationId}, not ${pending.correlationId}`)
    const { api, version } = pending
    if (responseHeaderVersion(api as never, version) >= 1) skipTags(reader)
    const body = frame.subarray(reader.offset)
    const isOldLayout =
      api.key === Apis.ApiVersions.key &&
      body.length >= 2 &&
      body.readInt16BE(0) === unsupportedVersion
    const response = api.response.decode(body, isOldLayout ? 0 : version)
    this.#pending.shift()
    pending.timer.cancel()
    pending.resolve(response)
  }

  #closed(cause: Error | undefined): void {
    this.#fail(
      new KafkaError('CONNECTION', {
        message: `${this.name} closed the connection${cause === undefined ? '' : `: ${cause.message}`}`,
        broker: this.name,
        cause,
      }),
    )
  }

  #fail(error: KafkaError): void {
    if (this.#failure !== undefined) return
    this.#failure = error
    this.#stream.destroy()
    const pending = this.#pending.splice(0)
    for (const { timer, reject } of pending) {
      timer.cancel()
      reject(error)
    }
  }
}

const unsupportedVersion = 35

function skipTags(reader: Reader): void {
  for (let count = reader.unsignedVarint(); count > 0; count--) {
    reader.unsignedVarint()
    reader.skip(reader.unsignedVarint())
  }
}
