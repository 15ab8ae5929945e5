/**
 * How the leader of a classic group divides partitions among members: Kafka's `range` and `roundrobin`. Pure; every
 * leader of a group, of whatever client, must come to a division that gives each partition to one member.
 */

/** A member as the leader sees it. */
export interface MemberSubscription {
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly topics: readonly string[]
}

/** Topic to partitions. */
export type Assignment = Map<string, number[]>

/** By member id; every member has an entry. */
export type Assign = (
  members: readonly MemberSubscription[],
  partitionCounts: ReadonlyMap<string, number>,
) => Map<string, Assignment>

/** By the name that members vote with. */
export const assignors: Readonly<Record<string, Assign>> = { range, roundrobin }

/** Per topic, members in order get neighbouring partitions; the first ones get one more. */
function range(
  members: readonly MemberSubscription[],
  partitionCounts: ReadonlyMap<string, number>,
): Map<string, Assignment> {
  const result = emptyAssignments(members)
  const sorted = [...members].sort(byIdentity)
  for (const [topic, count] of partitionCounts) {
    const subscribed = sorted.filter(member => member.topics.includes(topic))
    if (subscribed.length === 0) continue
    const share = Math.floor(count / subscribed.length)
    const withOneMore = count % subscribed.length
    let next = 0
    subscribed.forEach((member, i) => {
      const size = share + (i < withOneMore ? 1 : 0)
      if (size === 0) return
      const partitions = Array.from({ length: size }, (_, j) => next + j)
      next += size
      result.get(member.memberId)?.set(topic, partitions)
    })
  }
  return result
}

/** All partitions of all topics in order, one to each member in turn, members without the topic passed over. */
function roundrobin(
  members: readonly MemberSubscription[],
  partitionCounts: ReadonlyMap<string, number>,
): Map<string, Assignment> {
  const result = emptyAssignments(members)
  const sorted = [...members].sort(byIdentity)
  let turn = 0
  for (const topic of [...partitionCounts.keys()].sort()) {
    if (!sorted.some(member => member.topics.includes(topic))) continue
    for (let partition = 0; partition < (partitionCounts.get(topic) ?? 0); partition++) {
      let member = sorted[turn % sorted.length] as MemberSubscription
      while (!member.topics.includes(topic))
        member = sorted[++turn % sorted.length] as MemberSubscription
      turn++
      const assignment = result.get(member.memberId) as Assignment
      const partitions = assignment.get(topic)
      if (partitions === undefined) assignment.set(topic, [partition])
      else partitions.push(partition)
    }
  }
  return result
}

function emptyAssignments(members: readonly MemberSubscription[]): Map<string, Assignment> {
  return new Map(members.map(member => [member.memberId, new Map()]))
}

/** Static members first, by their instance id, so that a restart changes nothing. */
function byIdentity(a: MemberSubscription, b: MemberSubscription): number {
  if (a.groupInstanceId !== null && b.groupInstanceId !== null)
    return compare(a.groupInstanceId, b.groupInstanceId)
  if (a.groupInstanceId !== null) return -1
  if (b.groupInstanceId !== null) return 1
  return compare(a.memberId, b.memberId)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
