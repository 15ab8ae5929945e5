/**
 * A consumer that reads along while the faults happen: it remembers what it saw. An offset once served keeps its record
 * (V1), and comes in order and without a gap (V2), whatever happens to the broker in between.
 */
import {
  Apis,
  ErrorCode,
  errorName,
  readBatches,
  readRecords,
} from '../../packages/protocol/src/index.ts'
import { RawConnection } from '../../packages/testing/src/index.ts'

const FETCH_MAX_BYTES = 4 * 1024 * 1024
const MAX_WAIT_MS = 20

/** Where to read. */
interface Target {
  readonly topic: string
  readonly partition: number
}

export class TailReader {
  readonly #targets: readonly Target[]
  /** By partition: the keys of the records, from offset 0 on. */
  readonly seen: Map<string, string[]>
  readonly problems: string[] = []
  #connection: RawConnection | undefined
  #isFrozen = false

  constructor(targets: readonly Target[]) {
    this.#targets = targets
    this.seen = new Map(targets.map(({ topic, partition }) => [`${topic}-${partition}`, []]))
  }

  /** Reads on until the connection ends. */
  async run(port: number): Promise<void> {
    const connection = await RawConnection.open(port).catch(() => undefined)
    if (connection === undefined) return
    this.#connection = connection
    this.#isFrozen = false
    try {
      while (!connection.isClosed) await this.#fetch(connection)
    } catch {
      // The connection has ended, or the topic is not there yet.
    } finally {
      connection.destroy()
    }
  }

  freeze(): void {
    this.#isFrozen = true
  }

  disconnect(): void {
    this.#connection?.destroy()
  }

  /** What is there now against what was seen. */
  differences(contents: ReadonlyMap<string, readonly { readonly value: string }[]>): string[] {
    const problems = [...this.problems]
    for (const [partition, values] of this.seen) {
      const now = contents.get(partition) ?? []
      const index = values.findIndex((value, offset) => now[offset]?.value !== value)
      if (index >= 0)
        problems.push(
          `${partition}: offset ${index} was read as ${values[index]} and is ${now[index]?.value ?? 'gone'}`,
        )
    }
    return problems
  }

  async #fetch(connection: RawConnection): Promise<void> {
    const answer = await connection.request(Apis.Fetch, 12, {
      maxWaitMs: MAX_WAIT_MS,
      minBytes: 1,
      maxBytes: FETCH_MAX_BYTES,
      topics: [...Map.groupBy(this.#targets, ({ topic }) => topic)].map(([topic, targets]) => ({
        topic,
        partitions: targets.map(({ partition }) => ({
          partition,
          fetchOffset: this.#valuesOf(topic, partition).length,
          partitionMaxBytes: FETCH_MAX_BYTES,
        })),
      })),
    })
    if (this.#isFrozen) return
    for (const { topic, partitions } of answer.responses)
      for (const { partitionIndex, errorCode, records } of partitions) {
        if (errorCode !== ErrorCode.NONE) throw new Error(errorName(errorCode))
        this.#take(topic, partitionIndex, records ?? Buffer.alloc(0))
      }
  }

  #take(topic: string, partition: number, bytes: Buffer): void {
    const values = this.#valuesOf(topic, partition)
    for (const { buffer, at } of readBatches(bytes))
      for (const { offset, key } of readRecords(buffer, at)) {
        if (offset < values.length) continue
        if (offset > values.length && this.problems.length < 3)
          this.problems.push(
            `${topic}-${partition}: offset ${offset} came where ${values.length} should be`,
          )
        values[offset] = String(key)
      }
  }

  #valuesOf(topic: string, partition: number): string[] {
    return this.seen.get(`${topic}-${partition}`)!
  }
}
