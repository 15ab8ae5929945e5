/**
 * Committed records in, images out. Raft gives it snapshots and committed batches; publishers get the image once for
 * all that was committed at that moment. Records of an open metadata transaction stay out of the image. All is done in
 * steps, which raft takes in order, in turns with other work: an image is replaced as a whole, in one of them.
 */
import { atOnce, type Logger, type Steps } from '@moldau/base'
import { changesBetween, type ImageChanges } from './core/changes.ts'
import { ImageEditor } from './core/apply.ts'
import { emptyImage, type ClusterImage, type Provenance } from './core/image.ts'
import { decodeMetadataRecord } from './core/records.ts'
import { TransactionFilter } from './core/transactions.ts'
import type { MetadataPublisher } from './publisher.ts'

/** Record values that were appended together, all committed. The same shape as raft's. */
export interface CommittedValues {
  readonly lastOffset: number
  readonly epoch: number
  readonly appendTimestamp: number
  readonly values: readonly Buffer[]
}

/** A snapshot: record values that stand for all of the log below `endOffset`. The same shape as raft's. */
export interface SnapshotValues {
  readonly endOffset: number
  readonly epoch: number
  readonly lastContainedLogTimestamp: number
  values(): Iterable<Buffer>
}

/** What the loader needs. */
export interface MetadataLoaderOptions {
  readonly clusterId: string
  readonly logger: Logger
  /** Told of a record that does not fit or a publisher that threw; the node should stop. */
  readonly onFault: (error: Error) => void
}

/** Records between two steps. */
const RECORDS_PER_STEP = 32

export class MetadataLoader {
  readonly #options: MetadataLoaderOptions
  readonly #publishers: MetadataPublisher[] = []
  #image: ClusterImage
  #editor: ImageEditor | undefined
  #transaction = new TransactionFilter()
  #provenance: Provenance
  #fault: Error | undefined

  constructor(options: MetadataLoaderOptions) {
    this.#options = options
    this.#image = emptyImage(options.clusterId)
    this.#provenance = this.#image.provenance
  }

  /** The newest image. */
  get image(): ClusterImage {
    return this.#image
  }

  /** The first record or publisher that failed. The image is not to be trusted then. */
  get fault(): Error | undefined {
    return this.#fault
  }

  /** True if the log ends within a metadata transaction. */
  get isInTransaction(): boolean {
    return this.#transaction.isOpen
  }

  /** Adds a publisher and gives it the image as it stands. */
  addPublisher(publisher: MetadataPublisher): void {
    this.#publishers.push(publisher)
    const image = this.#image
    const steps = this.#publish(
      publisher,
      image,
      changesBetween(emptyImage(image.clusterId), image),
    )
    atOnce(steps)
  }

  /** Takes a committed batch. Nothing is published before `settled`. */
  *committed(batch: CommittedValues): Steps<void> {
    this.#editor ??= new ImageEditor(this.#image)
    for (const [i, value] of batch.values.entries()) {
      if (i % RECORDS_PER_STEP === RECORDS_PER_STEP - 1) yield
      this.#apply(value)
    }
    this.#provenance = {
      offset: batch.lastOffset,
      epoch: batch.epoch,
      timestamp: batch.appendTimestamp,
    }
  }

  /** Takes a snapshot in place of all that came before. */
  snapshot(snapshot: SnapshotValues): void {
    this.#editor = new ImageEditor(emptyImage(this.#options.clusterId))
    this.#transaction = new TransactionFilter()
    for (const value of snapshot.values()) this.#apply(value)
    this.#provenance = {
      offset: snapshot.endOffset - 1,
      epoch: snapshot.epoch,
      timestamp: snapshot.lastContainedLogTimestamp,
    }
  }

  /** All that is committed was given: publishes, unless a transaction is open. */
  *settled(): Steps<void> {
    if (this.#editor === undefined || this.#transaction.isOpen) return
    let changes: ImageChanges
    try {
      const image = this.#editor.finish(this.#provenance)
      changes = changesBetween(this.#image, image)
      this.#image = image
    } catch (error) {
      this.#fail(error)
      return
    } finally {
      this.#editor = undefined
    }
    for (const publisher of this.#publishers) {
      yield
      yield* this.#publish(publisher, this.#image, changes)
    }
  }

  #apply(value: Buffer): void {
    try {
      this.#transaction.pass(decodeMetadataRecord(value), record => this.#editor?.apply(record))
    } catch (error) {
      this.#fail(error)
    }
  }

  *#publish(publisher: MetadataPublisher, image: ClusterImage, changes: ImageChanges): Steps<void> {
    try {
      const steps = publisher.publish(image, changes, image.provenance)
      if (steps !== undefined) yield* steps
    } catch (error) {
      this.#options.logger.error('metadata publisher failed', { publisher: publisher.name })
      this.#fail(error)
    }
  }

  #fail(error: unknown): void {
    const fault = error instanceof Error ? error : new Error(String(error))
    this.#fault ??= fault
    this.#options.onFault(fault)
  }
}
