/**
 * Compares logs that were opened after a crash with what the outside knows of them: nothing acknowledged is missing
 * (where the setting promises so), nothing is doubled, nothing else is there. Then goes on as clients would: what was
 * in flight is sent again, and must be taken or recognised.
 */
import { batch, readBatches, readRecords } from '../../packages/protocol/src/index.ts'
import type { PartitionLog } from '../../packages/log/src/index.ts'
import { check, type Journal, type PartitionJournal, type Producer } from './journal.ts'
import { batchOf } from './batches.ts'
import type { FlushMode, Machine } from './machine.ts'
import { beginEpoch, send, sendBatch } from './workload.ts'
import type { Random } from '../../packages/base/src/index.ts'

/** What was found. Lost counts acknowledged values that a power cut may take under `flush.policy=os`. */
export interface Found {
  readonly lostAsPromised: number
}

/** What must be there after this stop. */
export interface Promised {
  readonly mode: FlushMode
  /** The power was gone at least once since the journal was last brought up to date. */
  readonly hadPowerCut: boolean
}

/** Checks all partitions and the metadata log. @throws Violation */
export async function checkRecovered(machine: Machine, promised: Promised): Promise<Found> {
  let lostAsPromised = 0
  for (const partition of machine.journal.partitions.values())
    lostAsPromised += await checkPartition(machine, partition, promised)
  await checkMetadata(machine)
  return { lostAsPromised }
}

async function checkPartition(
  machine: Machine,
  partition: PartitionJournal,
  { mode, hadPowerCut }: Promised,
): Promise<number> {
  const log = machine.log(partition)
  const end = log.logEndOffset
  const { name } = partition
  check(log.failure === undefined, 'L7', () => `${name} is offline: ${log.failure?.message}`)
  check(
    end >= Math.min(partition.durable, partition.cuttingTo),
    'L7',
    () => `${name} ends at ${end}, ${partition.durable} was durable`,
  )
  const promisesAll = mode === 'commit' || !hadPowerCut
  check(
    !promisesAll || end >= partition.ackedEnd,
    'D1',
    () => `${name} ends at ${end}, below ${partition.ackedEnd} all was acknowledged`,
  )
  check(
    log.logStartOffset <= Math.max(partition.logStart, firstOffset(partition)),
    'C4',
    () => `${name} begins at ${log.logStartOffset}, ${partition.logStart} was asked for`,
  )
  const { logStartOffset, highWatermark, lastStableOffset } = log
  check(
    logStartOffset <= highWatermark && highWatermark <= end && lastStableOffset <= highWatermark,
    'L4',
    () =>
      `${name} has log start ${logStartOffset}, last stable ${lastStableOffset}, high watermark ${highWatermark}, end ${end}`,
  )
  await checkValues(machine, partition, log)
  await checkReads(machine, partition, log)
  await checkTimes(partition, log)
  const lost = [...partition.acked.keys()].filter(offset => offset >= end).length
  partition.endsAt(end)
  return lost
}

/** Retention may have taken what lies below the oldest value that a log still had. */
function firstOffset(partition: PartitionJournal): number {
  return partition.topic === 'large' ? Infinity : partition.logStart
}

async function checkValues(machine: Machine, partition: PartitionJournal, log: PartitionLog) {
  const { name } = partition
  const seen = new Map<string, number>()
  let next = log.logStartOffset
  for (const { offset, value } of await readAll(machine, log)) {
    check(offset === next, 'V2', () => `${name} has offset ${offset} where ${next} is next`)
    next = offset + 1
    check(
      value === partition.values.get(offset),
      'V1',
      () => `${name} has ${value} at ${offset}, written was ${partition.values.get(offset)}`,
    )
    const other = value === '' ? undefined : seen.get(value)
    check(other === undefined, 'T1', () => `${name} has ${value} at ${other} and at ${offset}`)
    seen.set(value, offset)
  }
  check(
    next === log.logEndOffset,
    'V2',
    () => `${name} can be read up to ${next} of ${log.logEndOffset}`,
  )
}

/** A read from any offset begins with the batch that holds it. */
async function checkReads(machine: Machine, partition: PartitionJournal, log: PartitionLog) {
  for (let offset = log.logStartOffset; offset < log.logEndOffset; offset += 7) {
    const range = { upTo: log.logEndOffset, maxBytes: 1, minOneBatch: true }
    const result = await machine.run(Promise.resolve(log.read(offset, range)))
    const part = 'parts' in result ? result.parts[0] : undefined
    check(
      part !== undefined &&
        batch.baseOffset(part, 0) <= offset &&
        offset <= batch.lastOffset(part, 0),
      'L3',
      () => `${partition.name} does not find offset ${offset}`,
    )
    if ('parts' in result) result.release()
  }
}

/** Lookups by time give what a walk through the values gives. */
async function checkTimes(partition: PartitionJournal, log: PartitionLog): Promise<void> {
  const stamps = [...partition.timestamps].filter(
    ([offset]) => offset >= log.logStartOffset && offset < log.logEndOffset,
  )
  for (const [, timestamp] of stamps.filter((_, index) => index % 23 === 0)) {
    const expected = stamps.find(([, stamp]) => stamp >= timestamp)?.[0]
    const found = (await log.offsetForTimestamp(timestamp))?.offset
    check(
      found === expected,
      'L3',
      () => `${partition.name} finds offset ${found} for time ${timestamp}, ${expected} is right`,
    )
  }
}

/** Every record that a consumer gets. Checks batches as clients do, by their checksums. */
export async function readAll(machine: Machine, log: PartitionLog) {
  const records: { offset: number; value: string }[] = []
  for (let next = log.logStartOffset; next < log.logEndOffset;) {
    const range = { upTo: log.logEndOffset, maxBytes: 8000, minOneBatch: true }
    const result = await machine.run(Promise.resolve(log.read(next, range)))
    if ('error' in result && result.error !== undefined) throw new Error(result.error)
    if (!('parts' in result) || result.parts.length === 0) break
    const from = next
    for (const part of result.parts)
      for (const { at } of readBatches(part)) {
        if (!batch.isCrcValid(part, at))
          throw new Error(`the checksum of the batch at ${batch.baseOffset(part, at)} is wrong`)
        for (const record of readRecords(part, at))
          if (record.offset >= from)
            records.push({
              offset: record.offset,
              value: batch.isControl(part, at) ? '' : (record.value?.toString().trim() ?? ''),
            })
        next = batch.lastOffset(part, at) + 1
      }
    result.release()
    if (next === from) break
  }
  return records
}

/** The values of the metadata log, in order: of its newest snapshot, then of what follows. */
export async function readMetadata(machine: Machine): Promise<string[]> {
  const values: string[] = []
  await machine.run(
    machine.raft.register({
      snapshot: snapshot => {
        values.length = 0
        for (const value of snapshot.values()) values.push(value.toString().trim())
      },
      committed(one) {
        values.push(...one.values.map(value => value.toString().trim()))
      },
    }),
  )
  return values
}

async function checkMetadata(machine: Machine): Promise<void> {
  const { journal } = machine
  const values = await readMetadata(machine)
  values.forEach((value, index) =>
    check(
      value === journal.metadata[index],
      'Q2',
      () => `the metadata log has ${value} as number ${index}, not ${journal.metadata[index]}`,
    ),
  )
  check(
    values.length >= journal.ackedMetadata,
    'D2',
    () => `the metadata log has ${values.length} values, ${journal.ackedMetadata} were committed`,
  )
  journal.metadata.length = values.length
}

/** Clients come back: what they had in flight is sent again, then they go on. */
export async function goOn(machine: Machine, random: Random, promised: Promised): Promise<void> {
  beginEpoch(machine)
  const mayHaveLost = promised.mode === 'os' && promised.hadPowerCut
  for (const partition of machine.journal.partitions.values()) {
    if (partition.isReplica) continue
    for (const producer of partition.producers.values()) {
      if (partition.topic === 'ledger') continue
      // A client that was told of records which are gone begins anew.
      if (mayHaveLost) {
        producer.epoch++
        producer.nextSequence = 0
        producer.inFlight = []
      }
      for (const sent of producer.inFlight.slice()) send(machine, partition, producer, sent)
      sendBatch(machine, partition, producer, random)
      checkGapRefused(machine, partition, producer)
      sendBatch(machine, partition, producer, random)
    }
  }
  const { journal } = machine
  const values = journal.newValues('metadata', 2)
  journal.metadata.push(...values)
  await machine.run(machine.raft.append(values.map(value => Buffer.from(value))))
  journal.ackedMetadata = journal.metadata.length
  await machine.advance(50)
}

/** A batch that leaves a sequence out is refused: the one before it may still be on its way. */
function checkGapRefused(machine: Machine, partition: PartitionJournal, producer: Producer): void {
  const log = machine.log(partition)
  const early = batchOf(['early'], {
    timestamp: machine.world.clock.now(),
    valueBytes: 10,
    producerId: producer.id,
    producerEpoch: producer.epoch,
    baseSequence: producer.nextSequence + 1,
  })
  const result = log.append(early, { origin: 'client', leaderEpoch: partition.leaderEpoch })
  check(
    result.error === 'OUT_OF_ORDER_SEQUENCE_NUMBER',
    'T1',
    () => `${partition.name} took a batch of producer ${producer.id} that leaves a sequence out`,
  )
}

/** Values that clients were told of. */
export function ackedCount(journal: Journal): number {
  let count = journal.ackedMetadata
  for (const partition of journal.partitions.values()) count += partition.acked.size
  return count
}
