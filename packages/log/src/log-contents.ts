/**
 * Opens the folder of a partition: finds its segments, checks what the last stop left, and rebuilds what is not on
 * disk. After a clean stop that is a look at the tail; after an unclean one every batch from the recovery point on is
 * read and its checksum checked (RELIABILITY.md 3.3): a bad batch at or above the durable offset is a torn tail, which
 * is cut and counted; one below it is damage, which is never cut: the log stays offline with its files as they are.
 */
import { atOnce, type Steps } from '@moldau/base'
import { nextTurn } from '@moldau/io'
import { batch, decodeControlKey, decodeTransactionMarker, readRecords } from '@moldau/protocol'
import { BatchScanner, type KnownPosition } from './batch-scanner.ts'
import { decodeEpochs, LEADER_EPOCH_FILE, readText, syncPartitionMetadata } from './checkpoints.ts'
import { LeaderEpochs } from './core/leader-epochs.ts'
import {
  ProducerStates,
  type ProducerBatchHeader,
  type TransactionMarker,
} from './core/producer-states.ts'
import type { SharedResources } from './log-environment.ts'
import { listSnapshots, loadSnapshot } from './producer-snapshots.ts'
import { recallBatches } from './producer-recall.ts'
import { Segment } from './segment.ts'
import { offsetOfName, segmentPath, Suffix } from './segment-files.ts'
import { finishSwaps, segmentSuffixes } from './swap-files.ts'

/** Bytes after which a step of opening ends, so that a start stays responsive. */
export const STEP_BYTES = 16 * 1024 * 1024

/** What the checkpoints say of a partition. */
export interface KnownLog {
  readonly logStartOffset: number
  /** Everything below was durable, indexes included. */
  readonly recoveryPoint: number
  /** Every byte below was durable. */
  readonly durableOffset: number
  readonly highWatermark: number
  /** The directory was closed cleanly, so the files are believed. */
  readonly isClean: boolean
  /** The files are believed although the last stop was not clean: nothing was written since the last checkpoint. */
  readonly isUntouched?: boolean
  /** The disk failed in the last life: what is not known to be durable is written again. */
  readonly isAfterFailure?: boolean
  /** How the last segment looked at the last clean stop or checkpoint, where known. */
  readonly tail: KnownTail | undefined
}

/** The end of a log that was closed. */
export interface KnownTail {
  readonly logEndOffset: number
  readonly segmentBase: number
  readonly segmentBytes: number
}

/** Nothing is known: a new folder, or one without checkpoints. */
export const unknownLog: KnownLog = {
  logStartOffset: 0,
  recoveryPoint: 0,
  durableOffset: 0,
  highWatermark: 0,
  isClean: false,
  tail: undefined,
}

/** How to open. */
export interface OpenOptions {
  readonly shared: SharedResources
  readonly folder: string
  /** `orders-3`, for messages. */
  readonly subject: string
  readonly known: KnownLog
  readonly indexIntervalBytes: number
  /** Off for the quorum's log, which has no producers. */
  readonly tracksProducers: boolean
}

/** An opened partition. */
export interface LogContents {
  /** Oldest first. Empty until the first append to a new partition. */
  readonly segments: Segment[]
  logStartOffset: number
  logEndOffset: number
  epochs: LeaderEpochs
  readonly producers: ProducerStates
  /** Bytes that were cut from a torn tail. */
  readonly cutBytes: number
  /** Whether batches were read again and checked. */
  readonly wasRecovered: boolean
  readonly damage: Error | undefined
  /** First offset of the segments that were read again: nothing beside the log is believed from here on. */
  readonly recoveredFrom: number
}

/** Opens in one go. */
export function openContents(options: OpenOptions): LogContents {
  return atOnce(contentsInSteps(options))
}

/** Opens in steps, giving way to other work after each. */
export async function openContentsSlowly(options: OpenOptions): Promise<LogContents> {
  const steps = contentsInSteps(options)
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
    await nextTurn(options.shared.world)
  }
}

function* contentsInSteps(options: OpenOptions): Steps<LogContents> {
  const { shared, folder, known } = options
  const segments = findSegments(options)
  const storedEpochs = readText(shared.files, `${folder}/${LEADER_EPOCH_FILE}`)
  const epochEntries = storedEpochs === undefined ? [] : decodeEpochs(storedEpochs)
  const epochs = new LeaderEpochs(epochEntries)
  const contents = {
    segments,
    logStartOffset: Math.max(known.logStartOffset, segments[0]?.baseOffset ?? 0),
    logEndOffset: 0,
    epochs,
    producers: new ProducerStates(),
    cutBytes: 0,
    wasRecovered: false,
    damage: undefined as Error | undefined,
    recoveredFrom: Infinity,
  }
  contents.logEndOffset = Math.max(contents.logStartOffset, segments.at(-1)?.baseOffset ?? 0)
  const last = segments.at(-1)
  if (last !== undefined) last.isActive = true
  const tail = known.tail
  const isAsLeft =
    tail === undefined ||
    (last === undefined
      ? tail.segmentBytes === 0
      : tail.segmentBase === last.baseOffset && tail.segmentBytes === last.sizeInBytes)
  // A torn epoch file is built anew from the batches.
  const fromStart =
    epochEntries === undefined || (storedEpochs === undefined && segments.length > 0)
  // The log start had been raised, and the crash took that back: the batches tell the epochs below.
  const epochsStart = epochEntries?.[0]?.startOffset ?? 0
  const lacksEpochs =
    (!known.isClean || known.isUntouched === true) && epochsStart > contents.logStartOffset
  const hasTornAborts = known.isUntouched === true && last?.hasSoundAborts === false
  let isSound = known.isClean && isAsLeft && !fromStart && !lacksEpochs && !hasTornAborts
  if (isSound && last !== undefined) {
    // Whatever the crash has left of indexes that were never synced.
    if (known.isUntouched === true) last.resetIndexes()
    const scanner = last.scanTail(options.indexIntervalBytes)
    isSound = scanner.problem === undefined
    contents.logEndOffset = Math.max(contents.logEndOffset, scanner.nextOffset)
    // A last batch with another base offset, which no checksum covers.
    if (tail !== undefined && contents.logEndOffset > tail.logEndOffset) isSound = false
    if (tail !== undefined && contents.logEndOffset < tail.logEndOffset)
      contents.logEndOffset = tail.logEndOffset
    if (!isSound) last.sizeInBytes = shared.files.size(last.logPath)
  }
  if (!isSound) {
    const from = lacksEpochs ? contents.logStartOffset : known.recoveryPoint
    yield* recover(options, contents, fromStart ? 0 : Math.min(from, known.recoveryPoint))
    checkEpochs(options, contents, new LeaderEpochs(epochEntries))
  }
  if (contents.damage === undefined && contents.logEndOffset < known.durableOffset)
    contents.damage = new Error(
      `Cannot open ${options.subject}: its log ends at offset ${contents.logEndOffset}, but offsets below ${known.durableOffset} were durable; its files are kept as they are`,
    )
  if (contents.damage === undefined) {
    contents.epochs.truncateFromEnd(contents.logEndOffset)
    contents.epochs.truncateFromStart(contents.logStartOffset)
    // The entry of a marker that was not written before the crash.
    if (known.isUntouched === true)
      last?.abortedIndex.truncateTo(contents.logEndOffset, shared.openFiles)
    if (options.tracksProducers) yield* rebuildProducers(options, contents)
    if (contents.wasRecovered) syncAborts(options, contents)
  }
  return contents
}

/** Below the recovery point the checkpoint holds every epoch: no checksum covers it, nor those in the batches. */
function checkEpochs(
  { known, subject }: OpenOptions,
  contents: Writable,
  stored: LeaderEpochs,
): void {
  const end = Math.min(known.recoveryPoint, contents.logEndOffset)
  const isWithin = (offset: number): boolean => offset >= contents.logStartOffset && offset < end
  const differing = [...stored.entries, ...contents.epochs.entries].find(
    ({ startOffset }) =>
      isWithin(startOffset) &&
      stored.epochFor(startOffset) !== undefined &&
      stored.epochFor(startOffset) !== contents.epochs.epochFor(startOffset),
  )
  if (differing !== undefined)
    contents.damage ??= new Error(
      `Cannot open ${subject}: at offset ${differing.startOffset} its batches have leader epoch ${contents.epochs.epochFor(differing.startOffset)}, its checkpoint ${stored.epochFor(differing.startOffset)}; its files are kept as they are`,
    )
}

/** The aborted indexes of older segments that a recovery has built anew: the recovery point will vouch for them. */
function syncAborts({ shared, folder }: OpenOptions, { segments }: LogContents): void {
  const built = segments.filter(one => !one.isActive && one.firstUnsyncedAbort !== undefined)
  for (const segment of built) {
    segment.storeIndexes()
    segment.abortsSynced()
  }
  if (built.length > 0) shared.files.syncDirectory(folder)
}

function findSegments(options: OpenOptions): Segment[] {
  const { shared, folder } = options
  const { files } = shared
  finishSwaps(shared, folder)
  const names = files.list(folder).map(entry => entry.name)
  const bases: number[] = []
  for (const name of names) {
    const base = offsetOfName(name, Suffix.log)
    if (base !== undefined) bases.push(base)
  }
  const known = new Set(bases)
  for (const name of names) {
    for (const suffix of segmentSuffixes.slice(1)) {
      const base = offsetOfName(name, suffix)
      if (base !== undefined && !known.has(base)) files.remove(`${folder}/${name}`)
    }
  }
  bases.sort((a, b) => a - b)
  // What lies below the log start was deleted; a crash may have brought it back.
  while (bases.length > 1 && bases[1]! <= options.known.logStartOffset) {
    const old = bases.shift()!
    for (const suffix of [...segmentSuffixes, Suffix.snapshot])
      files.remove(segmentPath(folder, old, suffix))
  }
  return bases.map(baseOffset => {
    const path = segmentPath(folder, baseOffset, Suffix.log)
    return new Segment(shared, folder, {
      baseOffset,
      sizeInBytes: files.size(path),
      createdAt: files.modifiedAt(path),
    })
  })
}

interface Writable {
  segments: Segment[]
  readonly logStartOffset: number
  logEndOffset: number
  epochs: LeaderEpochs
  cutBytes: number
  wasRecovered: boolean
  damage: Error | undefined
  recoveredFrom: number
}

function* recover(options: OpenOptions, contents: Writable, from: number): Steps<void> {
  const { shared, known } = options
  contents.wasRecovered = true
  const { segments } = contents
  let hasBegun = false
  for (let i = 0; i < segments.length; i++) {
    const segment = segments[i]!
    const next = segments[i + 1]
    // One that ends at the recovery point may have been the active one when it was noted: its indexes were not durable.
    if (next !== undefined && next.baseOffset < from) continue
    if (!hasBegun) {
      contents.epochs.truncateFromEnd(segment.baseOffset)
      contents.recoveredFrom = segment.baseOffset
    }
    hasBegun = true
    const scanner = yield* recoverSegment(options, contents, segment)
    const nextOffset = scanner.nextOffset
    const end = next?.baseOffset
    let problem = scanner.problem
    if (problem === undefined && end !== undefined && nextOffset > end) {
      problem = `its offsets reach ${nextOffset}, the next segment begins at ${end}`
      scanner.chainIsBroken()
    }
    // Compaction leaves gaps between segments, but only in what is long durable.
    if (problem === undefined && end !== undefined && nextOffset < end && end > known.durableOffset)
      problem = `its offsets end at ${nextOffset}, the next segment begins at ${end}`
    contents.logEndOffset = Math.max(contents.logStartOffset, nextOffset)
    if (problem === undefined) continue
    if (scanner.soundOffset < known.durableOffset) {
      contents.damage = new Error(
        `Cannot open ${options.subject}: ${segment.logPath} is damaged at byte ${scanner.position} (offset ${nextOffset}, ${problem}), below the durable offset ${known.durableOffset}; its files are kept as they are`,
      )
      return
    }
    cutTornTail(options, contents, segment, scanner.position, i)
    break
  }
  // What a killed process had written, or cut off, may be so in the page cache alone.
  for (const segment of segments) {
    const end = segments[segments.indexOf(segment) + 1]?.baseOffset
    if (end !== undefined && end < from) continue
    if (known.isAfterFailure === true) yield* rewrite(shared, segment)
    if (shared.files.exists(segment.logPath))
      shared.openFiles.use(segment.logPath, 'create').file.datasync()
    if (!segment.isActive) segment.finish()
    segment.storeIndexes()
  }
  // So may be the names; that of the folder itself is the caller's.
  syncPartitionMetadata(shared.files, options.folder)
  shared.files.syncDirectory(options.folder)
}

/**
 * Copies a segment to a new file, which takes its place. After a failed sync the page cache may show bytes that the
 * disk does not have, and call them clean. Writing to the same file again is not enough: ext4 then writes to blocks
 * that it goes on taking for unwritten (seen in `faults/real/device-error.ts`). A start removes what a crash leaves of
 * the copy, as it does with that of a cleaner.
 */
function* rewrite({ files, openFiles }: SharedResources, segment: Segment): Steps<void> {
  if (segment.sizeInBytes === 0) return
  const { file } = openFiles.use(segment.logPath, 'read')
  const path = `${segment.logPath}.cleaned`
  const copy = files.open(path, 'create')
  try {
    for (let at = 0; at < segment.sizeInBytes; at += STEP_BYTES) {
      const bytes = Buffer.alloc(Math.min(STEP_BYTES, segment.sizeInBytes - at))
      file.read(bytes, at)
      copy.write(bytes, at)
    }
    copy.datasync()
  } finally {
    copy.close()
  }
  openFiles.drop(segment.logPath)
  files.rename(path, segment.logPath)
  yield
}

/** Reads every batch of a segment: checks it, and builds indexes and epochs anew. */
function* recoverSegment(
  options: OpenOptions,
  contents: Writable,
  segment: Segment,
): Steps<BatchScanner> {
  const { file } = options.shared.openFiles.use(segment.logPath, 'read')
  const bytes = segment.sizeInBytes
  segment.resetIndexes()
  segment.resetAborts()
  segment.sizeInBytes = 0
  const scanner = new BatchScanner(file, {
    from: 0,
    to: bytes,
    nextOffset: segment.baseOffset,
    checksCrc: true,
    known: knownPosition(options.known, segment),
  })
  let stepEnd = STEP_BYTES
  while (scanner.next()) {
    const { buffer, at } = scanner
    segment.added(
      batch.lastOffset(buffer, at),
      batch.maxTimestamp(buffer, at),
      scanner.sizeInBytes,
      options.indexIntervalBytes,
    )
    contents.epochs.assign(batch.partitionLeaderEpoch(buffer, at), batch.baseOffset(buffer, at))
    if (segment.sizeInBytes >= stepEnd) {
      stepEnd += STEP_BYTES
      yield
    }
  }
  return scanner
}

/** What the checkpoint tells of a segment, where all of it was durable: nothing may have moved since. */
function knownPosition(known: KnownLog, segment: Segment): KnownPosition | undefined {
  const { tail } = known
  if (tail === undefined || known.durableOffset < tail.logEndOffset) return undefined
  if (segment.baseOffset < tail.segmentBase) return undefined
  return segment.baseOffset === tail.segmentBase
    ? { position: tail.segmentBytes, offset: tail.logEndOffset }
    : { position: 0, offset: segment.baseOffset }
}

function cutTornTail(
  options: OpenOptions,
  contents: Writable,
  segment: Segment,
  position: number,
  index: number,
): void {
  const { shared } = options
  const bytes = shared.files.size(segment.logPath)
  contents.cutBytes += bytes - position
  const { file } = shared.openFiles.use(segment.logPath, 'create')
  file.truncate(position)
  file.datasync()
  segment.sizeInBytes = position
  for (const later of contents.segments.splice(index + 1)) {
    contents.cutBytes += later.sizeInBytes
    for (const path of later.existingPaths().reverse()) {
      shared.openFiles.drop(path)
      shared.files.remove(path)
    }
  }
  segment.isActive = true
  shared.files.syncDirectory(options.folder)
}

/** Builds the producer states anew, after a cut. */
export function reloadProducers(options: OpenOptions, contents: LogContents): void {
  contents.producers.clear()
  atOnce(rebuildProducers(options, { ...contents, recoveredFrom: Infinity }))
}

/** Loads the newest snapshot and replays what follows it. */
function* rebuildProducers(options: OpenOptions, contents: LogContents): Steps<void> {
  const { shared, folder } = options
  const snapshotMax = Math.min(contents.logEndOffset, contents.recoveredFrom)
  removeStraySnapshots(options, contents, snapshotMax)
  const snapshot = loadSnapshot(shared.files, folder, snapshotMax)
  for (const state of snapshot?.states ?? []) contents.producers.restore(state)
  contents.producers.expire(shared.world.clock.now(), shared.producerExpirationMs)
  if (snapshot !== undefined && (contents.wasRecovered || options.known.isUntouched === true))
    yield* recallBatches(contents.producers, {
      shared,
      segments: contents.segments,
      logStartOffset: contents.logStartOffset,
      snapshotOffset: snapshot.offset,
      headerOf: producerHeaderOf,
    })
  const from = Math.max(snapshot?.offset ?? 0, contents.logStartOffset)
  let step = 0
  for (let i = 0; i < contents.segments.length; i++) {
    const segment = contents.segments[i]!
    const end = contents.segments[i + 1]?.baseOffset ?? contents.logEndOffset
    if (end <= from || segment.sizeInBytes === 0) continue
    const { file } = shared.openFiles.use(segment.logPath, 'read')
    const scanner = new BatchScanner(file, {
      from: segment.offsetIndex.positionFor(from),
      to: segment.sizeInBytes,
      nextOffset: segment.baseOffset,
      checksCrc: false,
    })
    while (scanner.next()) {
      step += scanner.sizeInBytes
      if (batch.baseOffset(scanner.buffer, scanner.at) >= from)
        replayBatch(contents.producers, segment, scanner.buffer, scanner.at, shared, true)
      if (step >= STEP_BYTES) {
        step = 0
        yield
      }
    }
  }
  contents.producers.highWatermarkMoved(options.known.highWatermark)
}

/** Snapshots belong to the beginning of a segment or to the end of the log; above `offsetMax` none is believed. */
function removeStraySnapshots(
  options: OpenOptions,
  contents: LogContents,
  offsetMax: number,
): void {
  const { files } = options.shared
  const bases = new Set(contents.segments.map(segment => segment.baseOffset))
  const offsets = listSnapshots(files, options.folder)
  const newest = offsets.findLast(offset => offset <= offsetMax)
  for (const offset of offsets)
    if (offset > offsetMax || (offset !== newest && !bases.has(offset)))
      files.remove(segmentPath(options.folder, offset, Suffix.snapshot))
}

/** Takes a batch that is in the log over into the producer states and the aborted index. */
export function replayBatch(
  producers: ProducerStates,
  segment: Segment,
  buffer: Buffer,
  at: number,
  shared: SharedResources,
  isReplay: boolean,
): void {
  if (batch.producerId(buffer, at) < 0) return
  if (!batch.isControl(buffer, at)) {
    producers.appended(producerHeaderOf(buffer, at))
    return
  }
  const marker = markerOf(buffer, at)
  if (marker === undefined) return
  const completed = producers.markerAppended(marker)
  if (completed === undefined || !completed.isAborted) return
  const index = segment.abortedIndex
  // A replay meets entries that the file holds already.
  if (isReplay && index.entries.some(entry => entry.lastOffset === completed.lastOffset)) return
  index.append(completed, shared.openFiles)
}

/** The header fields that producer states ask for. */
export function producerHeaderOf(buffer: Buffer, at: number): ProducerBatchHeader {
  return {
    producerId: batch.producerId(buffer, at),
    producerEpoch: batch.producerEpoch(buffer, at),
    firstSequence: batch.baseSequence(buffer, at),
    lastSequence: batch.lastSequence(buffer, at),
    firstOffset: batch.baseOffset(buffer, at),
    lastOffset: batch.lastOffset(buffer, at),
    timestamp: batch.maxTimestamp(buffer, at),
    isTransactional: batch.isTransactional(buffer, at),
  }
}

/** The transaction marker in a control batch, undefined for another control record. */
export function markerOf(buffer: Buffer, at: number): TransactionMarker | undefined {
  for (const record of readRecords(buffer, at)) {
    const type = decodeControlKey(record.key)
    if (type !== 'abort' && type !== 'commit') return undefined
    return {
      producerId: batch.producerId(buffer, at),
      producerEpoch: batch.producerEpoch(buffer, at),
      coordinatorEpoch: decodeTransactionMarker(record.value).coordinatorEpoch,
      isAbort: type === 'abort',
      offset: record.offset,
      timestamp: record.timestamp,
    }
  }
  return undefined
}
