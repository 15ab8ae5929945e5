/**
 * The shape of an API: its entry of the protocol's table and two functions. Each file of this folder exports one, in
 * camelCase after Kafka's name (`describe-groups.ts` exports `describeGroups`); `index.ts` lists them.
 */
import type { Reader } from '@moldau/base'
import type { Apis, ErrorName } from '@moldau/protocol'
import type { Exchange } from '../network/exchange.ts'
import type { BrokerServices, RequestContext } from '../services.ts'

/** An entry of the protocol's table of APIs. */
export type Api = (typeof Apis)[keyof typeof Apis]

/** The decoded request of an API. */
export type RequestOf<A extends Api> = ReturnType<A['request']['decode']>

/**
 * The response of an API, as a handler gives it: fields with a default may be left out, and so may `throttleTimeMs`,
 * which is the pipeline's, and an `errorCode` of NONE.
 */
export type ResponseOf<A extends Api> = WithoutCommon<Parameters<A['response']['encode']>[0]>

type WithoutCommon<Response> = Omit<Response, keyof CommonFields> & CommonFields

interface CommonFields {
  readonly throttleTimeMs?: number | undefined
  readonly errorCode?: number | undefined
}

/** How an API is answered. */
export interface ApiFunctions<A extends Api> {
  /** Narrows the versions served; all of the protocol's table where it is left out. */
  readonly versions?: readonly [number, number]
  /** Refuses the whole request by a throw. Per-topic refusals are the handler's. @throws KafkaError */
  authorize(request: RequestOf<A>, context: RequestContext): void
  /** Answers. A throw becomes `refuse`: of a KafkaError with its code, of anything else with UNKNOWN_SERVER_ERROR. */
  handle(request: RequestOf<A>, context: RequestContext): ResponseOf<A> | Promise<ResponseOf<A>>
  /**
   * Arrays of request and response whose elements stand for each other, and do not depend on their neighbours: a request
   * of very many is handled in parts.
   */
  readonly divide?: {
    readonly request: keyof RequestOf<A> & string
    readonly response: keyof ResponseOf<A> & string
    /** The request without elements that do depend on others, repeated ones; in steps. */
    prepare?(request: RequestOf<A>): Generator<undefined, RequestOf<A>>
  }
  /** The answer that says the whole request failed. Left out where `{ errorCode, errorMessage }` is such an answer. */
  refuse?(request: RequestOf<A>, error: Refusal, context: RequestContext): ResponseOf<A>
}

/** Why a whole request failed. */
export interface Refusal {
  readonly name: ErrorName
  readonly errorCode: number
  readonly errorMessage: string
}

/**
 * Answers an API of the data path: reads the request itself, behind the header, and ends the exchange. The bytes are
 * valid during the call only. A throw closes the connection.
 */
export type DirectHandler = (exchange: Exchange, request: Reader, broker: BrokerServices) => void

/** An API that this broker serves, in one of the two ways. */
export interface ServedApi {
  readonly api: Api
  readonly versions: readonly [number, number]
  // The list holds handlers of different requests; the pipeline pairs each with what its own decoder made.
  readonly functions?: ApiFunctions<never>
  readonly direct?: DirectHandler
}

/** Binds functions to an API. */
export function serve<A extends Api>(api: A, functions: ApiFunctions<A>): ServedApi {
  return {
    api,
    versions: functions.versions ?? api.versions,
    functions: functions as unknown as ApiFunctions<never>,
  }
}

/** Binds a handler of the data path to an API. */
export function serveDirectly(
  api: Api,
  versions: readonly [number, number],
  direct: DirectHandler,
): ServedApi {
  return { api, versions, direct }
}
