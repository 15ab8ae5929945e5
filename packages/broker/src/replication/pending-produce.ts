/**
 * A produce whose response is encoded but must wait: for the write (acks=1) or for the high watermark (acks=all) of
 * each of its partitions. The response was written as if all went well; what did not is patched in.
 */
import { ErrorCode, type ErrorName } from '@moldau/protocol'
import type { Exchange } from '../network/exchange.ts'
import type { Expiring, OffsetWaiter } from './waiting-requests.ts'

export class PendingProduce implements OffsetWaiter, Expiring {
  readonly deadline: number
  readonly #exchange: Exchange
  /** Where the error code of each waiting partition is in the response; -1 for one that waits no longer. */
  readonly #errorPositions: number[] = []
  /** The walk over the request counts as one, until `encoded`. */
  #waiting = 1
  #response: Buffer | undefined
  #errors: { position: number; errorCode: number }[] | undefined = undefined

  constructor(exchange: Exchange, deadline: number) {
    this.#exchange = exchange
    this.deadline = deadline
  }

  get isDone(): boolean {
    return this.#waiting === 0
  }

  /** One more partition to wait for; gives its tag. */
  add(errorPosition: number): number {
    this.#waiting++
    return this.#errorPositions.push(errorPosition) - 1
  }

  /** The walk over the request is over. */
  encoded(response: Buffer): void {
    this.#response = response
    this.#ended()
  }

  progressed(tag: number, error: ErrorName | undefined): void {
    const position = this.#errorPositions[tag] as number
    if (this.isDone || position < 0) return
    this.#errorPositions[tag] = -1
    if (error !== undefined) (this.#errors ??= []).push({ position, errorCode: ErrorCode[error] })
    this.#ended()
  }

  expire(): void {
    for (let tag = 0; tag < this.#errorPositions.length; tag++)
      this.progressed(tag, 'REQUEST_TIMED_OUT')
  }

  #ended(): void {
    if (--this.#waiting > 0 || this.#response === undefined) return
    for (const { position, errorCode } of this.#errors ?? [])
      this.#response.writeInt16BE(errorCode, position)
    this.#exchange.reply([this.#response])
  }
}
