/** Every API in every version: whole requests, damaged ones, cuts at every byte; round after round until the time is up. */
import { RawConnection } from '../packages/testing/src/raw-connection.ts'
import { allPairs, Inputs, nameOf, type Input, type Pair } from './inputs.ts'
import type { Session } from './session.ts'
import type { Known } from './setup.ts'

/** Connections that send at the same time. */
const WORKERS = 6
/** A connection is used for so many inputs, then a new one. */
const INPUTS_PER_CONNECTION = 300

/** Goes through all pairs at least once, and on until `deadline`. */
export async function fuzzPairs(
  session: Session,
  known: Known,
  seed: string,
  deadline: number,
): Promise<void> {
  const work = roundsOf(deadline)
  await Promise.all(
    Array.from({ length: WORKERS }, async (_, worker) => {
      const inputs = new Inputs(`${seed}/pairs/${worker}`, known)
      const sender = new Sender(session)
      for (const { pair, isFirstRound } of work) {
        if (session.target.hasEnded) return
        for (const input of inputs.ofPair(pair, isFirstRound || session.counts.execs % 5 === 0))
          await sender.send(input)
        session.counts.pairs.add(nameOf(pair))
      }
      sender.close()
    }),
  )
}

function* roundsOf(deadline: number): Generator<{ pair: Pair; isFirstRound: boolean }> {
  for (const pair of allPairs) yield { pair, isFirstRound: true }
  while (Date.now() < deadline)
    for (const pair of allPairs) {
      if (Date.now() >= deadline) return
      yield { pair, isFirstRound: false }
    }
}

/** Sends inputs one after the other, on a new connection when the old one is spent. */
export class Sender {
  readonly #session: Session
  #connection: RawConnection | undefined
  #left = 0

  constructor(session: Session) {
    this.#session = session
  }

  async send(input: Input): Promise<void> {
    if (this.#connection === undefined || this.#connection.isClosed || this.#left <= 0) {
      this.#connection?.destroy()
      this.#connection = await this.#open()
      this.#left = INPUTS_PER_CONNECTION
    }
    if (this.#connection === undefined) return
    this.#left--
    const outcome = await this.#session.execute(this.#connection, input)
    if (typeof outcome === 'string') {
      this.#connection.destroy()
      this.#connection = undefined
    }
  }

  close(): void {
    this.#connection?.destroy()
  }

  async #open(): Promise<RawConnection | undefined> {
    const { target } = this.#session
    try {
      return await RawConnection.open(target.port)
    } catch (error) {
      if (!target.hasEnded) this.#session.fail('hang', `no connection: ${String(error)}`)
      return undefined
    }
  }
}
