/** Partitions in memory. A test may hold commits back, or let appends and loads fail. */
import { KafkaError, type ErrorName } from '@moldau/protocol'
import type { ShardStorage } from '../../src/runtime/shard-storage.ts'

export class MemoryStorage implements ShardStorage {
  readonly partitions = new Map<number, Buffer[]>()
  /** The next appends fail so; they leave nothing behind. */
  appendError: ErrorName | undefined
  loadError: ErrorName | undefined
  /** Nothing is committed before `commitAll`. */
  isHeld = false
  loadCount = 0
  /** Of each append, whether it must be on disk. */
  readonly onDisk: boolean[] = []
  readonly #held: (() => void)[] = []

  append(partition: number, records: Buffer, mustBeOnDisk: boolean): Promise<number> {
    this.onDisk.push(mustBeOnDisk)
    if (this.appendError !== undefined) return Promise.reject(new KafkaError(this.appendError))
    const batches = this.partitions.get(partition) ?? []
    this.partitions.set(partition, batches)
    batches.push(Buffer.from(records))
    const end = batches.length
    if (!this.isHeld) return Promise.resolve(end)
    return new Promise(resolve => this.#held.push(() => resolve(end)))
  }

  async *load(partition: number): AsyncGenerator<Buffer> {
    this.loadCount++
    await Promise.resolve()
    if (this.loadError !== undefined) throw new KafkaError(this.loadError)
    yield* this.partitions.get(partition) ?? []
  }

  /** What was appended so far counts. */
  commitAll(): void {
    for (const commit of this.#held.splice(0)) commit()
  }
}
