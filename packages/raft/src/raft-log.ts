/**
 * The log of the quorum: `__cluster_metadata-0` as a partition of `@moldau/log`, with what raft needs of it. Offsets
 * count only when they are on stable storage: every append asks for a flush.
 */
import { defaultsOf } from '@moldau/base'
import { openLoneLog, topicOptions, type LoneLog, type PartitionLog } from '@moldau/log'
import { readBatches } from '@moldau/protocol'
import type { RaftNodeOptions } from './raft-node.ts'
import { decodeBatch, type DecodedBatch } from './batches.ts'

/** The topic of the metadata log, and its reserved id. */
export const METADATA_TOPIC = '__cluster_metadata'
const METADATA_TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAAAQ'

/** Bytes asked for in one read while replaying. */
const READ_BYTES = 1024 * 1024

/** What raft uses of a partition. */
export type RaftStorage = Pick<
  PartitionLog,
  | 'logStartOffset'
  | 'logEndOffset'
  | 'durableOffset'
  | 'sizeInBytes'
  | 'failure'
  | 'onProgress'
  | 'append'
  | 'requestFlush'
  | 'read'
  | 'advanceHighWatermark'
  | 'deleteRecordsTo'
>

/** Opens the partition on its own. Nothing goes by age or size: only snapshots let the log's beginning go. */
export function openMetadataLog(options: RaftNodeOptions): Promise<LoneLog> {
  const { world, directory, logger, segmentBytes } = options
  const config = {
    ...defaultsOf(topicOptions),
    'flush.policy': 'commit',
    'retention.ms': -1,
    ...(segmentBytes !== undefined && { 'segment.bytes': segmentBytes }),
  }
  const partition = { topic: METADATA_TOPIC, partition: 0, topicId: METADATA_TOPIC_ID }
  return openLoneLog({ world, directory, ...partition, config, logger })
}

export class RaftLog {
  readonly #storage: RaftStorage

  constructor(storage: RaftStorage) {
    this.#storage = storage
  }

  get startOffset(): number {
    return this.#storage.logStartOffset
  }

  get endOffset(): number {
    return this.#storage.logEndOffset
  }

  /** Below this offset all is on stable storage. */
  get durableOffset(): number {
    return this.#storage.durableOffset
  }

  get sizeInBytes(): number {
    return this.#storage.sizeInBytes
  }

  get failure(): Error | undefined {
    return this.#storage.failure
  }

  /** `observe` is called when `durableOffset` moved or the log failed. */
  observe(observe: (() => void) | undefined): void {
    this.#storage.onProgress = observe
  }

  /** Appends a batch at the end of the log and has it flushed. @throws Error when the log refuses it */
  append(bytes: Buffer, leaderEpoch: number): void {
    const result = this.#storage.append(bytes, { origin: 'raft', leaderEpoch })
    if (result.error !== undefined)
      throw new Error(`Cannot append to the metadata log: ${result.error} (${result.message})`)
    this.#storage.requestFlush()
  }

  advanceHighWatermark(offset: number): void {
    this.#storage.advanceHighWatermark(offset)
  }

  /** Records below `offset` may go: a snapshot stands for them. */
  deleteTo(offset: number): void {
    this.#storage.deleteRecordsTo(offset)
  }

  /** The batches from `offset` up to, but not including, `upTo`. @throws Error when the log does not hold them, or a CRC is wrong */
  async *batches(offset: number, upTo: number): AsyncGenerator<DecodedBatch> {
    let next = offset
    while (next < upTo) {
      const result = await this.#storage.read(next, {
        upTo,
        maxBytes: READ_BYTES,
        minOneBatch: true,
      })
      if ('error' in result)
        throw new Error(`Cannot read the metadata log at offset ${next}: ${result.error}`)
      const bytes =
        result.parts.length === 1 ? (result.parts[0] as Buffer) : Buffer.concat(result.parts)
      const found: DecodedBatch[] = []
      for (const view of readBatches(bytes)) found.push(decodeBatch(bytes, view.at))
      result.release()
      for (const batch of found) {
        // A read begins at the batch that holds the offset; what was seen before is left out.
        if (batch.lastOffset < next) continue
        yield batch
        next = batch.lastOffset + 1
      }
      if (found.length === 0)
        throw new Error(`The metadata log ends at offset ${next}, before ${upTo}`)
    }
  }
}
