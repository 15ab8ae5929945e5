/**
 * Sends inputs to the broker and judges what comes back: an answer that can be decoded, a closed connection, or silence
 * where something is waited for. All else is a failure, kept with its bytes.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { ErrorCode } from '../packages/protocol/src/index.ts'
import { type Outcome, RawConnection } from '../packages/testing/src/raw-connection.ts'
import type { Input } from './inputs.ts'
import { decodeAnswer } from './setup.ts'
import type { LongEvent, Target } from './target.ts'

/** Processor time that one event of the broker's loop may take. */
export const EVENT_MS_MAX = 50
/** How long an answer may be waited for by a request that waits for something. */
const PATIENT_MS = 120
/** Silence of all others for so long is a hang. */
const HANG_MS = 10_000
/** Inputs that are remembered, to find the one of a long event. */
const REMEMBERED = 20_000
/** Failures that are written to files. */
const KEPT_MAX = 200

/** An input that was sent, and when (wall clock). */
interface Sent {
  readonly input: Input
  readonly from: number
  to: number
}

/** Something that must not happen. */
export interface Failure {
  readonly kind:
    | 'crash'
    | 'hang'
    | 'long event'
    | 'undecodable'
    | 'witness'
    | 'log'
    | 'files'
    | 'pairs'
  readonly what: string
  readonly file: string | undefined
}

/** What was counted. */
class Counts {
  execs = 0
  answered = 0
  closed = 0
  silent = 0
  /** UNKNOWN_SERVER_ERROR: Kafka 4.3.1 answers so as well, over wrong enumerations; a throw of ours is in the log. */
  internalErrors = 0
  readonly pairs = new Set<string>()
  readonly kinds = new Map<string, number>()
}

/** One run against one broker. */
export class Session {
  readonly target: Target
  readonly counts = new Counts()
  readonly failures: Failure[] = []
  readonly #folder: string
  readonly #seed: string
  #sent: Sent[] = []
  #judgedEvents = 0

  constructor(target: Target, seed: string, folder: string) {
    this.target = target
    this.#seed = seed
    this.#folder = folder
  }

  /** Sends one input on `connection`; an answer may take so long. */
  async execute(
    connection: RawConnection,
    input: Input,
    answerMs: number = HANG_MS,
  ): Promise<Outcome> {
    const sent = this.#begin(input)
    connection.send(input.bytes)
    const outcome = await connection.next(input.mayBeSilent ? PATIENT_MS : answerMs)
    sent.to = Date.now()
    this.#judge(input, outcome, answerMs)
    return outcome
  }

  /** Counts an input that is sent without waiting for its outcome. */
  sent(input: Input): void {
    this.#begin(input).to = Infinity
  }

  /** Inputs that were `sent` cannot do anything any more. */
  ended(inputs: readonly Input[]): void {
    const now = Date.now()
    for (const one of this.#sent)
      if (one.to === Infinity && inputs.includes(one.input)) one.to = now
  }

  /** Something that is told, no failure. */
  note(what: string): void {
    if (process.env['VERBOSE'] !== undefined) console.log(what)
  }

  /** Notes a failure; its bytes go to a file. */
  fail(kind: Failure['kind'], what: string, bytes?: Buffer): void {
    let file: string | undefined
    if (bytes !== undefined && this.failures.length < KEPT_MAX) {
      mkdirSync(this.#folder, { recursive: true })
      const name = `${kind.replaceAll(' ', '-')}-${this.#seed}-${this.failures.length}.bin`
      file = path.join(this.#folder, name)
      writeFileSync(file, bytes)
    }
    this.failures.push({ kind, what, file })
    if (this.failures.length <= 40)
      console.log(`FAIL ${kind}: ${what}${file === undefined ? '' : ` (${file})`}`)
  }

  /** Looks at the long events since the last time: which inputs were on their way then? */
  judgeEvents(): void {
    const events = this.target.longEvents()
    const fresh = events.toSorted((a, b) => a.from - b.from).slice(this.#judgedEvents)
    this.#judgedEvents = events.length
    for (const event of fresh) if (event.cpuMs > EVENT_MS_MAX) this.#blame(event)
  }

  #blame({ cpuMs, systemMs, from, to, kind }: LongEvent): void {
    const suspects = this.#sent.filter(one => one.from <= to && one.to >= from - 5)
    const told = suspects
      .slice(-8)
      .map(({ input }) => `${input.kind} ${input.name} (${input.bytes.length} B)`)
    const bytes = Buffer.concat(suspects.slice(-8).map(({ input }) => input.bytes))
    this.fail(
      'long event',
      `${cpuMs.toFixed(0)} ms (${systemMs.toFixed(0)} in the kernel) in ${kind}, while on its way: ${told.join(', ')}`,
      bytes,
    )
  }

  #begin(input: Input): Sent {
    const { counts } = this
    counts.execs++
    counts.kinds.set(input.kind, (counts.kinds.get(input.kind) ?? 0) + 1)
    const sent: Sent = { input, from: Date.now(), to: Infinity }
    this.#sent.push(sent)
    if (this.#sent.length > 2 * REMEMBERED) this.#sent = this.#sent.slice(REMEMBERED)
    return sent
  }

  #judge(input: Input, outcome: Outcome, answerMs: number): void {
    const { counts } = this
    if (outcome === 'closed') counts.closed++
    else if (outcome === 'silent') {
      counts.silent++
      if (!input.mayBeSilent)
        this.fail('hang', `${input.kind} ${input.name}: nothing within ${answerMs} ms`, input.bytes)
    } else {
      counts.answered++
      if (input.pair !== undefined) this.#judgeAnswer(input, outcome)
    }
  }

  #judgeAnswer({ name, pair, bytes }: Input, frame: Buffer): void {
    if (pair === undefined) return
    try {
      const answer: unknown = decodeAnswer(pair.api as never, pair.version, frame)
      if (hasInternalError(answer)) this.counts.internalErrors++
    } catch (error) {
      this.fail('undecodable', `the answer to ${name}: ${String(error)}`, bytes)
    }
  }
}

/** Is there an UNKNOWN_SERVER_ERROR anywhere? */
function hasInternalError(value: unknown): boolean {
  if (Buffer.isBuffer(value) || typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(([key, part]) =>
    key === 'errorCode' ? part === ErrorCode.UNKNOWN_SERVER_ERROR : hasInternalError(part),
  )
}
