/**
 * The partitions that a consumer has now, and how far each was fetched and consumed. Fetched data that arrives for a
 * partition which was taken away or sought in the meantime is told by the `token` and dropped.
 */
import type { FetchedRecords } from './fetched-records.ts'

/** One partition of the assignment. */
export interface AssignedPartition {
  readonly topic: string
  readonly partition: number
  /** Changes with every seek. */
  token: number
  /** The next offset to fetch; undefined until it was looked up. */
  fetchOffset: number | undefined
  /** The next offset that the application has not processed; undefined until the first lookup. */
  consumedOffset: number | undefined
  consumedEpoch: number
  /** What was committed last, to not commit it again. */
  committedOffset: number | undefined
  /** Where to start when it is not known: overrides the group's committed offset. */
  resetTo: 'earliest' | 'latest' | undefined
  isPaused: boolean
  /** There is no offset to start from; ends with a seek. */
  isStuck: boolean
  isFetching: boolean
  highWatermark: number
  /** Fetched and not consumed yet, in order. */
  readonly buffered: FetchedRecords[]
}

export class AssignedPartitions {
  readonly #partitions = new Map<string, AssignedPartition>()

  get size(): number {
    return this.#partitions.size
  }

  get(topic: string, partition: number): AssignedPartition | undefined {
    return this.#partitions.get(key(topic, partition))
  }

  all(): AssignedPartition[] {
    return [...this.#partitions.values()]
  }

  /** Adds partitions; those that are there stay as they are. */
  add(partitions: Iterable<{ topic: string; partition: number }>): void {
    for (const { topic, partition } of partitions) {
      const name = key(topic, partition)
      if (this.#partitions.has(name)) continue
      this.#partitions.set(name, {
        topic,
        partition,
        token: 0,
        fetchOffset: undefined,
        consumedOffset: undefined,
        consumedEpoch: -1,
        committedOffset: undefined,
        resetTo: undefined,
        isPaused: false,
        isStuck: false,
        isFetching: false,
        highWatermark: -1,
        buffered: [],
      })
    }
  }

  clear(): void {
    this.#partitions.clear()
  }

  /** Whether `partition` is still assigned and was not sought since `token`. */
  isCurrent(partition: AssignedPartition, token: number): boolean {
    return this.get(partition.topic, partition.partition) === partition && partition.token === token
  }

  /** Goes to `offset`: what was fetched is dropped. */
  seek(partition: AssignedPartition, offset: number): void {
    this.#drop(partition)
    partition.fetchOffset = offset
    partition.consumedOffset = offset
    partition.consumedEpoch = -1
    partition.resetTo = undefined
  }

  /** Drops what was fetched, to fetch again from `offset`; what is consumed stays. */
  refetch(partition: AssignedPartition, offset: number): void {
    this.#drop(partition)
    partition.fetchOffset = offset
  }

  /** Goes to an end, to be looked up. */
  seekToEnd(partition: AssignedPartition, end: 'earliest' | 'latest'): void {
    this.#drop(partition)
    partition.fetchOffset = undefined
    partition.resetTo = end
  }

  /** What is to be committed: consumed and not committed yet. */
  uncommitted(): { partition: AssignedPartition; offset: number; leaderEpoch: number }[] {
    const result = []
    for (const partition of this.#partitions.values()) {
      const offset = partition.consumedOffset
      if (offset === undefined || offset === partition.committedOffset) continue
      result.push({ partition, offset, leaderEpoch: partition.consumedEpoch })
    }
    return result
  }

  /** Bytes that are fetched and not consumed. */
  bufferedBytes(): number {
    let bytes = 0
    for (const partition of this.#partitions.values())
      for (const fetched of partition.buffered) bytes += fetched.sizeInBytes
    return bytes
  }

  #drop(partition: AssignedPartition): void {
    partition.token++
    partition.isFetching = false
    partition.isStuck = false
    partition.buffered.length = 0
  }
}

function key(topic: string, partition: number): string {
  return `${topic}/${partition}`
}
