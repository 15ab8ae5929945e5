/**
 * The offsets that groups have committed, and those that wait for the end of a transaction. Only the facts: who may commit
 * is the group's matter, what is written is `offset-requests.ts`.
 */
import { ZERO_UUID } from '@moldau/base'

/** How far a group has read a partition. */
export interface CommittedOffset {
  readonly offset: number
  /** -1 for unknown. */
  readonly leaderEpoch: number
  readonly metadata: string
  readonly commitTimestamp: number
  /** Set by clients of old, for this offset only. */
  readonly expireTimestamp: number | undefined
  readonly topicId: string
}

type Partitions = Map<number, CommittedOffset>

/** An offset committed within a transaction. Undefined: it was deleted. */
interface PendingOffset {
  readonly groupId: string
  readonly topic: string
  readonly partition: number
  readonly offset: CommittedOffset | undefined
}

export class Offsets {
  readonly #byGroup = new Map<string, Map<string, Partitions>>()
  /** By producer. */
  readonly #pending = new Map<number, PendingOffset[]>()

  get(groupId: string, topic: string, partition: number): CommittedOffset | undefined {
    return this.#byGroup.get(groupId)?.get(topic)?.get(partition)
  }

  /** What a group has committed, by topic and partition. */
  of(groupId: string): ReadonlyMap<string, ReadonlyMap<number, CommittedOffset>> {
    return this.#byGroup.get(groupId) ?? none
  }

  *groups(): Generator<string> {
    yield* this.#byGroup.keys()
  }

  set(groupId: string, topic: string, partition: number, offset: CommittedOffset): void {
    const topics = entry(this.#byGroup, groupId, () => new Map<string, Partitions>())
    entry(topics, topic, () => new Map<number, CommittedOffset>()).set(partition, offset)
  }

  delete(groupId: string, topic: string, partition: number): void {
    const topics = this.#byGroup.get(groupId)
    const partitions = topics?.get(topic)
    if (topics === undefined || partitions === undefined) return
    partitions.delete(partition)
    if (partitions.size === 0) topics.delete(topic)
    if (topics.size === 0) this.#byGroup.delete(groupId)
  }

  /** Keeps an offset until the end of its transaction is known. */
  setPending(producerId: number, pending: PendingOffset): void {
    entry(this.#pending, producerId, () => []).push(pending)
  }

  /** The offsets of a transaction hold from now on, or never. Returns those that do. */
  endTransaction(producerId: number, isCommit: boolean): readonly PendingOffset[] {
    const ended = this.#pending.get(producerId) ?? []
    this.#pending.delete(producerId)
    if (!isCommit) return []
    for (const { groupId, topic, partition, offset } of ended) {
      if (offset === undefined) this.delete(groupId, topic, partition)
      else this.set(groupId, topic, partition, offset)
    }
    return ended
  }

  /** Whether a transaction may still change the offset. */
  isPending(groupId: string, topic: string, partition: number): boolean {
    for (const list of this.#pending.values())
      for (const pending of list)
        if (
          pending.groupId === groupId &&
          pending.topic === topic &&
          pending.partition === partition
        )
          return true
    return false
  }

  hasPending(groupId: string): boolean {
    for (const list of this.#pending.values())
      if (list.some(pending => pending.groupId === groupId)) return true
    return false
  }
}

/** An offset whose topic's id is not known. */
export const NO_TOPIC_ID = ZERO_UUID

const none: ReadonlyMap<string, ReadonlyMap<number, CommittedOffset>> = new Map()

function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key)
  if (value === undefined) {
    value = make()
    map.set(key, value)
  }
  return value
}
