/**
 * Decides when the image is written as a snapshot: after so many bytes of records, or so long after the last one, as
 * Kafka 4.3.1 (`metadata.log.max.record.bytes.between.snapshots`, `metadata.log.max.snapshot.interval.ms`). A
 * publisher of the loader; writing the file is raft's.
 */
import type { Clock, Logger, Steps } from '@moldau/base'
import type { ClusterImage, Provenance } from './core/image.ts'
import { encodeMetadataRecord } from './core/records.ts'
import type { ImageChanges } from './core/changes.ts'
import type { MetadataPublisher } from './publisher.ts'
import { snapshotRecords } from './snapshot.ts'

/** Where snapshots go: raft. */
interface SnapshotTarget {
  /** Bytes of the log behind the newest snapshot. */
  readonly bytesSinceSnapshot: number
  /** End offset of the newest snapshot; 0 for none. */
  readonly newestSnapshotOffset: number
  createSnapshotInSteps(
    endOffset: number,
    epoch: number,
    timestamp: number,
    values: Iterable<Buffer>,
  ): Steps<void>
}

/** When to write snapshots. */
export interface SnapshotGeneratorOptions {
  readonly target: SnapshotTarget
  readonly clock: Clock
  readonly logger: Logger
  /** A snapshot is due after this many bytes of records. */
  readonly maxBytesBetweenSnapshots: number
  /** A snapshot is due this long after the last one, if anything changed; 0 for never. */
  readonly maxIntervalMs: number
}

export class SnapshotGenerator implements MetadataPublisher {
  readonly name = 'snapshot-generator'
  readonly #options: SnapshotGeneratorOptions
  #lastAt: number

  constructor(options: SnapshotGeneratorOptions) {
    this.#options = options
    this.#lastAt = options.clock.monotonic()
  }

  *publish(image: ClusterImage, _changes: ImageChanges, provenance: Provenance): Steps<void> {
    const { target, clock, maxBytesBetweenSnapshots, maxIntervalMs } = this.#options
    if (provenance.offset + 1 <= target.newestSnapshotOffset) return
    const isOld = maxIntervalMs > 0 && clock.monotonic() - this.#lastAt >= maxIntervalMs
    if (target.bytesSinceSnapshot < maxBytesBetweenSnapshots && !isOld) return
    yield* this.#write(image, provenance)
  }

  *#write(image: ClusterImage, provenance: Provenance): Steps<void> {
    const { target, clock, logger } = this.#options
    this.#lastAt = clock.monotonic()
    yield* target.createSnapshotInSteps(
      provenance.offset + 1,
      provenance.epoch,
      provenance.timestamp,
      encodedRecords(image),
    )
    logger.info('metadata snapshot written', {
      endOffset: provenance.offset + 1,
      epoch: provenance.epoch,
    })
  }
}

function* encodedRecords(image: ClusterImage): Generator<Buffer> {
  for (const record of snapshotRecords(image)) yield encodeMetadataRecord(record)
}
