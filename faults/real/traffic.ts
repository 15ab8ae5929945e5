/**
 * The load of a fault test and its verdict: producers of every kind, groups that commit and a consumer that reads along,
 * which connect again until they are halted, against what the broker holds afterwards. Every acknowledged record must be there once, at its
 * offset; every partition must be without a gap and hold the values of a producer in the order of its writing.
 */
import { seededRandom } from '../../packages/base/src/index.ts'
import type { Compression } from '../../packages/protocol/src/index.ts'
import {
  createTopic,
  History,
  IdempotentProducer,
  OffsetCommitter,
  RawConnection,
  readPartition,
} from '../../packages/testing/src/index.ts'
import type { Findings } from './fault-result.ts'
import { pause } from './fault-result.ts'
import { TailReader } from './tail-reader.ts'

const RECONNECT_MS = 15
const topics = ['orders', 'payments']
const PARTITIONS_PER_TOPIC = 3

/** A kind of producer. */
interface ProducerKind {
  readonly name: string
  readonly compression: Compression
  readonly isIdempotent: boolean
  readonly acks: -1 | 1
}

const allKinds: readonly ProducerKind[] = [
  { name: 'idempotent', compression: 'none', isIdempotent: true, acks: -1 },
  { name: 'idempotent-lz4', compression: 'lz4', isIdempotent: true, acks: -1 },
  { name: 'plain', compression: 'none', isIdempotent: false, acks: -1 },
  { name: 'plain-zstd', compression: 'zstd', isIdempotent: false, acks: -1 },
  { name: 'leader-only', compression: 'none', isIdempotent: false, acks: 1 },
]

/** How much traffic. */
export interface TrafficOptions {
  readonly seed: string
  /** Whether acks=1 is part of it: acknowledged means written, which a power cut does not spare. */
  readonly hasLeaderOnly: boolean
  readonly groups?: readonly string[]
}

/** Traffic over one data folder. */
export class Traffic {
  readonly #seed: string
  readonly #history = new History()
  readonly #producers: IdempotentProducer[]
  readonly #committers: OffsetCommitter[]
  readonly #targets = topics.flatMap(topic =>
    Array.from({ length: PARTITIONS_PER_TOPIC }, (_, partition) => ({ topic, partition })),
  )
  readonly #reader = new TailReader(this.#targets)
  readonly #running: Promise<void>[] = []
  #isActive = false
  /** Answers that were errors, and how many of each. */
  readonly refusals = new Map<string, number>()
  /** Requests that were acknowledged. */
  acknowledgedCount = 0

  constructor({ seed, hasLeaderOnly, groups = ['readers', 'writers'] }: TrafficOptions) {
    this.#seed = seed
    this.#producers = allKinds
      .filter(({ acks }) => hasLeaderOnly || acks === -1)
      .map(
        kind =>
          new IdempotentProducer({
            ...kind,
            targets: this.#targets,
            random: seededRandom(`${this.#seed}/${kind.name}`),
            history: this.#history,
            onAcknowledged: () => void this.acknowledgedCount++,
          }),
      )
    this.#committers = groups.map(group => new OffsetCommitter(group, this.#targets[0]!))
  }

  /** Makes the topics, in a new data folder. */
  async prepare(port: number): Promise<void> {
    const connection = await RawConnection.open(port)
    for (const topic of topics) await createTopic(connection, topic, PARTITIONS_PER_TOPIC)
    connection.destroy()
  }

  /** Begins, and goes on over errors and lost connections until `halt`. */
  start(port: number): void {
    this.#isActive = true
    for (const producer of this.#producers)
      this.#running.push(
        this.#repeat(
          () => producer.run(port),
          () => producer.giveUp(),
        ),
      )
    for (const committer of this.#committers)
      this.#running.push(this.#repeat(() => committer.run(port)))
    this.#running.push(this.#repeat(() => this.#reader.run(port)))
  }

  /** Hears no answer from now on: what was not acknowledged by now is open. */
  freeze(): void {
    this.#isActive = false
    for (const client of this.#clients) client.freeze()
  }

  /** Ends the connections; resolves when nothing is under way. */
  async halt(): Promise<void> {
    this.#isActive = false
    for (const client of this.#clients) client.disconnect()
    await Promise.all(this.#running.splice(0))
  }

  /** Lets what is open stay open, for some producers: they go on with a new id. The others send it again. */
  giveUp(isChosen: () => boolean): void {
    for (const producer of this.#producers)
      if (producer.inFlight > 0 && isChosen()) producer.giveUp()
  }

  /**
   * Compares with what the broker holds and adds it up. Groups are compared when they run. Without a promise what was
   * read may be gone.
   */
  async judge(port: number, findings: Findings, when: string, hasPromise = true): Promise<void> {
    for (const producer of this.#producers) producer.declareInFlight()
    const contents = await this.#read(port)
    const verdict = this.#history.judge(contents)
    findings.lost += verdict.lost.length
    findings.doubled += verdict.doubled.length
    const problems = [
      ...verdict.lost.map(value => `lost: ${value}`),
      ...verdict.doubled.map(value => `twice: ${value}`),
      ...verdict.problems,
      ...(hasPromise ? this.#reader.differences(contents) : []),
      ...[...contents].flatMap(([partition, values]) => disorder(partition, values)),
    ]
    for (const problem of problems.slice(0, 3)) findings.failures.push(`${when}: ${problem}`)
  }

  /** Compares the committed offsets of the groups too. They must be there, whatever the flush policy. */
  async judgeGroups(port: number, findings: Findings, when: string): Promise<void> {
    for (const committer of this.#committers) committer.stop()
    for (const committer of this.#committers)
      await committer.run(port).catch((error: unknown) => {
        findings.lost++
        findings.failures.push(`${when}: ${String(error)}`)
      })
  }

  /** Records that were acknowledged so far, and offset commits. */
  get acked(): number {
    return this.#history.judge(new Map()).acknowledged + this.commits
  }

  /** Offset commits that were acknowledged so far. */
  get commits(): number {
    return this.#committers.reduce((sum, committer) => sum + committer.acknowledgedCount, 0)
  }

  async #read(port: number): Promise<Map<string, { offset: number; value: string }[]>> {
    const contents = new Map<string, { offset: number; value: string }[]>()
    const reader = await RawConnection.open(port)
    try {
      for (const { topic, partition } of this.#targets)
        contents.set(
          `${topic}-${partition}`,
          (await readPartition(reader, topic, partition)).map(({ offset, key }) => ({
            offset,
            value: key,
          })),
        )
    } finally {
      reader.destroy()
    }
    return contents
  }

  get #clients() {
    return [...this.#producers, ...this.#committers, this.#reader]
  }

  async #repeat(run: () => Promise<void>, failed?: () => void): Promise<void> {
    while (this.#isActive) {
      try {
        await run()
      } catch (error) {
        const message = (error as Error).message.replaceAll(/\d+/g, 'N')
        this.refusals.set(message, (this.refusals.get(message) ?? 0) + 1)
        failed?.()
      }
      if (this.#isActive) await pause(RECONNECT_MS)
    }
  }
}

/** Values are `producer.number`; the numbers of a producer rise. */
function disorder(partition: string, values: readonly { value: string }[]): string[] {
  const last = new Map<string, number>()
  const problems: string[] = []
  for (const { value } of values) {
    const [producer = '', number] = value.split('.')
    if (Number(number) < (last.get(producer) ?? -1))
      problems.push(`${partition}: ${value} comes after ${producer}.${last.get(producer)}`)
    last.set(producer, Number(number))
  }
  return problems
}
