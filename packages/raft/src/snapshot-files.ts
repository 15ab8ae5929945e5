/**
 * Snapshots of the metadata log: `<end offset, 20 digits>-<epoch, 10 digits>.checkpoint` in the log's folder. A file
 * is written under another name, synced, and renamed: under its own name it is whole.
 */
import type { Steps } from '@moldau/base'
import { readBatches } from '@moldau/protocol'
import type { Files } from '@moldau/io'
import { decodeBatch, snapshotBatches, type DecodedBatch } from './batches.ts'
import type { Voter } from './core/voters.ts'

/** A snapshot stands for all of the log below `endOffset`; `epoch` is that of the last record in it. */
export interface SnapshotId {
  readonly endOffset: number
  readonly epoch: number
}

/** A snapshot, opened for a listener. */
export interface RaftSnapshot extends SnapshotId {
  readonly lastContainedLogTimestamp: number
  values(): Iterable<Buffer>
}

const namePattern = /^(\d{20})-(\d{10})\.checkpoint$/

/** The name of the file. */
export function snapshotName({ endOffset, epoch }: SnapshotId): string {
  return `${String(endOffset).padStart(20, '0')}-${String(epoch).padStart(10, '0')}.checkpoint`
}

/** The snapshots in `folder`, oldest first. Removes what an interrupted write or deletion left. */
export function listSnapshots(files: Files, folder: string): SnapshotId[] {
  const found: SnapshotId[] = []
  for (const { name } of files.exists(folder) ? files.list(folder) : []) {
    if (name.endsWith('.checkpoint.part') || name.endsWith('.checkpoint.deleted'))
      files.remove(`${folder}/${name}`)
    const match = namePattern.exec(name)
    if (match !== null) found.push({ endOffset: Number(match[1]), epoch: Number(match[2]) })
  }
  return found.toSorted((a, b) => a.endOffset - b.endOffset || a.epoch - b.epoch)
}

/** Writes a snapshot; at the end it is on stable storage under its name. Gives its size in bytes. */
export function* writeSnapshot(
  files: Files,
  path: string,
  values: Iterable<Buffer>,
  options: {
    lastContainedLogTimestamp: number
    voters: readonly Voter[] | undefined
    epoch: number
    timestamp: number
  },
): Steps<number> {
  const part = `${path}.part`
  const file = files.open(part, 'create')
  let position = 0
  try {
    file.truncate(0)
    for (const bytes of snapshotBatches(values, options)) {
      if (bytes === undefined) yield
      else {
        file.write(bytes, position)
        position += bytes.length
      }
    }
    file.datasync()
  } finally {
    file.close()
  }
  files.rename(part, path)
  files.syncDirectory(path.slice(0, path.lastIndexOf('/')))
  return position
}

/** What a snapshot holds. Checked as a whole: header first, footer last, every CRC. @throws Error when it is damaged */
export function readSnapshot(
  files: Files,
  path: string,
): { batches: DecodedBatch[]; sizeInBytes: number } {
  const bytes = files.readAll(path)
  const batches: DecodedBatch[] = []
  let end = 0
  for (const view of readBatches(bytes)) {
    batches.push(decodeBatch(bytes, view.at))
    end = view.end
  }
  const isWhole =
    batches[0]?.lastContainedLogTimestamp !== undefined && batches.at(-1)?.isFooter === true
  if (end !== bytes.length || !isWhole)
    throw new Error(`Cannot read the snapshot ${path}: its header or footer is missing`)
  return { batches, sizeInBytes: bytes.length }
}
