/**
 * From the bytes of a request to its reply: header, API, decode, authorize, handle, encode. The one place where a
 * throw becomes an error code. APIs of the data path (`serveDirectly`) get the bytes and answer by themselves.
 */
import { Reader, type Logger } from '@moldau/base'
import { inTurns, nextTurn } from '@moldau/io'
import {
  Apis,
  encodeResponse,
  encodeResponseInSteps,
  ErrorCode,
  errorMessage,
  KafkaError,
  requestHeaderVersion,
} from '@moldau/protocol'
import type { ApiFunctions, Refusal, RequestOf, ResponseOf, Api, ServedApi } from '../apis/serve.ts'
import type { BrokerServices, RequestContext } from '../services.ts'
import type { Connection, RequestHandler } from './connection.ts'
import type { Exchange } from './exchange.ts'
import { LargeAnswers } from './large-answers.ts'

/** All clients are this one on listeners without authentication. */
const ANONYMOUS = 'User:ANONYMOUS'

/** A larger request is read, answered and written in turns; other requests of its connection wait for that. */
const LARGE_REQUEST_BYTES = 16 * 1024
/** An answer with more elements than this is written in turns. */
const LARGE_ANSWER_ELEMENTS = 2000
/** Elements of a large request that its handler gets at once; at first one, as each may stand for much. */
const ELEMENTS_PER_PART_MAX = 1024
/** A part that took less than this is followed by one of twice the size; then others have their turn. */
const PART_MS = 4

export class RequestPipeline implements RequestHandler {
  readonly #byKey: (ServedApi | undefined)[] = []
  readonly #broker: BrokerServices
  readonly #logger: Logger
  readonly #largeAnswers: LargeAnswers

  constructor(apis: readonly ServedApi[], broker: BrokerServices) {
    for (const served of apis) this.#byKey[served.api.key] = served
    this.#broker = broker
    this.#logger = broker.logger.child('requests')
    this.#largeAnswers = new LargeAnswers(broker.world.timers)
  }

  admits(apiKey: number, apiVersion: number): boolean {
    const served = this.#byKey[apiKey]
    if (served === undefined) return false
    // ApiVersions of an unknown version gets an answer that tells the known ones (KIP-511).
    if (apiKey === Apis.ApiVersions.key) return true
    return apiVersion >= served.versions[0] && apiVersion <= served.versions[1]
  }

  handle(connection: Connection, buffer: Buffer, start: number, end: number): void {
    const apiKey = buffer.readInt16BE(start)
    const served = this.#byKey[apiKey]
    if (served === undefined) return
    this.#broker.metrics.requested(apiKey, end - start)
    try {
      if (served.direct === undefined) this.#handleDecoded(served, connection, buffer, start, end)
      else {
        const reader = new Reader(buffer, start, end)
        served.direct(openExchange(served.api, connection, reader), reader, this.#broker)
      }
    } catch (error) {
      this.#malformed(served, connection, error)
    }
  }

  #malformed({ api }: ServedApi, connection: Connection, error: unknown): void {
    this.#logger.warn('request refused: it cannot be read', {
      connection: connection.id,
      api: api.name,
      error: String(error),
    })
    connection.close('malformed request')
  }

  #handleDecoded(
    served: ServedApi,
    connection: Connection,
    buffer: Buffer,
    start: number,
    end: number,
  ): void {
    // A copy: what is decoded holds views of it for as long as a group or a topic lives.
    const reader = new Reader(Buffer.from(buffer.subarray(start, end)))
    const exchange = openExchange(served.api, connection, reader)
    const { api } = served
    // Who asks for little does not wait for those who ask for much.
    if (!connection.takesLargeAnswers || !this.#largeAnswers.areTooMany(api.key)) {
      this.#readAndAnswer(served, exchange, reader)
      return
    }
    connection.hold()
    this.#largeAnswers.whenFewer(api.key, () => {
      connection.release()
      if (connection.isClosed) return
      try {
        this.#readAndAnswer(served, exchange, reader)
      } catch (error) {
        this.#malformed(served, connection, error)
      }
    })
  }

  #readAndAnswer(served: ServedApi, exchange: Exchange, reader: Reader): void {
    const { api } = served
    const { connection } = exchange
    // Unknown versions are only let in for ApiVersions, whose handler looks at the version first.
    const isKnown = isKnownVersion(api, exchange.apiVersion)
    if (isKnown && reader.end > LARGE_REQUEST_BYTES) {
      connection.hold()
      void this.#answerLarge(served, exchange, reader).finally(() => connection.release())
      return
    }
    const request = isKnown ? api.request.read(reader, exchange.apiVersion) : {}
    this.#answer(served, exchange, request as RequestOf<Api>)
  }

  #answer(served: ServedApi, exchange: Exchange, request: RequestOf<Api>): void {
    // The request is what this API's own decoder made.
    const functions = served.functions as unknown as ApiFunctions<Api>
    const context = this.#contextOf(exchange)
    try {
      functions.authorize(request, context)
      const response = functions.handle(request, context)
      if (response instanceof Promise) {
        response.then(
          (value: ResponseOf<Api>) => this.#reply(served, exchange, value),
          (error: unknown) => this.#refuse(served, exchange, request, error, context),
        )
      } else this.#reply(served, exchange, response)
    } catch (error) {
      this.#refuse(served, exchange, request, error, context)
    }
  }

  /** The same in turns. Never rejects. */
  async #answerLarge(served: ServedApi, exchange: Exchange, reader: Reader): Promise<void> {
    const { world } = this.#broker
    const functions = served.functions as unknown as ApiFunctions<Api>
    const context = this.#contextOf(exchange)
    let request: RequestOf<Api>
    try {
      request = await inTurns<RequestOf<Api>>(
        served.api.request.readInSteps(reader, exchange.apiVersion),
        world,
      )
    } catch (error) {
      this.#malformed(served, exchange.connection, error)
      return
    }
    try {
      functions.authorize(request, context)
      await nextTurn(world)
      this.#reply(served, exchange, await this.#handleInParts(functions, request, context))
    } catch (error) {
      this.#refuse(served, exchange, request, error, context)
    }
  }

  /** Handles a request whose elements do not depend on each other part by part. */
  async #handleInParts(
    functions: ApiFunctions<Api>,
    request: RequestOf<Api>,
    context: RequestContext,
  ): Promise<ResponseOf<Api>> {
    const { divide } = functions
    const { world } = this.#broker
    const preparing = divide?.prepare?.(request)
    const whole = preparing === undefined ? request : await inTurns(preparing, world)
    const elements = divide === undefined ? undefined : listOf(whole, divide.request)
    if (divide === undefined || elements === undefined)
      return await functions.handle(request, context)
    const answers: unknown[] = []
    let at = 0
    let count = 1
    for (;;) {
      const begunAt = world.clock.monotonic()
      const part = elements.slice(at, at + count)
      const asked = { ...whole, [divide.request]: part as never }
      const answer: ResponseOf<Api> = await functions.handle(asked, context)
      for (const one of listOf(answer, divide.response) ?? []) answers.push(one)
      at += count
      if (at >= elements.length || context.connection.isClosed)
        return { ...answer, [divide.response]: answers as never }
      const isQuick = world.clock.monotonic() - begunAt < PART_MS
      if (isQuick) count = Math.min(2 * count, ELEMENTS_PER_PART_MAX)
      else count = Math.max(1, count >> 1)
      await nextTurn(world)
    }
  }

  #contextOf(exchange: Exchange): RequestContext {
    return {
      broker: this.#broker,
      apiVersion: exchange.apiVersion,
      clientId: exchange.clientId,
      clientHost: exchange.connection.remoteAddress,
      principal: ANONYMOUS,
      listenerName: exchange.connection.owner.listenerName,
      connection: exchange.connection,
    }
  }

  #refuse(
    served: ServedApi,
    exchange: Exchange,
    request: RequestOf<Api>,
    error: unknown,
    context: RequestContext,
  ): void {
    const refusal = this.#refusalOf(served, error)
    const functions = served.functions as unknown as ApiFunctions<Api>
    try {
      const response = functions.refuse?.(request, refusal, context) ?? refusal
      // A response without a place for the error: nothing true can be said, so the connection is closed.
      this.#reply(served, exchange, response as ResponseOf<Api>)
    } catch (cause) {
      this.#logger.error('refusal failed', { api: served.api.name, error: String(cause) })
      exchange.fail('no answer could be encoded')
    }
  }

  #refusalOf(served: ServedApi, error: unknown): Refusal {
    if (error instanceof KafkaError)
      return { name: error.code, errorCode: error.errno, errorMessage: error.message }
    const stack = error instanceof Error ? error.stack : String(error)
    this.#logger.error('request failed', { api: served.api.name, stack })
    const name = 'UNKNOWN_SERVER_ERROR'
    return { name, errorCode: ErrorCode[name], errorMessage: errorMessage(name) }
  }

  #reply({ api }: ServedApi, exchange: Exchange, response: ResponseOf<Api>): void {
    const version = replyVersion(api, exchange.apiVersion)
    const { correlationId } = exchange
    const body = complete(response)
    const failed = (error: unknown): void => {
      this.#logger.error('response cannot be encoded', {
        api: api.name,
        version,
        stack: String((error as Error).stack),
      })
      exchange.fail('no answer could be encoded')
    }
    if (elementsOf(response, LARGE_ANSWER_ELEMENTS) >= LARGE_ANSWER_ELEMENTS) {
      const { connection } = exchange
      const ended = this.#largeAnswers.begin(api.key)
      connection.takesLargeAnswers = true
      connection.hold()
      void inTurns(encodeResponseInSteps(api, version, correlationId, body), this.#broker.world)
        .then(bytes => exchange.reply([bytes]), failed)
        .finally(() => {
          ended()
          connection.release()
        })
      return
    }
    try {
      exchange.reply([encodeResponse(api, version, correlationId, body)])
    } catch (error) {
      failed(error)
    }
  }
}

/** The array that a message has under `key`. */
function listOf(message: object, key: string): readonly unknown[] | undefined {
  const list = (message as Readonly<Record<string, unknown>>)[key]
  return Array.isArray(list) ? list : undefined
}

/** Elements of all arrays in `value`, counted up to about `limit`. */
function elementsOf(value: unknown, limit: number): number {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return 0
  if (!Array.isArray(value)) {
    let count = 0
    for (const part of Object.values(value)) count += elementsOf(part, limit)
    return count
  }
  let count = value.length
  for (const element of value) {
    if (count >= limit || typeof element !== 'object') break
    count += elementsOf(element, limit - count)
  }
  return count
}

/** The fields that handlers leave to the pipeline. Messages without them do not look at them. */
function complete(response: ResponseOf<Api>): never {
  return { throttleTimeMs: 0, errorCode: ErrorCode.NONE, ...response } as never
}

/** Reads the header and puts the request into the order of replies. */
function openExchange(api: Api, connection: Connection, reader: Reader): Exchange {
  const apiKey = reader.int16()
  const apiVersion = reader.int16()
  const correlationId = reader.int32()
  const clientIdBytes = reader.int16()
  const clientId = clientIdBytes < 0 ? '' : reader.string(clientIdBytes)
  if (isFlexible(api, apiVersion)) skipTags(reader)
  return connection.open(apiKey, apiVersion, correlationId, clientId)
}

/** Also of versions yet to come, which only ApiVersions lets in: their headers have tags. */
function isFlexible(api: Api, version: number): boolean {
  return requestHeaderVersion(api, version) >= 2
}

function skipTags(reader: Reader): void {
  for (let count = reader.unsignedVarint(); count > 0; count--) {
    reader.unsignedVarint()
    reader.skip(reader.unsignedVarint())
  }
}

/** ApiVersions of an unknown version is answered in version 0. */
function replyVersion(api: Api, version: number): number {
  return api.key === Apis.ApiVersions.key && !isKnownVersion(api, version) ? 0 : version
}

function isKnownVersion({ versions: [lowest, highest] }: Api, version: number): boolean {
  return version >= lowest && version <= highest
}
