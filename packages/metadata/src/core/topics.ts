/** Topics and their partitions: a part of the cluster image. Partition `i` is at index `i`. */
import { CopyOnWriteMap, type Difference } from './copy-on-write-map.ts'

/** No broker leads the partition. */
export const NO_LEADER = -1

/** Directory ids with a meaning of their own (KIP-858). */
export const MIGRATING_DIRECTORY = 'AAAAAAAAAAAAAAAAAAAAAA'
export const UNASSIGNED_DIRECTORY = 'AAAAAAAAAAAAAAAAAAAAAQ'
export const LOST_DIRECTORY = 'AAAAAAAAAAAAAAAAAAAAAg'

/** Who keeps a partition, who leads it, and in which epochs. */
export interface PartitionRegistration {
  readonly replicas: readonly number[]
  /** The log directory of each replica, in the order of `replicas`. */
  readonly directories: readonly string[]
  readonly isr: readonly number[]
  readonly removingReplicas: readonly number[]
  readonly addingReplicas: readonly number[]
  readonly eligibleLeaderReplicas: readonly number[]
  readonly lastKnownElr: readonly number[]
  /** A broker id, or `NO_LEADER`. */
  readonly leader: number
  /** 0 recovered, 1 recovering after an unclean election. */
  readonly leaderRecoveryState: number
  /** Rises with every new leader. */
  readonly leaderEpoch: number
  /** Rises with every change. */
  readonly partitionEpoch: number
}

/** One topic. */
export interface TopicImage {
  readonly name: string
  readonly id: string
  readonly partitions: readonly PartitionRegistration[]
}

/** All topics. */
export class TopicsImage {
  readonly #byId: CopyOnWriteMap<TopicImage>
  readonly #byName: CopyOnWriteMap<TopicImage>

  constructor(byId = new CopyOnWriteMap<TopicImage>(), byName = new CopyOnWriteMap<TopicImage>()) {
    this.#byId = byId
    this.#byName = byName
  }

  get size(): number {
    return this.#byId.size
  }

  byId(id: string): TopicImage | undefined {
    return this.#byId.get(id)
  }

  byName(name: string): TopicImage | undefined {
    return this.#byName.get(name)
  }

  [Symbol.iterator](): Generator<TopicImage> {
    return this.#byId.values()
  }

  edit(): TopicsEditor {
    return new TopicsEditor(this, this.#byId.edit(), this.#byName.edit())
  }

  /** Topics that differ, by id. */
  differencesTo(before: TopicsImage): Generator<Difference<TopicImage>> {
    return this.#byId.differencesTo(before.#byId)
  }
}

/** Changes to topics on the way to the next image. */
export class TopicsEditor {
  readonly #base: TopicsImage
  readonly #byId
  readonly #byName
  /** Topics whose `partitions` array is already a copy of ours. */
  readonly #owned = new Map<
    string,
    { name: string; id: string; partitions: PartitionRegistration[] }
  >()
  #changed = false

  constructor(
    base: TopicsImage,
    byId: ReturnType<CopyOnWriteMap<TopicImage>['edit']>,
    byName: ReturnType<CopyOnWriteMap<TopicImage>['edit']>,
  ) {
    this.#base = base
    this.#byId = byId
    this.#byName = byName
  }

  byId(id: string): TopicImage | undefined {
    return this.#byId.get(id)
  }

  byName(name: string): TopicImage | undefined {
    return this.#byName.get(name)
  }

  /** All topics as changed so far. */
  *entries(): Generator<TopicImage> {
    for (const [, topic] of this.#byId.entries()) yield topic
  }

  add(name: string, id: string): void {
    const topic = { name, id, partitions: [] }
    this.#owned.set(id, topic)
    this.#put(topic)
  }

  remove(id: string): void {
    const topic = this.#byId.get(id)
    if (topic === undefined) return
    this.#changed = true
    this.#owned.delete(id)
    this.#byId.delete(id)
    if (this.#byName.get(topic.name)?.id === id) this.#byName.delete(topic.name)
  }

  setPartition(id: string, index: number, partition: PartitionRegistration): void {
    let topic = this.#owned.get(id)
    if (topic === undefined) {
      const old = this.#byId.get(id) as TopicImage
      topic = { name: old.name, id, partitions: [...old.partitions] }
      this.#owned.set(id, topic)
      this.#put(topic)
    }
    topic.partitions[index] = partition
  }

  /** @throws Error when a topic lacks a partition below its highest */
  finish(): TopicsImage {
    if (!this.#changed) return this.#base
    for (const topic of this.#owned.values()) {
      for (let i = 0; i < topic.partitions.length; i++) {
        if (topic.partitions[i] === undefined)
          throw new Error(
            `Topic ${topic.name} has no partition ${i} among ${topic.partitions.length}`,
          )
      }
    }
    return new TopicsImage(this.#byId.finish(), this.#byName.finish())
  }

  #put(topic: TopicImage): void {
    this.#changed = true
    this.#byId.set(topic.id, topic)
    this.#byName.set(topic.name, topic)
  }
}
