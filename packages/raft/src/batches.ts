/** The batches of the metadata log and of its snapshots, to and from bytes. Values are opaque here. */
import type { Steps } from '@moldau/base'
import {
  batch,
  BatchBuilder,
  decodeControlKey,
  encodeControlKey,
  KRaftVersionRecord,
  LeaderChangeMessage,
  readRecords,
  SnapshotFooterRecord,
  SnapshotHeaderRecord,
  VotersRecord,
} from '@moldau/protocol'
import { votersBody, type Voter } from './core/voters.ts'

/** Batches of values in a snapshot end at about this size. */
const SNAPSHOT_BATCH_BYTES = 1024 * 1024

/** Records between two steps. */
const RECORDS_PER_STEP = 64

/** Where and when a batch is written. */
export interface BatchPlace {
  readonly baseOffset: number
  readonly epoch: number
  readonly timestamp: number
}

/** A batch, read. Control batches have no values, but may tell kraft.version and voters. */
export interface DecodedBatch {
  readonly baseOffset: number
  readonly lastOffset: number
  readonly epoch: number
  readonly appendTimestamp: number
  readonly sizeInBytes: number
  readonly values: readonly Buffer[]
  readonly kraftVersion?: number
  readonly voters?: VotersRecord
  /** Of a snapshot's header. */
  readonly lastContainedLogTimestamp?: number
  readonly isFooter?: boolean
}

/** A batch of record values. */
export function* valuesBatch(values: readonly Buffer[], place: BatchPlace): Steps<Buffer> {
  let initialBytes = 128
  for (const value of values) initialBytes += value.length + 16
  const { baseOffset, epoch: partitionLeaderEpoch, timestamp } = place
  const builder = new BatchBuilder({ baseOffset, partitionLeaderEpoch, initialBytes })
  for (const [i, value] of values.entries()) {
    if (i % RECORDS_PER_STEP === RECORDS_PER_STEP - 1) yield
    builder.append({ timestamp, key: null, value })
  }
  return builder.build()
}

/** The first batch of an epoch. `voters` are repeated in it while the log itself does not hold them yet. */
export function leaderChangeBatch(
  leader: { leaderId: number; voters: readonly number[]; grantingVoters: readonly number[] },
  voters: readonly Voter[] | undefined,
  place: BatchPlace,
): Buffer {
  const builder = controlBuilder(place)
  const ids = (list: readonly number[]) => list.map(voterId => ({ voterId }))
  const body = {
    version: 0,
    leaderId: leader.leaderId,
    voters: ids(leader.voters),
    grantingVoters: ids(leader.grantingVoters),
  }
  append(builder, 'leader-change', LeaderChangeMessage.encode(body, 0), place)
  if (voters !== undefined) appendVoters(builder, voters, place)
  return builder.build()
}

/**
 * All batches of a snapshot: header, values, footer; undefined where others may have their turn. `voters` are given
 * under kraft.version 1.
 */
export function* snapshotBatches(
  values: Iterable<Buffer>,
  options: {
    lastContainedLogTimestamp: number
    voters: readonly Voter[] | undefined
    epoch: number
    timestamp: number
  },
): Generator<Buffer | undefined> {
  const { epoch, timestamp, voters, lastContainedLogTimestamp } = options
  let place: BatchPlace = { baseOffset: 0, epoch, timestamp }
  const header = controlBuilder(place)
  append(
    header,
    'snapshot-header',
    SnapshotHeaderRecord.encode({ version: 0, lastContainedLogTimestamp }, 0),
    place,
  )
  if (voters !== undefined) appendVoters(header, voters, place)
  let baseOffset = header.recordCount
  yield header.build()
  let chunk: Buffer[] = []
  let chunkBytes = 0
  for (const value of values) {
    chunk.push(value)
    chunkBytes += value.length
    if (chunk.length % RECORDS_PER_STEP === 0) yield
    if (chunkBytes < SNAPSHOT_BATCH_BYTES) continue
    yield yield* valuesBatch(chunk, { baseOffset, epoch, timestamp })
    baseOffset += chunk.length
    chunk = []
    chunkBytes = 0
  }
  if (chunk.length > 0) yield yield* valuesBatch(chunk, { baseOffset, epoch, timestamp })
  place = { baseOffset: baseOffset + chunk.length, epoch, timestamp }
  const footer = controlBuilder(place)
  append(footer, 'snapshot-footer', SnapshotFooterRecord.encode({ version: 0 }, 0), place)
  yield footer.build()
}

/** Reads the batch at `at`. @throws Error when its checksum is wrong */
export function decodeBatch(buffer: Buffer, at: number): DecodedBatch {
  const baseOffset = batch.baseOffset(buffer, at)
  if (!batch.isCrcValid(buffer, at))
    throw new Error(
      `Batch at offset ${baseOffset} of the metadata log is damaged: its CRC is wrong`,
    )
  const head = {
    baseOffset,
    lastOffset: batch.lastOffset(buffer, at),
    epoch: batch.partitionLeaderEpoch(buffer, at),
    appendTimestamp: batch.maxTimestamp(buffer, at),
    sizeInBytes: batch.sizeInBytes(buffer, at),
  }
  if (batch.isControl(buffer, at)) return { ...head, values: [], ...controlContents(buffer, at) }
  const values: Buffer[] = []
  for (const record of readRecords(buffer, at)) {
    // Read parts are given back to the log; values live on.
    if (record.value !== null) values.push(Buffer.from(record.value))
  }
  return { ...head, values }
}

function controlContents(buffer: Buffer, at: number) {
  const contents: {
    kraftVersion?: number
    voters?: VotersRecord
    lastContainedLogTimestamp?: number
    isFooter?: boolean
  } = {}
  for (const { key, value } of readRecords(buffer, at)) {
    if (value === null) continue
    const type = decodeControlKey(key)
    if (type === 'kraft-version') {
      contents.kraftVersion = KRaftVersionRecord.decode(value, 0).kRaftVersion
    } else if (type === 'kraft-voters') {
      contents.voters = VotersRecord.decode(value, 0)
    } else if (type === 'snapshot-header') {
      contents.lastContainedLogTimestamp = SnapshotHeaderRecord.decode(
        value,
        0,
      ).lastContainedLogTimestamp
    } else if (type === 'snapshot-footer') {
      contents.isFooter = true
    }
  }
  return contents
}

function controlBuilder({ baseOffset, epoch }: BatchPlace): BatchBuilder {
  return new BatchBuilder({ baseOffset, partitionLeaderEpoch: epoch, isControl: true })
}

function appendVoters(builder: BatchBuilder, voters: readonly Voter[], place: BatchPlace): void {
  append(
    builder,
    'kraft-version',
    KRaftVersionRecord.encode({ version: 0, kRaftVersion: 1 }, 0),
    place,
  )
  append(builder, 'kraft-voters', VotersRecord.encode(votersBody(voters), 0), place)
}

function append(
  builder: BatchBuilder,
  type: Parameters<typeof encodeControlKey>[0],
  value: Buffer,
  { timestamp }: BatchPlace,
): void {
  builder.append({ timestamp, key: encodeControlKey(type), value })
}
