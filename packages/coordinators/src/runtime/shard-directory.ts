/**
 * Which shard looks after a key, and which shards this broker leads. Kafka's rule, that clients and tools rely on: the
 * hash of Java's strings over the partitions of the internal topic.
 */
import { KafkaError } from '@moldau/protocol'
import type { StateMachine } from './core/state-machine.ts'
import type { ReplicatedState } from './replicated-state.ts'

/** The partition of a group, a transactional id or a share key. */
export function coordinatorPartition(key: string, partitionCount: number): number {
  const hash = javaStringHash(key)
  // Java's abs(Integer.MIN_VALUE) is negative; Kafka takes 0 there.
  return hash === -(2 ** 31) ? 0 : Math.abs(hash) % partitionCount
}

/** Java's `String.hashCode`: over UTF-16 units, in 32 bits. */
export function javaStringHash(text: string): number {
  let hash = 0
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0
  return hash
}

export class ShardDirectory<Machine extends StateMachine> {
  readonly #open: (partition: number) => ReplicatedState<Machine>
  readonly #led = new Map<number, { epoch: number; shard: ReplicatedState<Machine> }>()
  /** Shards given up that still have records on their way to the log: their successors must read behind those. */
  readonly #leaving = new Map<number, Promise<void>>()

  /** `open` makes a shard that is not loaded yet. */
  constructor(open: (partition: number) => ReplicatedState<Machine>) {
    this.#open = open
  }

  /** This broker leads the partition now; resolves when its shard is loaded, or given up again. */
  async elected(partition: number, leaderEpoch: number): Promise<void> {
    const led = this.#led.get(partition)
    if (led !== undefined && led.epoch >= leaderEpoch) return
    this.resigned(partition)
    const shard = this.#open(partition)
    this.#led.set(partition, { epoch: leaderEpoch, shard })
    await this.#leaving.get(partition)
    await shard.load()
  }

  resigned(partition: number): void {
    const led = this.#led.get(partition)
    if (led === undefined) return
    this.#led.delete(partition)
    const earlier = this.#leaving.get(partition)
    const leaving = Promise.all([earlier, led.shard.resign()]).then(() => {
      if (this.#leaving.get(partition) === leaving) this.#leaving.delete(partition)
    })
    this.#leaving.set(partition, leaving)
  }

  /** @throws KafkaError NOT_COORDINATOR for a partition that is led elsewhere. */
  get(partition: number): ReplicatedState<Machine> {
    const led = this.#led.get(partition)
    if (led === undefined) throw new KafkaError('NOT_COORDINATOR')
    return led.shard
  }

  *all(): Generator<ReplicatedState<Machine>> {
    for (const { shard } of this.#led.values()) yield shard
  }

  close(): void {
    for (const partition of this.#led.keys()) this.resigned(partition)
  }
}
