/**
 * The fixed workload of the crash tests: about 300 operations that write, roll, cut, delete, checkpoint, make and drop
 * topics, append to the quorum's log, write snapshots of it, stop cleanly and start again. The same seed gives the same
 * operations and the same file calls, so that a crash can be put at any of them.
 */
import { seededRandom, type Random } from '../../packages/base/src/index.ts'
import { batchOf, markerOf } from './batches.ts'
import { check, type Journal, PartitionJournal, type Producer, type SentBatch } from './journal.ts'
import { Machine, type DiskFaultAt, type FlushMode, type SimulatedWorld } from './machine.ts'

const OPERATIONS = 300
const TOPIC_ID_PREFIX = 'AAAAAAAAAAAAAAAAAAAA'
/** Producers of the partitions that clients write to. */
const producersOf: Readonly<Record<string, readonly number[]>> = {
  'orders-0': [11, 12],
  'large-0': [13],
}
const TRANSACTIONAL = 21

/** Runs the workload until its end, or until `faultAt` stops it. @throws Stopped at a stop, Violation */
export class Workload {
  readonly journal: Journal
  readonly random: Random
  readonly #mode: FlushMode
  readonly #faultAt: DiskFaultAt | undefined
  machine: Machine
  #topicCount = 0
  #isInTransaction = false

  constructor(world: SimulatedWorld, mode: FlushMode, journal: Journal, faultAt?: DiskFaultAt) {
    this.journal = journal
    this.random = seededRandom('workload')
    this.#mode = mode
    this.#faultAt = faultAt
    this.machine = new Machine(world, mode, journal)
  }

  async run(): Promise<void> {
    await this.#start()
    for (const [topic, isReplica] of [
      ['orders', false],
      ['large', false],
      ['ledger', false],
      ['replica', true],
    ] as const)
      this.#createTopic(topic, isReplica)
    for (let i = 0; i < OPERATIONS; i++) {
      await this.#operation(i)
      this.machine.checkAlive()
      // A disk that has failed takes no more: such a life only waits for its end.
      if (this.machine.hasFailed) return
    }
    await this.machine.close()
  }

  async #start(): Promise<void> {
    await this.machine.start(this.#faultAt)
    this.machine.logs.startTasks()
    beginEpoch(this.machine)
  }

  async #operation(index: number): Promise<void> {
    const { random, machine } = this
    machine.slowWrites = index % 100 > 80
    if (index % 100 === 99) return this.#restart()
    const kind = random.below(100)
    if (kind < 30) sendBatch(machine, this.journal.get('orders-0'), this.#producer(), random)
    else if (kind < 42) this.#appendLarge()
    else if (kind < 52) this.#transactionStep()
    else if (kind < 66) this.#replicaAppend()
    else if (kind < 70) await this.#replicaCut()
    else if (kind < 74) this.#deleteRecords()
    else if (kind < 78) this.#topicChange()
    else if (kind < 86) await this.#metadataAppend()
    else if (kind < 89) this.#metadataSnapshot()
    else if (kind < 91)
      this.machine.log(this.journal.get('large-0')).applyRetention(machine.world.clock.now())
    else if (kind < 97) await machine.advance(1000 + random.below(6000))
    else await machine.advance(61_000)
    if (random.below(3) > 0) await machine.advance(random.below(4))
  }

  async #restart(): Promise<void> {
    await this.machine.close()
    const world = this.machine.end('kill')
    this.machine = new Machine(world, this.#mode, this.journal)
    await this.#start()
  }

  #createTopic(topic: string, isReplica = false): PartitionJournal {
    const id = `${TOPIC_ID_PREFIX}${String(10 + this.#topicCount++)}`
    const partition = this.journal.add(new PartitionJournal(topic, 0, id, isReplica))
    this.machine.open(partition).assignLeaderEpoch(partition.leaderEpoch)
    return partition
  }

  #topicChange(): void {
    const old = this.journal.partitions.get('short-0')
    if (old === undefined) {
      const made = this.#createTopic('short')
      appendPlain(this.machine, made, this.random, 3)
      return
    }
    // Its metadata is gone first: nobody asks for its records any more.
    this.journal.partitions.delete(old.name)
    this.machine.logs.delete(old.topic, old.partition)
  }

  #producer(): Producer {
    const ids = producersOf['orders-0'] ?? []
    return this.journal.get('orders-0').producer(ids[this.random.below(ids.length)] ?? 11)
  }

  /** Slow writes of them queue up behind each other. */
  #appendLarge(): void {
    const partition = this.journal.get('large-0')
    const producer = partition.producer(13)
    for (let i = this.random.below(3); i >= 0; i--)
      send(this.machine, partition, producer, {
        values: this.journal.newValues(partition.name, 1),
        valueBytes: [1000, 5000, 20_000, 70_000][this.random.below(4)] ?? 1000,
        timestamp: this.machine.world.clock.now() - this.random.below(5000),
        baseSequence: producer.nextSequence++,
        lastOffset: -1,
      })
  }

  #transactionStep(): void {
    const partition = this.journal.get('ledger-0')
    const log = this.machine.log(partition)
    const producer = partition.producer(TRANSACTIONAL)
    const timestamp = this.machine.world.clock.now()
    if (this.#isInTransaction && this.random.below(3) === 0) {
      const type = this.random.below(2) === 0 ? 'abort' : 'commit'
      partition.tried(log.logEndOffset, [''], timestamp)
      const { leaderEpoch } = partition
      log.append(markerOf(producer, type, timestamp), { origin: 'coordinator', leaderEpoch })
      this.#isInTransaction = false
      return
    }
    this.#isInTransaction = true
    const values = this.journal.newValues(partition.name, 1 + this.random.below(3))
    const batch = batchOf(values, {
      timestamp,
      valueBytes: this.random.below(200),
      producerId: producer.id,
      producerEpoch: producer.epoch,
      baseSequence: producer.nextSequence,
      isTransactional: true,
    })
    producer.nextSequence += values.length
    partition.tried(log.logEndOffset, values, timestamp)
    log.append(batch, { origin: 'client', leaderEpoch: partition.leaderEpoch })
  }

  #replicaAppend(): void {
    const partition = this.journal.get('replica-0')
    if (this.random.below(6) === 0) partition.leaderEpoch++
    const counts = Array.from({ length: 1 + this.random.below(3) }, () => 1 + this.random.below(3))
    this.#replicate(partition, counts)
  }

  /** Batches of so many records, as the leader has them. */
  #replicate(partition: PartitionJournal, counts: readonly number[]): void {
    const log = this.machine.log(partition)
    const batches: Buffer[] = []
    let offset = log.logEndOffset
    for (const count of counts) {
      const values = this.journal.newValues(partition.name, count)
      const timestamp = this.machine.world.clock.now() + this.random.below(100)
      partition.tried(offset, values, timestamp)
      partition.batchBases.add(offset)
      batches.push(
        batchOf(values, {
          timestamp,
          valueBytes: this.random.below(600),
          baseOffset: offset,
          partitionLeaderEpoch: partition.leaderEpoch,
        }),
      )
      offset += values.length
    }
    const { leaderEpoch } = partition
    log.append(Buffer.concat(batches), { origin: 'replication', leaderEpoch })
  }

  /** The leader has fallen; the new one lacks the end of this log, and writes batches of the same sizes there. */
  async #replicaCut(): Promise<void> {
    const partition = this.journal.get('replica-0')
    const log = this.machine.log(partition)
    const room = Math.min(20, log.logEndOffset - log.highWatermark)
    if (room <= 0) return
    const target = log.logEndOffset - 1 - this.random.below(room)
    const bases = [...partition.batchBases, log.logEndOffset].sort((a, b) => a - b)
    // A batch that spans the target goes with it.
    const cut = Math.max(...bases.filter(base => base <= target))
    partition.cuttingTo = cut
    log.truncateTo(target)
    this.machine.checkAlive()
    if (log.failure !== undefined) return
    check(
      log.logEndOffset === cut && log.leaderEpochs.entries.every(one => one.startOffset <= cut),
      'R7',
      () => `${partition.name} was cut at ${target} and ends at ${log.logEndOffset}`,
    )
    partition.endsAt(cut)
    if (this.random.below(2) === 0) partition.leaderEpoch++
    if (this.random.below(2) === 0) log.advanceHighWatermark(Math.max(0, cut - 10))
    const above = bases.filter(base => base >= cut)
    for (let i = 1; i < above.length; i++) {
      await this.machine.advance(this.random.below(4))
      if (log.failure !== undefined) return
      this.#replicate(partition, [(above[i] ?? 0) - (above[i - 1] ?? 0)])
    }
  }

  #deleteRecords(): void {
    const partition = this.journal.get('orders-0')
    const log = this.machine.log(partition)
    if (log.highWatermark <= log.logStartOffset) return
    const room = log.highWatermark - log.logStartOffset
    const target = log.logStartOffset + this.random.below(Math.ceil(room / 2))
    partition.logStart = Math.max(partition.logStart, target)
    log.deleteRecordsTo(target)
  }

  async #metadataAppend(): Promise<void> {
    const { journal, machine } = this
    const values = journal.newValues('metadata', 1 + this.random.below(4))
    journal.metadata.push(...values)
    const end = journal.metadata.length
    const padding = ' '.repeat(this.random.below(150))
    const done = machine.raft
      .append(values.map(value => Buffer.from(value + padding)))
      .then(() => (journal.ackedMetadata = Math.max(journal.ackedMetadata, end)))
    done.catch(() => {})
    if (this.random.below(2) === 0) await machine.run(done)
  }

  #metadataSnapshot(): void {
    const { journal, machine } = this
    const { raft } = machine
    // Only when nothing is on its way, so that the values are those below the high watermark.
    if (raft.highWatermark !== raft.logEndOffset) return
    const values = journal.metadata.slice(0, journal.ackedMetadata).map(value => Buffer.from(value))
    raft.createSnapshot(raft.highWatermark, raft.leaderEpoch, machine.world.clock.now(), values)
  }
}

/** This life leads every partition of clients with a new epoch. */
export function beginEpoch(machine: Machine): void {
  for (const partition of machine.journal.partitions.values()) {
    if (partition.isReplica) continue
    partition.leaderEpoch++
    machine.log(partition).assignLeaderEpoch(partition.leaderEpoch)
  }
}

/** A new batch of an idempotent producer. */
export function sendBatch(
  machine: Machine,
  partition: PartitionJournal,
  producer: Producer,
  random: Random,
): void {
  const values = machine.journal.newValues(partition.name, 1 + random.below(4))
  const baseSequence = producer.nextSequence
  producer.nextSequence += values.length
  send(machine, partition, producer, {
    values,
    valueBytes: random.below(500),
    timestamp: machine.world.clock.now() - random.below(1000),
    baseSequence,
    lastOffset: -1,
  })
}

/** Sends a batch, or sends it again. A log that works must take it, or know it. */
export function send(
  machine: Machine,
  partition: PartitionJournal,
  producer: Producer,
  sent: SentBatch,
): void {
  const log = machine.log(partition)
  const isAgain = producer.inFlight.includes(sent)
  if (!isAgain) producer.inFlight.push(sent)
  const batch = batchOf(sent.values, {
    timestamp: sent.timestamp,
    valueBytes: sent.valueBytes,
    producerId: producer.id,
    producerEpoch: producer.epoch,
    baseSequence: sent.baseSequence,
  })
  const end = log.logEndOffset
  if (!isAgain) partition.tried(end, sent.values, sent.timestamp)
  const result = log.append(batch, { origin: 'client', leaderEpoch: partition.leaderEpoch })
  machine.checkAlive()
  if (result.error === 'KAFKA_STORAGE_ERROR' && log.failure !== undefined) return
  check(
    result.error === undefined,
    'T1',
    () => `${partition.name} refused a batch of producer ${producer.id}: ${JSON.stringify(result)}`,
  )
  if (result.error !== undefined) return
  sent.lastOffset = result.lastOffset
  if (!isAgain) return
  if (result.duplicate === true)
    check(
      sent.values.every(
        (value, index) => partition.values.get(result.baseOffset + index) === value,
      ),
      'T1',
      () =>
        `${partition.name} took ${sent.values.join()} for the records at offset ${result.baseOffset}`,
    )
  else partition.tried(end, sent.values, sent.timestamp)
}

/** A batch without a producer id. */
function appendPlain(
  machine: Machine,
  partition: PartitionJournal,
  random: Random,
  count: number,
): void {
  const log = machine.log(partition)
  const values = machine.journal.newValues(partition.name, count)
  const timestamp = machine.world.clock.now()
  partition.tried(log.logEndOffset, values, timestamp)
  const batch = batchOf(values, { timestamp, valueBytes: random.below(300) })
  log.append(batch, { origin: 'client', leaderEpoch: partition.leaderEpoch })
}

/** The few records of the images whose bits are flipped: two segments, a transaction that was aborted, a snapshot. */
export class RotWorkload {
  readonly machine: Machine
  readonly #journal: Journal

  constructor(world: SimulatedWorld, mode: FlushMode, journal: Journal) {
    this.machine = new Machine(world, mode, journal)
    this.#journal = journal
  }

  async run(endsCleanly: boolean): Promise<void> {
    const { machine } = this
    const journal = this.#journal
    await machine.start()
    machine.logs.startTasks()
    const random = seededRandom('rot')
    const topics = ['orders', 'ledger'].map((topic, index) =>
      journal.add(new PartitionJournal(topic, 0, `${TOPIC_ID_PREFIX}${10 + index}`)),
    )
    for (const partition of topics) {
      const log = machine.open(partition)
      for (let i = 0; i < 4; i++) {
        if (i % 2 === 0) log.assignLeaderEpoch(++partition.leaderEpoch)
        sendBatch(machine, partition, partition.producer(11), random)
        await machine.advance(5)
      }
    }
    const ledger = journal.get('ledger-0')
    const log = machine.log(ledger)
    const { leaderEpoch } = ledger
    const producer = { id: TRANSACTIONAL, epoch: 0 }
    const timestamp = machine.world.clock.now()
    const options = { timestamp, valueBytes: 10, isTransactional: true, baseSequence: 0 }
    log.append(batchOf(['open'], { ...options, producerId: TRANSACTIONAL, producerEpoch: 0 }), {
      origin: 'client',
      leaderEpoch,
    })
    log.append(markerOf(producer, 'abort', timestamp), { origin: 'coordinator', leaderEpoch })
    for (let i = 0; i < 2; i++) {
      const values = journal.newValues('metadata', 2).map(value => Buffer.from(value))
      await machine.run(machine.raft.append(values))
      journal.metadata.push(...values.map(String))
      if (i === 0)
        machine.raft.createSnapshot(
          machine.raft.highWatermark,
          machine.raft.leaderEpoch,
          timestamp,
          values,
        )
    }
    await machine.advance(10_000)
    sendBatch(machine, journal.get('orders-0'), journal.get('orders-0').producer(11), random)
    await machine.advance(50)
    if (endsCleanly) await machine.close()
  }
}
