/**
 * A classic group (KIP-62, KIP-345, KIP-394): its members, generation and state. Only facts and the rules on them; how a
 * group gets from one state to the next is in `classic-rebalance.ts` and the files of the requests.
 */
import { assert } from '@moldau/base'
import type { ErrorName } from '@moldau/protocol'
import type { Reply, TimerEvent } from '../../runtime/core/turn.ts'
import type { ClassicMember, ClassicProtocol, SessionTimer } from './classic-member.ts'
import { subscribedTopics } from './consumer-subscription.ts'
import type { JoinAnswer } from './group-responses.ts'

export type ClassicState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable'

/** A phase of a rebalance has taken too long. */
export interface RebalanceTimer extends TimerEvent {
  readonly kind: 'join' | 'sync'
  readonly groupId: string
}

/** The protocol type of consumers, whose metadata the coordinator can read. */
const CONSUMER = 'consumer'

export class ClassicGroup {
  readonly groupId: string
  generationId = 0
  /** Undefined for a group that never had members: it only stores offsets. */
  protocolType: string | undefined
  protocolName: string | undefined
  leaderId: string | undefined
  /** When the state was entered; undefined where an old record does not say. */
  stateSince: number | undefined
  /** The first rebalance of an empty group: it waits for more members. */
  isInitialRebalance = false
  /** A member came since the wait was last extended. */
  newMemberCame = false
  /** The current wait for more members, and what may be waited beyond it. */
  initialDelayMs = 0
  initialRemainingMs = 0
  /** What consumers are subscribed to; undefined where that cannot be known. */
  subscribed: ReadonlySet<string> | undefined
  readonly joinTimer: RebalanceTimer
  readonly syncTimer: RebalanceTimer
  /** Those that were given an id and have not come back with it. */
  readonly pending = new Map<string, SessionTimer>()
  /** Those that have not asked for their assignment since the last rebalance. */
  readonly pendingSync = new Set<string>()
  readonly #members = new Map<string, ClassicMember>()
  readonly #static = new Map<string, string>()
  /** How many members offer a protocol. */
  readonly #offers = new Map<string, number>()
  #awaitingJoinCount = 0
  #state: ClassicState = 'Empty'

  constructor(groupId: string, now: number | undefined) {
    this.groupId = groupId
    this.stateSince = now
    this.joinTimer = { kind: 'join', groupId }
    this.syncTimer = { kind: 'sync', groupId }
  }

  get state(): ClassicState {
    return this.#state
  }

  get size(): number {
    return this.#members.size
  }

  /** In the order they joined. */
  get members(): Iterable<ClassicMember> {
    return this.#members.values()
  }

  get awaitingJoinCount(): number {
    return this.#awaitingJoinCount
  }

  /** The longest that any member asked for. */
  get rebalanceTimeoutMs(): number {
    let longest = 0
    for (const member of this.#members.values())
      if (member.rebalanceTimeoutMs > longest) longest = member.rebalanceTimeoutMs
    return longest
  }

  get hasAllJoined(): boolean {
    return this.pending.size === 0 && this.awaitingJoinCount === this.#members.size
  }

  enter(state: ClassicState, now: number): void {
    this.#state = state
    this.stateSince = now
  }

  /** As a record tells it. */
  restore(state: ClassicState, since: number | undefined): void {
    this.#state = state
    this.stateSince = since
  }

  member(memberId: string): ClassicMember | undefined {
    return this.#members.get(memberId)
  }

  get hasStaticMembers(): boolean {
    return this.#static.size > 0
  }

  staticMemberId(groupInstanceId: string): string | undefined {
    return this.#static.get(groupInstanceId)
  }

  add(member: ClassicMember): void {
    this.leaderId ??= member.memberId
    this.#put(member)
    this.pending.delete(member.memberId)
  }

  remove(memberId: string): void {
    const member = this.#members.get(memberId)
    if (member !== undefined) this.#take(member)
    this.pending.delete(memberId)
    this.pendingSync.delete(memberId)
    if (this.leaderId === memberId) this.leaderId = this.#members.keys().next().value
  }

  /** Puts a new member in the place of a static one that was restarted. */
  replace(old: ClassicMember, member: ClassicMember): void {
    this.#take(old)
    this.pendingSync.delete(old.memberId)
    this.#put(member)
    if (this.leaderId === old.memberId) this.leaderId = member.memberId
  }

  /** What a member says when it joins again. */
  update(
    member: ClassicMember,
    said: Pick<ClassicMember, 'protocols' | 'rebalanceTimeoutMs' | 'sessionTimeoutMs'>,
  ): void {
    this.#countOffers(member, -1)
    member.protocols = said.protocols
    member.rebalanceTimeoutMs = said.rebalanceTimeoutMs
    member.sessionTimeoutMs = said.sessionTimeoutMs
    this.#countOffers(member, 1)
  }

  /** The member waits for the next generation. Returns who waited for it before, on a connection of old. */
  parkJoin(member: ClassicMember, reply: Reply<JoinAnswer>): Reply<JoinAnswer> | undefined {
    const earlier = member.joinReply
    if (earlier === undefined) this.#awaitingJoinCount++
    member.joinReply = reply
    return earlier
  }

  /** Who waits for the member's answer to JoinGroup, and does not any more. */
  unparkJoin(member: ClassicMember): Reply<JoinAnswer> | undefined {
    const reply = member.joinReply
    if (reply !== undefined) this.#awaitingJoinCount--
    member.joinReply = undefined
    return reply
  }

  /** Whose id this is, or why it is refused. */
  check(memberId: string, groupInstanceId: string | null): ClassicMember | ErrorName {
    if (groupInstanceId !== null) {
      const current = this.#static.get(groupInstanceId)
      if (current === undefined) return 'UNKNOWN_MEMBER_ID'
      if (current !== memberId) return 'FENCED_INSTANCE_ID'
    }
    return this.#members.get(memberId) ?? 'UNKNOWN_MEMBER_ID'
  }

  /** Whether somebody with these protocols may join. */
  accepts(protocolType: string, protocols: readonly ClassicProtocol[]): boolean {
    if (this.#state === 'Empty') return protocolType !== '' && protocols.length > 0
    return (
      protocolType === this.protocolType && protocols.some(({ name }) => this.#isOfferedByAll(name))
    )
  }

  /** Each member votes for the first of its protocols that all support; the most votes win. */
  selectProtocol(): string {
    const votes = new Map<string, number>()
    for (const { protocols } of this.#members.values()) {
      const vote = protocols.find(({ name }) => this.#isOfferedByAll(name))
      if (vote !== undefined) votes.set(vote.name, (votes.get(vote.name) ?? 0) + 1)
    }
    let selected: string | undefined
    for (const [name, count] of votes)
      if (selected === undefined || count > (votes.get(selected) ?? 0)) selected = name
    assert(selected !== undefined, `Group ${this.groupId} has no protocol that all members support`)
    return selected
  }

  /** Of the members that have come back, the leader or, where it has not, another one leads. */
  electJoinedLeader(): boolean {
    const leader = this.leaderId === undefined ? undefined : this.#members.get(this.leaderId)
    if (leader === undefined) return false
    if (leader.joinReply !== undefined) return true
    for (const { memberId, joinReply } of this.#members.values()) {
      if (joinReply === undefined) continue
      this.leaderId = memberId
      return true
    }
    return false
  }

  /** Begins the next generation, with the members there are. */
  nextGeneration(now: number): void {
    this.generationId++
    this.isInitialRebalance = false
    this.pendingSync.clear()
    this.protocolName = this.size === 0 ? undefined : this.selectProtocol()
    this.updateSubscribed()
    this.enter(this.size === 0 ? 'Empty' : 'CompletingRebalance', now)
  }

  updateSubscribed(): void {
    this.subscribed =
      this.protocolType === CONSUMER
        ? subscribedTopics(this.#members.values(), this.protocolName)
        : undefined
  }

  /** Consumers are subscribed to the topic, or may be. */
  isSubscribedTo(topic: string): boolean {
    return this.subscribed?.has(topic) ?? this.protocolType === CONSUMER
  }

  /** Whether it can be said which offsets are still needed while there are members. */
  get knowsSubscriptions(): boolean {
    return this.protocolType === CONSUMER && this.subscribed !== undefined
  }

  get usesConsumerProtocol(): boolean {
    return this.protocolType === CONSUMER
  }

  #isOfferedByAll(protocolName: string): boolean {
    return this.#offers.get(protocolName) === this.#members.size
  }

  #put(member: ClassicMember): void {
    this.#members.set(member.memberId, member)
    if (member.groupInstanceId !== null) this.#static.set(member.groupInstanceId, member.memberId)
    if (member.joinReply !== undefined) this.#awaitingJoinCount++
    this.#countOffers(member, 1)
  }

  #take(member: ClassicMember): void {
    this.#members.delete(member.memberId)
    if (member.groupInstanceId !== null) this.#static.delete(member.groupInstanceId)
    if (member.joinReply !== undefined) this.#awaitingJoinCount--
    this.#countOffers(member, -1)
  }

  #countOffers(member: ClassicMember, change: 1 | -1): void {
    for (const name of new Set(member.protocols.map(protocol => protocol.name))) {
      const count = (this.#offers.get(name) ?? 0) + change
      if (count === 0) this.#offers.delete(name)
      else this.#offers.set(name, count)
    }
  }
}
