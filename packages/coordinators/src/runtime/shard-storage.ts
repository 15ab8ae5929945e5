/** Where shards are kept: the partitions of an internal topic. The broker injects it; tests have one in memory. */

/** @public Implemented by the broker. */
export interface ShardStorage {
  /**
   * Appends one built batch; the Buffer belongs to the storage from then on. Resolves with the offset behind it when it is
   * committed, and on disk if it must be, whatever the flush policy; rejects with a KafkaError when it will never be.
   */
  append(partition: number, records: Buffer, mustBeOnDisk: boolean): Promise<number>
  /** Whole batches up to the high watermark, in order. */
  load(partition: number): AsyncIterable<Buffer>
}
