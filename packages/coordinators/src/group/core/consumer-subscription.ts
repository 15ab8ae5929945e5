/**
 * The one thing the coordinator reads in the bytes of consumers: the topics they are subscribed to, so that offsets of
 * others can expire. All else in there, ownership for cooperative rebalancing included, is between the consumers.
 */
import { DecodeError, Reader } from '@moldau/base'
import type { ClassicMember } from './classic-member.ts'

/** What all members are subscribed to; undefined where one of them cannot be read. */
export function subscribedTopics(
  members: Iterable<ClassicMember>,
  protocolName: string | undefined,
): ReadonlySet<string> | undefined {
  const topics = new Set<string>()
  try {
    for (const member of members) {
      if (protocolName === undefined) return undefined
      readTopics(member.metadata(protocolName), topics)
    }
  } catch (error) {
    if (error instanceof DecodeError) return undefined
    throw error
  }
  return topics
}

/** A subscription is its version, then topics, then what the version has. */
function readTopics(subscription: Buffer, topics: Set<string>): void {
  const reader = new Reader(subscription)
  reader.int16()
  const count = reader.int32()
  for (let i = 0; i < count; i++) topics.add(reader.string(reader.int16()))
}
