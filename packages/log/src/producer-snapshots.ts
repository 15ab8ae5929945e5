/**
 * Producer states on disk: `<offset>.snapshot` holds the producers as of that offset, in Kafka's format (version,
 * CRC-32C of the rest, entries of 46 bytes). Written at each roll and at a clean stop, so that a start replays little.
 * A torn file fails its checksum and is passed over.
 */
import { crc32c } from '@moldau/base'
import type { Files } from '@moldau/io'
import type { ProducerState } from './core/producer-states.ts'
import { readInt64, writeInt64 } from './int64.ts'
import { offsetOfName, segmentPath, Suffix } from './segment-files.ts'

const VERSION = 1
const CRC_AT = 2
const COUNT_AT = 6
const ENTRIES_AT = 10
const ENTRY_BYTES = 46

/** The file's bytes. */
export function encodeSnapshot(states: Iterable<ProducerState>): Buffer {
  const stored = [...states].filter(
    state =>
      state.batches.length > 0 ||
      state.currentTransactionFirstOffset >= 0 ||
      state.coordinatorEpoch >= 0,
  )
  const bytes = Buffer.alloc(ENTRIES_AT + stored.length * ENTRY_BYTES)
  bytes.writeInt16BE(VERSION, 0)
  bytes.writeInt32BE(stored.length, COUNT_AT)
  let at = ENTRIES_AT
  for (const state of stored) {
    const last = state.batches.at(-1)
    writeInt64(bytes, at, state.producerId)
    bytes.writeInt16BE(state.producerEpoch, at + 8)
    bytes.writeInt32BE(last?.lastSequence ?? -1, at + 10)
    writeInt64(bytes, at + 14, last?.lastOffset ?? -1)
    bytes.writeInt32BE(last?.offsetDelta ?? 0, at + 22)
    writeInt64(bytes, at + 26, state.lastTimestamp)
    bytes.writeInt32BE(state.coordinatorEpoch, at + 34)
    writeInt64(bytes, at + 38, state.currentTransactionFirstOffset)
    at += ENTRY_BYTES
  }
  bytes.writeUInt32BE(crc32c(bytes, COUNT_AT, bytes.length), CRC_AT)
  return bytes
}

/** Writes the snapshot as of `offset`. Its checksum tells a torn one. */
export function writeSnapshot(
  files: Files,
  folder: string,
  offset: number,
  states: Iterable<ProducerState>,
): void {
  const file = files.open(segmentPath(folder, offset, Suffix.snapshot), 'create')
  try {
    file.truncate(0)
    file.write(encodeSnapshot(states), 0)
  } finally {
    file.close()
  }
}

/** The producers in the file, or undefined when it is torn or of another version. */
export function decodeSnapshot(bytes: Buffer): ProducerState[] | undefined {
  if (bytes.length < ENTRIES_AT || bytes.readInt16BE(0) !== VERSION) return undefined
  const count = bytes.readInt32BE(COUNT_AT)
  if (count < 0 || bytes.length !== ENTRIES_AT + count * ENTRY_BYTES) return undefined
  if (bytes.readUInt32BE(CRC_AT) !== crc32c(bytes, COUNT_AT, bytes.length)) return undefined
  const states: ProducerState[] = []
  for (let at = ENTRIES_AT; at < bytes.length; at += ENTRY_BYTES) {
    const lastTimestamp = readInt64(bytes, at + 26)
    const batch = {
      lastSequence: bytes.readInt32BE(at + 10),
      lastOffset: readInt64(bytes, at + 14),
      offsetDelta: bytes.readInt32BE(at + 22),
      timestamp: lastTimestamp,
    }
    states.push({
      producerId: readInt64(bytes, at),
      producerEpoch: bytes.readInt16BE(at + 8),
      batches: batch.lastOffset >= 0 ? [batch] : [],
      lastTimestamp,
      coordinatorEpoch: bytes.readInt32BE(at + 34),
      currentTransactionFirstOffset: readInt64(bytes, at + 38),
    })
  }
  return states
}

/** Offsets of the snapshots in a folder, rising. */
export function listSnapshots(files: Files, folder: string): number[] {
  const offsets: number[] = []
  for (const entry of files.list(folder)) {
    const offset = offsetOfName(entry.name, Suffix.snapshot)
    if (offset !== undefined) offsets.push(offset)
  }
  return offsets.sort((a, b) => a - b)
}

/** The newest sound snapshot at or below `offset`. Broken ones are removed. */
export function loadSnapshot(
  files: Files,
  folder: string,
  offset: number,
): { offset: number; states: ProducerState[] } | undefined {
  for (const candidate of listSnapshots(files, folder).reverse()) {
    if (candidate > offset) continue
    const path = segmentPath(folder, candidate, Suffix.snapshot)
    const states = decodeSnapshot(files.readAll(path))
    if (states !== undefined) return { offset: candidate, states }
    files.remove(path)
  }
  return undefined
}
