/**
 * Checks the files of a recovered disk, offline and by itself: nothing of the log package's recovery is used. Holds L1,
 * L2, L3, L5 and T7 of docs/guarantees.md, and that snapshots and checkpoints say what the batches say.
 */
import { check } from './journal.ts'
import type { Image } from './image.ts'
import { parseBatches, slowCrc32c, type RawBatch } from './raw-batches.ts'

/** One partition folder, as its files tell. */
interface Folder {
  readonly name: string
  readonly path: string
  readonly segments: readonly { readonly baseOffset: number; readonly batches: RawBatch[] }[]
  readonly end: number
}

/** @throws Violation. `isClosed`: after a clean stop every file is complete, so more is asked of it. */
export function checkImage(image: Image, isClosed: boolean): void {
  for (const path of foldersOf(image)) {
    const folder = readFolder(image, path)
    // While a log runs, indexes may be torn on disk: they are rebuilt when they are loaded.
    for (const { baseOffset, batches } of isClosed ? folder.segments : []) {
      checkIndex(image, path, baseOffset, batches)
      checkTimeIndex(image, path, baseOffset, batches)
    }
    checkEpochs(image, folder, isClosed)
    if (folder.name === '__cluster_metadata-0') checkMetadataSnapshots(image, folder)
    else {
      checkProducers(image, folder, isClosed)
      checkAborted(image, folder)
    }
  }
  checkDurableOffsets(image)
  if (isClosed) checkCheckpoints(image)
}

function foldersOf(image: Image): Set<string> {
  const folders = new Set<string>()
  for (const path of image.keys()) {
    const folder = path.slice(0, path.lastIndexOf('/'))
    if (/-\d+$/.test(folder) && !folder.endsWith('-delete')) folders.add(folder)
  }
  return folders
}

function readFolder(image: Image, path: string): Folder {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const segments: { baseOffset: number; batches: RawBatch[] }[] = []
  const paths = [...image.keys()].filter(file => file.startsWith(`${path}/`)).sort()
  let end = 0
  for (const file of paths) {
    const match = /\/(\d{20})\.log$/.exec(file)
    if (match === null) continue
    const baseOffset = Number(match[1])
    const batches = batchesOf(image, file)
    if (segments.length === 0) end = baseOffset
    check(baseOffset === end, 'L1', () => `${file} begins at ${baseOffset}, ${end} is next`)
    const first = batches[0]
    // A power cut may take everything below a log start that was durable: the log goes on from there.
    if (
      segments.length === 0 &&
      first !== undefined &&
      first.baseOffset === logStartOf(image, path)
    )
      end = first.baseOffset
    for (const batch of batches) {
      check(batch.baseOffset === end, 'L1', () => `${file} has ${batch.baseOffset} for ${end}`)
      check(batch.lastOffset >= end, 'L1', () => `${file} ends a batch before it begins`)
      end = batch.lastOffset + 1
    }
    segments.push({ baseOffset, batches })
  }
  return { name, path, segments, end }
}

function batchesOf(image: Image, file: string): RawBatch[] {
  try {
    return parseBatches(image.get(file) ?? Buffer.alloc(0))
  } catch (error) {
    check(false, 'L2', () => `${file} has ${(error as Error).message}`)
    return []
  }
}

function segmentFile(folder: string, offset: number, suffix: string): string {
  return `${folder}/${String(offset).padStart(20, '0')}${suffix}`
}

function checkIndex(image: Image, folder: string, base: number, batches: readonly RawBatch[]) {
  const path = segmentFile(folder, base, '.index')
  const bytes = image.get(path) ?? Buffer.alloc(0)
  check(bytes.length % 8 === 0, 'L3', () => `${path} has ${bytes.length} bytes`)
  let before = -1
  for (let at = 0; at < bytes.length; at += 8) {
    const offset = base + bytes.readInt32BE(at)
    const position = bytes.readInt32BE(at + 4)
    const batch = batches.find(one => one.position === position)
    check(
      batch !== undefined && batch.baseOffset <= offset && offset <= batch.lastOffset,
      'L3',
      () => `${path} says that offset ${offset} is at ${position}`,
    )
    check(offset > before, 'L3', () => `${path} does not rise at ${offset}`)
    before = offset
  }
}

function checkTimeIndex(image: Image, folder: string, base: number, batches: readonly RawBatch[]) {
  const path = segmentFile(folder, base, '.timeindex')
  const bytes = image.get(path) ?? Buffer.alloc(0)
  check(bytes.length % 12 === 0, 'L3', () => `${path} has ${bytes.length} bytes`)
  let before = -1
  for (let at = 0; at < bytes.length; at += 12) {
    const timestamp = Number(bytes.readBigInt64BE(at))
    const offset = base + bytes.readInt32BE(at + 8)
    const upTo = batches.filter(batch => batch.baseOffset <= offset)
    check(timestamp > before, 'L3', () => `${path} does not rise at ${timestamp}`)
    check(
      Math.max(...upTo.map(batch => batch.maxTimestamp)) === timestamp,
      'L3',
      () => `${path} says that ${timestamp} is the largest up to ${offset}`,
    )
    before = timestamp
  }
}

/** The lines of one of Kafka's checkpoint files behind version and count. */
function linesOf(image: Image, path: string): string[][] | undefined {
  const text = image.get(path)?.toString('utf8')
  if (text === undefined) return undefined
  const [version, count, ...rows] = text.split('\n')
  check(
    version === '0' && rows.length === Number(count) + 1,
    'L2',
    () => `${path} is not a checkpoint`,
  )
  return rows.slice(0, -1).map(row => row.split(' '))
}

function checkEpochs(image: Image, folder: Folder, isClosed: boolean): void {
  const path = `${folder.path}/leader-epoch-checkpoint`
  const entries = (linesOf(image, path) ?? []).map(row => row.map(Number))
  for (let i = 1; i < entries.length; i++)
    check(
      (entries[i]?.[0] ?? 0) > (entries[i - 1]?.[0] ?? 0) &&
        (entries[i]?.[1] ?? 0) > (entries[i - 1]?.[1] ?? 0),
      'L5',
      () => `${path} does not rise`,
    )
  const logStart = logStartOf(image, folder.path)
  let epoch = -1
  for (const batch of folder.segments.flatMap(segment => segment.batches)) {
    check(
      batch.leaderEpoch >= epoch,
      'L5',
      () => `${folder.path} has epoch ${batch.leaderEpoch} behind ${epoch} at ${batch.baseOffset}`,
    )
    epoch = batch.leaderEpoch
    const first = Math.max(batch.baseOffset, logStart)
    const covering = entries.findLast(([, start]) => (start ?? 0) <= first)
    if (!isClosed || batch.lastOffset < logStart) continue
    check(
      covering?.[0] === batch.leaderEpoch,
      'L5',
      () => `${path} gives offset ${batch.baseOffset} epoch ${covering?.[0]}, not ${epoch}`,
    )
  }
  if (isClosed)
    check(
      entries.every(([, start]) => (start ?? 0) <= folder.end),
      'L5',
      () => `${path} goes beyond the end ${folder.end}`,
    )
}

/** By the newest of the checkpoints of ours that tell of the folder. */
function logStartOf(image: Image, path: string): number {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const starts = ['/data', path].flatMap(directory =>
    [0, 1].flatMap(slot => {
      const lines = image.get(`${directory}/moldau-durable-offsets.${slot}`)?.toString() ?? ''
      const line = lines.split('\n').find(one => one.startsWith(name.replace(/-(\d+)$/, ' $1 ')))
      return line === undefined ? [] : [Number(line.split(' ')[3])]
    }),
  )
  return Math.max(0, ...starts)
}

function checkProducers(image: Image, folder: Folder, isClosed: boolean): void {
  const batches = folder.segments.flatMap(segment => segment.batches)
  const first = folder.segments[0]?.baseOffset ?? 0
  const paths = [...image.keys()].filter(
    file => file.startsWith(`${folder.path}/`) && file.endsWith('.snapshot'),
  )
  for (const path of isClosed ? paths : []) {
    const offset = Number(path.slice(-29, -9))
    const bytes = image.get(path) ?? Buffer.alloc(0)
    // A torn one is passed over by its checksum; it may lie there until its segment goes.
    const isWhole = bytes.length >= 10 && slowCrc32c(bytes.subarray(6)) === bytes.readUInt32BE(2)
    if (offset === folder.end) check(isWhole, 'T1', () => `${path} is not whole after a clean stop`)
    for (let at = 10; isWhole && at < bytes.length; at += 46) {
      const producerId = Number(bytes.readBigInt64BE(at))
      const last = batches.findLast(
        batch =>
          batch.producerId === producerId &&
          batch.control === undefined &&
          batch.lastOffset < offset,
      )
      const lastOffset = Number(bytes.readBigInt64BE(at + 14))
      if (last === undefined) continue
      check(
        last.lastOffset === lastOffset && last.lastSequence === bytes.readInt32BE(at + 10),
        'T1',
        () =>
          `${path} has sequence ${bytes.readInt32BE(at + 10)} at ${lastOffset} for producer ${producerId}, the log ${last.lastSequence} at ${last.lastOffset}`,
      )
    }
  }
  if (isClosed && folder.end > first)
    check(
      paths.includes(segmentFile(folder.path, folder.end, '.snapshot')),
      'T1',
      () => `${folder.path} has no producer snapshot at its end ${folder.end}`,
    )
}

/** The aborted-transaction indexes hold what a walk through the log finds. */
function checkAborted(image: Image, folder: Folder): void {
  const open = new Map<number, number>()
  for (const { baseOffset, batches } of folder.segments) {
    const expected: string[] = []
    for (const batch of batches) {
      if (!batch.isTransactional) continue
      if (batch.control === undefined) {
        if (!open.has(batch.producerId)) open.set(batch.producerId, batch.baseOffset)
        continue
      }
      const first = open.get(batch.producerId)
      open.delete(batch.producerId)
      if (batch.control === 'abort' && first !== undefined)
        expected.push(`${batch.producerId} ${first} ${batch.lastOffset}`)
    }
    const path = segmentFile(folder.path, baseOffset, '.txnindex')
    const bytes = image.get(path) ?? Buffer.alloc(0)
    const found: string[] = []
    for (let at = 0; at + 34 <= bytes.length; at += 34)
      found.push([2, 10, 18].map(field => String(bytes.readBigInt64BE(at + field))).join(' '))
    check(
      found.join() === expected.join() && bytes.length % 34 === 0,
      'T7',
      () => `${path} has ${found.join() || 'nothing'}, the log ${expected.join() || 'nothing'}`,
    )
  }
}

function checkMetadataSnapshots(image: Image, folder: Folder): void {
  let newest = 0
  for (const path of image.keys()) {
    if (!path.startsWith(folder.path) || !path.endsWith('.checkpoint')) continue
    const batches = batchesOf(image, path)
    check(
      batches[0]?.control === 'other' && batches.at(-1)?.control === 'other',
      'Q2',
      () => `${path} lacks its header or footer`,
    )
    newest = Math.max(newest, Number(path.slice(folder.path.length + 1).slice(0, 20)))
  }
  const start = folder.segments[0]?.baseOffset ?? 0
  check(
    newest <= folder.end && start <= newest,
    'Q2',
    () => `${folder.path} holds ${start} to ${folder.end}, its newest snapshot ends at ${newest}`,
  )
}

function checkDurableOffsets(image: Image): void {
  for (const [path, bytes] of image) {
    const match = /^(.*)\/moldau-durable-offsets\.[01]$/.exec(path)
    if (match === null) continue
    const slots = [0, 1].map(slot => image.get(`${match[1]}/moldau-durable-offsets.${slot}`))
    // The first of all may be torn: there was nothing to know before.
    check(
      slots.some(slot => slot === undefined || isWholeDurable(slot)),
      'L7',
      () => `${path} (${bytes.length} bytes) and its twin are both torn`,
    )
  }
}

function isWholeDurable(bytes: Buffer): boolean {
  const at = bytes.lastIndexOf('\n', bytes.length - 2) + 1
  return bytes.subarray(at).toString() === `crc32c ${slowCrc32c(bytes.subarray(0, at))}\n`
}

/** Kafka's checkpoints name offsets that the logs have. */
function checkCheckpoints(image: Image): void {
  const offsets = (name: string): Map<string, number> =>
    new Map(
      (linesOf(image, `/data/${name}`) ?? []).map(row => [`${row[0]}-${row[1]}`, Number(row[2])]),
    )
  const starts = offsets('log-start-offset-checkpoint')
  const points = offsets('recovery-point-offset-checkpoint')
  const marks = offsets('replication-offset-checkpoint')
  for (const [name, point] of points) {
    const { segments, end } = readFolder(image, `/data/${name}`)
    const start = Math.max(starts.get(name) ?? 0, segments[0]?.baseOffset ?? 0)
    const mark = marks.get(name) ?? 0
    check(point === end, 'L7', () => `${name} was closed with recovery point ${point} of ${end}`)
    check(
      start <= Math.max(mark, start) && mark <= end && start <= end,
      'L4',
      () => `${name} has log start ${start}, high watermark ${mark}, end ${end}`,
    )
  }
}
