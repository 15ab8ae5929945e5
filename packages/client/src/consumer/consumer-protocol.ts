/**
 * What members of a classic group tell each other through the coordinator, which does not read it: subscriptions and
 * assignments, in Kafka's "consumer" protocol. A version (int16), then the message.
 */
import { ConsumerProtocolAssignment, ConsumerProtocolSubscription } from '@moldau/protocol'
import type { Assignment } from './core/assignors.ts'

const version = 3
const versionBytes = 2

export function encodeSubscription(topics: readonly string[]): Buffer {
  return withVersion(
    ConsumerProtocolSubscription.encode({ topics: [...topics], ownedPartitions: [] }, version),
  )
}

/** The topics that a member wants. @throws DecodeError */
export function decodeSubscription(data: Buffer): string[] {
  return ConsumerProtocolSubscription.decode(
    data.subarray(versionBytes),
    Math.min(data.readInt16BE(0), version),
  ).topics
}

export function encodeAssignment(topics: Assignment): Buffer {
  return withVersion(
    ConsumerProtocolAssignment.encode(
      {
        assignedPartitions: [...topics].map(([topic, partitions]) => ({ topic, partitions })),
        userData: null,
      },
      version,
    ),
  )
}

/** The partitions that the leader gave us; no bytes at all mean none. @throws DecodeError */
export function decodeAssignment(data: Buffer): { topic: string; partition: number }[] {
  if (data.length === 0) return []
  const { assignedPartitions } = ConsumerProtocolAssignment.decode(
    data.subarray(versionBytes),
    Math.min(data.readInt16BE(0), version),
  )
  return assignedPartitions.flatMap(({ topic, partitions }) =>
    partitions.map(partition => ({ topic, partition })),
  )
}

function withVersion(body: Buffer): Buffer {
  const data = Buffer.allocUnsafe(versionBytes + body.length)
  data.writeInt16BE(version)
  body.copy(data, versionBytes)
  return data
}
