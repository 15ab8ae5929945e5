/**
 * What the outside world knows: which values a workload has tried to write, which were acknowledged, what was cut or
 * deleted on purpose. It survives every crash, as clients and the quorum's other parts would, and the checks compare
 * the recovered log with it. No part of the log package is asked.
 */

/** A batch of a client that is sent again until it is acknowledged. */
export interface SentBatch {
  readonly values: readonly string[]
  readonly valueBytes: number
  readonly timestamp: number
  readonly baseSequence: number
  /** Last offset that it got, when it got one. */
  lastOffset: number
}

/** An idempotent producer of one partition. */
export interface Producer {
  readonly id: number
  epoch: number
  nextSequence: number
  /** Sent and not acknowledged, oldest first. */
  inFlight: SentBatch[]
}

/** One partition, as the outside knows it. */
export class PartitionJournal {
  readonly topic: string
  readonly partition: number
  readonly topicId: string
  /** Its batches come with offsets from another leader, and may be cut. */
  readonly isReplica: boolean
  /** Value by offset; control records are '' */
  readonly values = new Map<number, string>()
  readonly timestamps = new Map<number, number>()
  /** Values acknowledged, by offset. */
  readonly acked = new Map<number, string>()
  readonly producers = new Map<number, Producer>()
  /** The largest durable offset that the log told; lowered when the log is cut on purpose. */
  durable = 0
  /** Everything below was acknowledged. */
  ackedEnd = 0
  /** Records below may be gone. */
  logStart = 0
  /** Where the batches of a replica begin. */
  readonly batchBases = new Set<number>()
  /** A cut that is under way: the log may end there. */
  cuttingTo = Infinity
  leaderEpoch = 0

  constructor(topic: string, partition: number, topicId: string, isReplica = false) {
    this.topic = topic
    this.partition = partition
    this.topicId = topicId
    this.isReplica = isReplica
  }

  get name(): string {
    return `${this.topic}-${this.partition}`
  }

  /** Values are on their way to these offsets. */
  tried(baseOffset: number, values: readonly string[], timestamp: number): void {
    values.forEach((value, index) => {
      this.values.set(baseOffset + index, value)
      this.timestamps.set(baseOffset + index, timestamp)
    })
  }

  /** The log counts everything below `end` towards the high watermark: clients have their answers. */
  acknowledge(end: number): void {
    for (let offset = this.ackedEnd; offset < end; offset++) {
      const value = this.values.get(offset)
      if (value !== undefined) this.acked.set(offset, value)
    }
    this.ackedEnd = Math.max(this.ackedEnd, end)
    for (const producer of this.producers.values())
      producer.inFlight = producer.inFlight.filter(
        sent => sent.lastOffset < 0 || sent.lastOffset >= end,
      )
  }

  /** The log ends here now, by a cut on purpose or as recovery has found it. */
  endsAt(end: number): void {
    for (const offset of this.values.keys())
      if (offset >= end) {
        this.values.delete(offset)
        this.timestamps.delete(offset)
        this.acked.delete(offset)
      }
    this.durable = Math.min(this.durable, end)
    this.ackedEnd = Math.min(this.ackedEnd, end)
    for (const base of this.batchBases) if (base >= end) this.batchBases.delete(base)
    this.cuttingTo = Infinity
  }

  producer(id: number): Producer {
    let producer = this.producers.get(id)
    if (producer === undefined) {
      producer = { id, epoch: 0, nextSequence: 0, inFlight: [] }
      this.producers.set(id, producer)
    }
    return producer
  }
}

/** All that the outside knows. */
export class Journal {
  readonly partitions = new Map<string, PartitionJournal>()
  /** Values of the metadata log in the order of their appends. */
  readonly metadata: string[] = []
  ackedMetadata = 0
  /** Values that were acknowledged by any log so far, also of topics that are gone. */
  ackedCount = 0
  clusterId = ''
  /** The largest epoch in which this node was elected. */
  quorumEpoch = 0
  #valueCount = 0

  add(partition: PartitionJournal): PartitionJournal {
    this.partitions.set(partition.name, partition)
    return partition
  }

  get(name: string): PartitionJournal {
    const found = this.partitions.get(name)
    if (found === undefined) throw new Error(`No partition ${name} in the journal`)
    return found
  }

  /** Values that were never used before. */
  newValues(subject: string, count: number): string[] {
    return Array.from({ length: count }, () => `${subject}:${this.#valueCount++}`)
  }
}

/** A check that failed: `invariant` names it as docs/guarantees.md does. */
export class Violation extends Error {
  readonly invariant: string

  constructor(invariant: string, message: string) {
    super(`${invariant}: ${message}`)
    this.invariant = invariant
  }
}

/** @throws Violation unless `holds` */
export function check(holds: boolean, invariant: string, message: () => string): void {
  if (!holds) throw new Violation(invariant, message())
}
