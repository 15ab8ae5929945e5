/**
 * Who leads instead, told within Produce v10+ and Fetch v12+ answers (KIP-951): the leader in a tag of the partition,
 * the addresses of all such leaders in a tag of the response.
 */
import type { Exchange } from '../network/exchange.ts'
import type { ReplyBuilder } from '../network/reply-builder.ts'
import type { BrokerServices } from '../services.ts'
import { nodeOf, type BrokerNode } from '../topic-view.ts'

/** Bytes of { leaderId: int32, leaderEpoch: int32 } and its empty tags. */
const LEADER_BYTES = 9

/** Leaders told of in one response. */
export class LeaderHints {
  #leaders: Set<number> | undefined = undefined

  /** Writes the tags of a partition: only the leader, under `tag`. */
  writeLeader(reply: ReplyBuilder, tag: number, leaderId: number, leaderEpoch: number): void {
    if (leaderId >= 0) (this.#leaders ??= new Set()).add(leaderId)
    reply.unsignedVarint(1)
    reply.unsignedVarint(tag)
    reply.unsignedVarint(LEADER_BYTES)
    reply.int32(leaderId)
    reply.int32(leaderEpoch)
    reply.int8(0)
  }

  /** Writes the tags of the response: the addresses under tag 0, if there are any. */
  writeEndpoints(reply: ReplyBuilder, broker: BrokerServices, exchange: Exchange): void {
    const leaders = this.#leaders
    const nodes =
      leaders === undefined
        ? none
        : nodesOf(leaders, broker, exchange.connection.owner.listenerName)
    if (nodes.length === 0) {
      reply.endTags()
      return
    }
    reply.unsignedVarint(1)
    reply.unsignedVarint(0)
    reply.unsignedVarint(
      nodes.reduce((sum, node) => sum + sizeOf(node), sizeOfVarint(nodes.length + 1)),
    )
    reply.count(nodes.length)
    for (const { id, host, port, rack } of nodes) {
      reply.int32(id)
      reply.string(host)
      reply.int32(port)
      reply.nullableString(rack)
      reply.endTags()
    }
  }
}

const none: readonly BrokerNode[] = []

function nodesOf(
  leaders: ReadonlySet<number>,
  broker: BrokerServices,
  listenerName: string,
): BrokerNode[] {
  const { brokers } = broker.image()
  return [...leaders].flatMap(id => nodeOf(brokers.byId(id), listenerName) ?? [])
}

function sizeOf({ host, rack }: BrokerNode): number {
  return 4 + sizeOfString(host) + 4 + (rack === null ? 1 : sizeOfString(rack)) + 1
}

function sizeOfString(text: string): number {
  const byteCount = Buffer.byteLength(text)
  return sizeOfVarint(byteCount + 1) + byteCount
}

function sizeOfVarint(value: number): number {
  let size = 1
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) size++
  return size
}
