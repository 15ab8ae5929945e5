/** A connection of a case to a live broker. Every request that is to be compared reserves its step when it is sent, so that steps have the order of the case's text. */
import { Reader } from '@moldau/base'
import {
  type ApiRow,
  encodeRequest,
  type Fields,
  ResponseHeader,
  responseHeaderVersion,
  type StructInput,
  type StructOf,
} from '@moldau/protocol'
import { RawConnection } from '../../packages/testing/src/raw-connection.ts'
import type { Connection } from './case.ts'

/** No answer within this is `silent` to an attempt. */
const SILENCE_MS = 3000

/** A step on its way to be recorded. */
export interface PendingStep {
  readonly label: string
  readonly api?: string
  readonly version?: number
  readonly request?: unknown
  answer: unknown
}

/** One connection of one case. */
export class LiveConnection implements Connection {
  readonly #port: number
  readonly #steps: PendingStep[]
  #connection: RawConnection
  #correlationId = 0

  private constructor(port: number, steps: PendingStep[], connection: RawConnection) {
    this.#port = port
    this.#steps = steps
    this.#connection = connection
  }

  static async open(port: number, steps: PendingStep[]): Promise<LiveConnection> {
    return new LiveConnection(port, steps, await RawConnection.open(port))
  }

  async ask<Request extends Fields, Response extends Fields>(
    api: ApiRow<Request, Response>,
    version: number,
    request: StructInput<Request>,
  ): Promise<StructOf<Response>> {
    const step = this.#reserve(api.name, version, request)
    const answer = await this.#request(api, version, request, undefined)
    if (typeof answer === 'string') {
      step.answer = answer
      throw new Error(`${step.label}: ${answer} instead of an answer`)
    }
    step.answer = answer
    return answer
  }

  async attempt<Request extends Fields, Response extends Fields>(
    api: ApiRow<Request, Response>,
    version: number,
    request: StructInput<Request>,
  ): Promise<StructOf<Response> | undefined> {
    const step = this.#reserve(api.name, version, request)
    const answer = await this.#request(api, version, request, SILENCE_MS)
    step.answer = answer
    if (typeof answer !== 'string') return answer
    this.#connection.destroy()
    this.#connection = await RawConnection.open(this.#port)
    return undefined
  }

  async quiet<Request extends Fields, Response extends Fields>(
    api: ApiRow<Request, Response>,
    version: number,
    request: StructInput<Request>,
  ): Promise<StructOf<Response>> {
    const answer = await this.#request(api, version, request, undefined)
    if (typeof answer === 'string')
      throw new Error(`${api.name} v${version}: ${answer} instead of an answer`)
    return answer
  }

  send(bytes: Uint8Array): void {
    this.#connection.send(bytes)
  }

  frame(): Promise<Buffer | undefined>
  frame(limitMs: number): Promise<Buffer | 'silent' | undefined>
  frame(limitMs?: number): Promise<Buffer | 'silent' | undefined> {
    const frame = this.#connection.frame()
    if (limitMs === undefined) return frame
    // The frame may come later, or never when the connection goes: nobody asks for it any more.
    frame.catch(() => {})
    const { promise, resolve } = Promise.withResolvers<'silent'>()
    const timer = setTimeout(() => resolve('silent'), limitMs)
    return Promise.race([frame, promise]).finally(() => clearTimeout(timer))
  }

  finish(): void {
    this.#connection.finish()
  }

  destroy(): void {
    this.#connection.destroy()
  }

  #reserve(api: string, version: number, request: unknown): PendingStep {
    const step = { label: `${api} v${version}`, api, version, request, answer: 'unanswered' }
    this.#steps.push(step)
    return step
  }

  async #request<Request extends Fields, Response extends Fields>(
    api: ApiRow<Request, Response>,
    version: number,
    request: StructInput<Request>,
    limitMs: number | undefined,
  ): Promise<StructOf<Response> | 'closed' | 'silent'> {
    const correlationId = this.#correlationId++
    this.send(encodeRequest(api, version, { correlationId, clientId: 'oracle' }, request))
    const frame = await (limitMs === undefined ? this.frame() : this.frame(limitMs))
    if (frame === undefined) return 'closed'
    if (frame === 'silent') return 'silent'
    const reader = new Reader(frame)
    const header = ResponseHeader.read(reader, responseHeaderVersion(api, version))
    if (header.correlationId !== correlationId)
      throw new Error(`Answer ${header.correlationId} came for request ${correlationId}`)
    const answer = api.response.read(reader, version)
    if (reader.remaining !== 0)
      throw new Error(`${api.name} v${version}: ${reader.remaining} bytes behind the answer`)
    return answer
  }
}
