/**
 * One request and the place of its reply in the order of its connection. A handler of the data path keeps this and
 * nothing else of the request; it ends it by exactly one of `reply`, `replyNothing` or `fail`.
 */
import type { Connection } from './connection.ts'

/** Where an exchange is. */
type State = 'in-progress' | 'replied' | 'closed'

export class Exchange {
  readonly connection: Connection
  readonly apiKey: number
  readonly apiVersion: number
  readonly correlationId: number
  readonly clientId: string
  /** Called when the connection ends before the reply: whoever prepares it may let go of what it holds. */
  abandoned: (() => void) | undefined = undefined
  #state: State = 'in-progress'
  #parts: readonly Buffer[] = []
  #sent: (() => void) | undefined

  constructor(
    connection: Connection,
    apiKey: number,
    apiVersion: number,
    correlationId: number,
    clientId: string,
  ) {
    this.connection = connection
    this.apiKey = apiKey
    this.apiVersion = apiVersion
    this.correlationId = correlationId
    this.clientId = clientId
  }

  /** Whether the reply may go out when its turn comes. */
  get isReplied(): boolean {
    return this.#state !== 'in-progress'
  }

  /** The bytes of the reply, size in front. */
  get parts(): readonly Buffer[] {
    return this.#parts
  }

  /** Called when the reply left, or will never leave. */
  get sent(): (() => void) | undefined {
    return this.#sent
  }

  /** Sends `parts` (a whole response, size in front) in its turn. `sent` is called once, when they are not needed any more. */
  reply(parts: readonly Buffer[], sent?: () => void): void {
    if (this.#state !== 'in-progress') {
      sent?.()
      return
    }
    this.#state = 'replied'
    this.#parts = parts
    this.#sent = sent
    let byteCount = 0
    for (const part of parts) byteCount += part.length
    this.connection.replied(byteCount)
  }

  /** Ends a request that has no response. */
  replyNothing(): void {
    this.reply([])
  }

  /** Closes the connection: there is no way to say in the protocol what went wrong. */
  fail(reason: string): void {
    this.connection.close(reason)
  }

  /** The connection is gone: replies from now on are dropped. */
  abandon(): void {
    const sent = this.#sent
    const isInProgress = this.#state === 'in-progress'
    this.#state = 'closed'
    this.#parts = []
    this.#sent = undefined
    sent?.()
    if (isInProgress) this.abandoned?.()
  }
}
