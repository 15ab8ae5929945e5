/**
 * `__consumer_offsets` as the group coordinator sees it: its shards are stored in this broker's partitions of it. Appends
 * resolve at the high watermark, and those that must survive a power cut on disk (docs/decisions/0015). As a publisher of
 * the metadata, elects and dismisses the shards with their partitions.
 */
import type { Logger } from '@moldau/base'
import type { GroupCoordinator, ShardStorage } from '@moldau/coordinators'
import type { ClusterImage, ImageChanges, MetadataPublisher } from '@moldau/metadata'
import { batch, KafkaError, type ErrorName } from '@moldau/protocol'
import type { Partition } from './replication/partition.ts'
import type { ReplicaManager } from './replication/replica-manager.ts'
import type { OffsetWaiter } from './replication/waiting-requests.ts'

const OFFSETS_TOPIC = '__consumer_offsets'

/** Keeps the shards of the group coordinator. */
export class OffsetsTopicStorage implements ShardStorage {
  readonly #replicas: ReplicaManager
  readonly #loadBytes: number

  /** `loadBytes`: size of one read while a shard is loaded. */
  constructor(replicas: ReplicaManager, loadBytes: number) {
    this.#replicas = replicas
    this.#loadBytes = loadBytes
  }

  /** Appends a batch; resolves with the offset behind it when it is committed, and on disk if asked. @throws KafkaError */
  append(index: number, records: Buffer, mustBeOnDisk: boolean): Promise<number> {
    return new Promise((resolve, reject) => {
      const partition = this.#partition(index)
      const result = partition.append(records, 'coordinator', true)
      if (result.error !== undefined) {
        reject(new KafkaError(result.error, result.message))
        return
      }
      const end = result.lastOffset + 1
      const queue = mustBeOnDisk ? partition.durable : partition.committed
      queue.add(end, new WaitingAppend(end, resolve, reject), 0)
      if (mustBeOnDisk) partition.log.requestFlush()
    })
  }

  /** All batches of a shard, in order. */
  async *load(index: number): AsyncGenerator<Buffer> {
    const { log } = this.#partition(index)
    const end = log.writtenOffset
    let offset = log.logStartOffset
    while (offset < end) {
      const read = await log.read(offset, {
        upTo: end,
        maxBytes: this.#loadBytes,
        minOneBatch: true,
      })
      if ('error' in read) throw new KafkaError(read.error)
      // Copies: what is replayed may keep views.
      const parts = read.parts.map(part => Buffer.from(part))
      read.release()
      const last = parts.at(-1)
      if (last === undefined) return
      yield* parts
      offset = endOf(last)
    }
  }

  #partition(index: number): Partition {
    const partition = this.#replicas.partition(OFFSETS_TOPIC, index)
    if (partition === undefined)
      throw new KafkaError('NOT_COORDINATOR', `${OFFSETS_TOPIC}-${index} is not kept here`)
    return partition
  }
}

/** The offset behind whole batches. */
function endOf(batches: Buffer): number {
  let end = 0
  for (let at = 0; at < batches.length; at += batch.sizeInBytes(batches, at))
    end = batch.lastOffset(batches, at) + 1
  return end
}

/** One append that waits for its offset. */
class WaitingAppend implements OffsetWaiter {
  readonly #end: number
  readonly #resolve: (end: number) => void
  readonly #reject: (error: Error) => void

  constructor(end: number, resolve: (end: number) => void, reject: (error: Error) => void) {
    this.#end = end
    this.#resolve = resolve
    this.#reject = reject
  }

  progressed(_tag: number, error: ErrorName | undefined): void {
    if (error === undefined) this.#resolve(this.#end)
    else this.#reject(new KafkaError(error))
  }
}

/** Tells the group coordinator which shards are this broker's. Comes behind the replica manager. */
export class CoordinatorElections implements MetadataPublisher {
  readonly name = 'coordinator-elections'
  readonly #nodeId: number
  readonly #groups: GroupCoordinator
  readonly #logger: Logger

  constructor(nodeId: number, groups: GroupCoordinator, logger: Logger) {
    this.#nodeId = nodeId
    this.#groups = groups
    this.#logger = logger
  }

  publish(_image: ClusterImage, changes: ImageChanges): void {
    for (const { name, partitions } of changes.deletedTopics) {
      if (name === OFFSETS_TOPIC)
        for (let i = 0; i < partitions.length; i++) this.#groups.resigned(i)
    }
    for (const { topic, partition, before, after } of changes.partitions) {
      if (topic.name !== OFFSETS_TOPIC) continue
      if (after.leader !== this.#nodeId) this.#groups.resigned(partition)
      else if (before?.leader !== after.leader || before.leaderEpoch !== after.leaderEpoch)
        this.#elect(partition, after.leaderEpoch)
    }
    const deleted = changes.deletedTopics.map(({ name }) => name)
    if (deleted.length > 0) this.#groups.topicsDeleted(deleted)
  }

  #elect(partition: number, leaderEpoch: number): void {
    this.#groups.elected(partition, leaderEpoch).catch((error: unknown) => {
      this.#logger.error('coordinator shard cannot be loaded', { partition, error: String(error) })
    })
  }
}
