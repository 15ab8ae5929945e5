/**
 * Groups of the protocols that are not served yet (KIP-848, KIP-932, KIP-1071), as records that Apache Kafka has written:
 * kept as they are and known by name, so that nothing of theirs is lost or taken for something else.
 */
import { Reader } from '@moldau/base'
import { coordinatorRecordType } from '@moldau/protocol'
import type { Turn } from '../../runtime/core/turn.ts'

/** As ListGroups names it. */
export type OtherGroupType = 'Consumer' | 'Share' | 'Streams'

/** Types of records by protocol; their keys begin with the group. */
const consumerRecords = [3, 4, 5, 6, 7, 8, 16]
const shareRecords = [9, 10, 11, 12, 13, 14, 15]
const streamsRecords = [17, 18, 19, 20, 21, 22, 23]

interface OtherGroup {
  readonly type: OtherGroupType
  /** Keys of its records, by their bytes as text. */
  readonly keys: Map<string, Buffer>
}

export class OtherGroups {
  readonly #groups = new Map<string, OtherGroup>()

  /** Takes a record of such a group. Returns false for one of no known protocol. */
  replay(key: Buffer, value: Buffer | null): boolean {
    const type = protocolOf(coordinatorRecordType(key))
    if (type === undefined) return false
    const groupId = groupOf(key)
    const group = this.#groups.get(groupId) ?? { type, keys: new Map<string, Buffer>() }
    const name = key.toString('latin1')
    if (value === null) group.keys.delete(name)
    else group.keys.set(name, Buffer.from(key))
    if (group.keys.size === 0) this.#groups.delete(groupId)
    else this.#groups.set(groupId, group)
    return true
  }

  typeOf(groupId: string): OtherGroupType | undefined {
    return this.#groups.get(groupId)?.type
  }

  *all(): Generator<{ groupId: string; type: OtherGroupType }> {
    for (const [groupId, { type }] of this.#groups) yield { groupId, type }
  }

  /** Deletes all records of the group. */
  delete(groupId: string, turn: Turn): void {
    for (const key of this.#groups.get(groupId)?.keys.values() ?? [])
      turn.write({ key, value: null })
    this.#groups.delete(groupId)
  }
}

function protocolOf(recordType: number): OtherGroupType | undefined {
  if (consumerRecords.includes(recordType)) return 'Consumer'
  if (shareRecords.includes(recordType)) return 'Share'
  return streamsRecords.includes(recordType) ? 'Streams' : undefined
}

function groupOf(key: Buffer): string {
  const reader = new Reader(key)
  reader.int16()
  return reader.string(reader.int16())
}
