/**
 * Kafka's small text files: the offset checkpoints of a log directory, the epoch checkpoint and the topic id of a
 * partition, the clean-shutdown marker and meta.properties. Formats are Apache Kafka's to the byte.
 */
import { crc32c, parseProperties } from '@moldau/base'
import type { FileDone, Files, OpenFile } from '@moldau/io'
import type { LeaderEpochEntry } from './core/leader-epochs.ts'

export const RECOVERY_POINT_FILE = 'recovery-point-offset-checkpoint'
export const LOG_START_FILE = 'log-start-offset-checkpoint'
export const HIGH_WATERMARK_FILE = 'replication-offset-checkpoint'
export const CLEAN_SHUTDOWN_FILE = '.kafka_cleanshutdown'
export const LEADER_EPOCH_FILE = 'leader-epoch-checkpoint'
export const PARTITION_METADATA_FILE = 'partition.metadata'
const META_PROPERTIES_FILE = 'meta.properties'

const CHECKPOINT_VERSION = '0'

/** One line of an offset checkpoint. */
export interface OffsetEntry {
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

export function encodeOffsets(entries: readonly OffsetEntry[]): string {
  return encodeLines(entries.map(entry => `${entry.topic} ${entry.partition} ${entry.offset}`))
}

/** The entries, or undefined when the text is not a whole checkpoint. */
export function decodeOffsets(text: string): OffsetEntry[] | undefined {
  const rows = decodeLines(text, 3)
  return rows?.map(([topic, partition, offset]) => ({
    topic: topic!,
    partition: Number(partition),
    offset: Number(offset),
  }))
}

export function encodeEpochs(entries: readonly LeaderEpochEntry[]): string {
  return encodeLines(entries.map(entry => `${entry.epoch} ${entry.startOffset}`))
}

/** The entries, or undefined when the text is not a whole checkpoint of rising epochs. */
export function decodeEpochs(text: string): LeaderEpochEntry[] | undefined {
  const rows = decodeLines(text, 2)
  const entries = rows?.map(([epoch, startOffset]) => ({
    epoch: Number(epoch),
    startOffset: Number(startOffset),
  }))
  if (entries === undefined) return undefined
  for (let i = 1; i < entries.length; i++) {
    const before = entries[i - 1]!
    const entry = entries[i]!
    if (entry.epoch <= before.epoch || entry.startOffset <= before.startOffset) return undefined
  }
  return entries
}

/** Identity of the partition in a folder. */
export function encodePartitionMetadata(topicId: string): string {
  return `version: 0\ntopic_id: ${topicId}`
}

/** The topic id, or undefined when the file is broken. */
export function decodePartitionMetadata(text: string): string | undefined {
  return /^version: 0\ntopic_id: ([A-Za-z0-9_-]{22})\n?$/.exec(text)?.[1]
}

/** Makes the topic id of a folder durable; the name of the file is not. */
export function syncPartitionMetadata(files: Files, folder: string): void {
  const file = openPartitionMetadata(files, folder)
  try {
    file?.datasync()
  } finally {
    file?.close()
  }
}

/** The same in the thread pool. */
export function syncPartitionMetadataAsync(files: Files, folder: string, done: FileDone): void {
  const file = openPartitionMetadata(files, folder)
  if (file === undefined) {
    done(null)
    return
  }
  file.datasyncAsync(error => {
    file.close()
    done(error)
  })
}

function openPartitionMetadata(files: Files, folder: string): OpenFile | undefined {
  const path = `${folder}/${PARTITION_METADATA_FILE}`
  return files.exists(path) ? files.open(path, 'write') : undefined
}

/** The marker of a clean stop: its absence means that the directory is to be recovered (KIP-966 adds the epoch). */
export function encodeCleanShutdown(brokerEpoch: number): string {
  return JSON.stringify({ version: 0, brokerEpoch })
}

/** The broker epoch in the marker, −1 when there is none. */
export function decodeCleanShutdown(text: string): number {
  try {
    const marker: unknown = JSON.parse(text)
    if (typeof marker !== 'object' || marker === null || !('brokerEpoch' in marker)) return -1
    return typeof marker.brokerEpoch === 'number' ? marker.brokerEpoch : -1
  } catch {
    return -1
  }
}

/** What `meta.properties` says of a log directory. @public */
export interface MetaProperties {
  readonly clusterId: string
  readonly nodeId: number
  /** Id of this directory, undefined in a file that does not have one. */
  readonly directoryId: string | undefined
}

/**
 * Reads `meta.properties` of a directory; undefined when there is none.
 * @throws Error when the file is there and is not of version 1. @public
 */
export function readMetaProperties(files: Files, directory: string): MetaProperties | undefined {
  const path = `${directory}/${META_PROPERTIES_FILE}`
  if (!files.exists(path)) return undefined
  const text = files.readAll(path).toString('utf8')
  const [, crc, content] = /^#crc32c=(\d+)\n(.*)$/s.exec(text) ?? []
  if (content !== undefined && Number(crc) !== crcOf(content))
    throw new Error(
      `Cannot read ${path}: it does not match its checksum; restore it, or remove that line`,
    )
  const values = parseProperties(text)
  const version = values.get('version')
  const clusterId = values.get('cluster.id')
  const nodeId = Number(values.get('node.id') ?? Number.NaN)
  if (version !== '1' || clusterId === undefined || !Number.isInteger(nodeId))
    throw new Error(
      `Cannot read ${path}: version 1 with cluster.id and node.id is needed, this has version ${version ?? 'none'}, cluster.id ${clusterId ?? 'none'}, node.id ${values.get('node.id') ?? 'none'}`,
    )
  return { clusterId, nodeId, directoryId: values.get('directory.id') }
}

/** Writes `meta.properties` of a directory, durably. @public */
export function writeMetaProperties(files: Files, directory: string, meta: MetaProperties): void {
  const lines = [`cluster.id=${meta.clusterId}`, 'version=1', `node.id=${meta.nodeId}`]
  if (meta.directoryId !== undefined) lines.push(`directory.id=${meta.directoryId}`)
  const content = lines.join('\n') + '\n'
  files.makeDirectory(directory)
  // To Kafka the first line is a comment, as the one that it writes itself.
  const text = `#crc32c=${crcOf(content)}\n${content}`
  files.replace(`${directory}/${META_PROPERTIES_FILE}`, Buffer.from(text))
}

function crcOf(text: string): number {
  const bytes = Buffer.from(text)
  return crc32c(bytes, 0, bytes.length)
}

/** The text of a file, or undefined when it is missing. */
export function readText(files: Files, path: string): string | undefined {
  return files.exists(path) ? files.readAll(path).toString('utf8') : undefined
}

/** Writes the text that `replaceAsync` puts in the place of a file. */
export function writeReplacement(files: Files, path: string, text: string): void {
  const file = files.open(`${path}.tmp`, 'create')
  try {
    file.truncate(0)
    file.write(Buffer.from(text), 0)
  } finally {
    file.close()
  }
}

/** Puts the replacement in the place of a file, in the thread pool. It stays there once the folder is synced. */
export function replaceAsync(files: Files, path: string, done: FileDone): void {
  const temporary = `${path}.tmp`
  const file = files.open(temporary, 'write')
  file.datasyncAsync(error => {
    file.close()
    try {
      if (error === null) files.rename(temporary, path)
      done(error)
    } catch (failure) {
      done(failure as Error)
    }
  })
}

function encodeLines(lines: readonly string[]): string {
  return `${CHECKPOINT_VERSION}\n${lines.length}\n${lines.map(line => line + '\n').join('')}`
}

function decodeLines(text: string, columns: number): string[][] | undefined {
  const lines = text.split('\n')
  if (lines[0] !== CHECKPOINT_VERSION) return undefined
  const count = Number(lines[1])
  if (!/^\d+$/.test(lines[1] ?? '') || lines.length < count + 2) return undefined
  const rows: string[][] = []
  for (const line of lines.slice(2, count + 2)) {
    const row = line.split(' ')
    // An epoch and an offset; a topic, a partition and an offset.
    if (row.length !== columns || row.slice(-2).some(field => !/^-?\d+$/.test(field)))
      return undefined
    rows.push(row)
  }
  return rows
}
