/** A member of a classic group, step by step: every answer is compared. */
import {
  Apis,
  ErrorCode,
  type JoinGroupRequest,
  type JoinGroupResponse,
  type MessageInput,
  type SyncGroupResponse,
} from '@moldau/protocol'
import type { Connection, Side } from '../case.ts'

type JoinInput = MessageInput<typeof JoinGroupRequest>

/** What a member has to say of itself. */
export interface MemberOptions {
  readonly version?: number
  readonly instance?: string | null
  /** Protocols, each with the topic that it is about. */
  readonly protocols?: Readonly<Record<string, string>>
  readonly sessionTimeoutMs?: number
  readonly rebalanceTimeoutMs?: number
}

/**
 * The metadata of a consumer that subscribes to one topic: version 0, topics, no user data. Kafka 4.3.1 reads it, and
 * never answers a JoinGroup whose metadata seems to state thousands of millions of topics.
 */
export function subscriptionTo(topic: string): Buffer {
  const bytes = Buffer.alloc(2 + 4 + 2 + Buffer.byteLength(topic) + 4)
  bytes.writeInt32BE(1, 2)
  bytes.writeInt16BE(Buffer.byteLength(topic), 6)
  bytes.write(topic, 8)
  bytes.writeInt32BE(-1, bytes.length - 4)
  return bytes
}

/** One member on a connection of its own, since its requests wait for others. */
export class Member {
  readonly #connection: Connection
  readonly #groupId: string
  readonly #options: Required<MemberOptions>
  memberId = ''
  generationId = -1
  #protocolName: string | null = null
  /** Offered protocols, each with the topic that it is about. */
  protocols: Readonly<Record<string, string>>

  private constructor(connection: Connection, groupId: string, options: MemberOptions) {
    this.#connection = connection
    this.#groupId = groupId
    this.#options = {
      version: 9,
      instance: null,
      protocols: { range: 'a-topic' },
      sessionTimeoutMs: 30_000,
      rebalanceTimeoutMs: 30_000,
      ...options,
    }
    this.protocols = this.#options.protocols
  }

  /** A member that has not joined. */
  static async open(side: Side, groupId: string, options: MemberOptions = {}): Promise<Member> {
    return new Member(await side.connection(), groupId, options)
  }

  /** A member that got its id, if it needs one. */
  static async known(side: Side, groupId: string, options: MemberOptions = {}): Promise<Member> {
    const member = await Member.open(side, groupId, options)
    if (member.#options.version < 4 || member.#options.instance !== null) return member
    const { errorCode, memberId } = await member.#connection.quiet(
      Apis.JoinGroup,
      member.#options.version,
      member.#joinInput(),
    )
    if (errorCode !== ErrorCode.MEMBER_ID_REQUIRED)
      throw new Error(`A new member got error ${errorCode}`)
    member.memberId = memberId
    return member
  }

  /** Joins; answered when the group is complete. */
  async join(): Promise<JoinGroupResponse> {
    const answer = await this.#connection.ask(
      Apis.JoinGroup,
      this.#options.version,
      this.#joinInput(),
    )
    if (answer.errorCode === ErrorCode.NONE) {
      this.generationId = answer.generationId
      this.#protocolName = answer.protocolName
    }
    if (answer.memberId !== '') this.memberId = answer.memberId
    return answer
  }

  /** Syncs, as leader with the assignments of members; answered when the leader has. */
  async sync(assignments: ReadonlyMap<string, string> = new Map()): Promise<SyncGroupResponse> {
    return this.#connection.ask(Apis.SyncGroup, 5, {
      groupId: this.#groupId,
      generationId: this.generationId,
      memberId: this.memberId,
      groupInstanceId: this.#options.instance,
      protocolType: 'consumer',
      protocolName: this.#protocolName,
      assignments: Array.from(assignments, ([memberId, text]) => ({
        memberId,
        assignment: Buffer.from(text),
      })),
    })
  }

  async heartbeat(): Promise<void> {
    await this.#connection.ask(Apis.Heartbeat, 4, {
      groupId: this.#groupId,
      generationId: this.generationId,
      memberId: this.memberId,
      groupInstanceId: this.#options.instance,
    })
  }

  async leave(): Promise<void> {
    await this.#connection.ask(Apis.LeaveGroup, 4, {
      groupId: this.#groupId,
      members: [{ memberId: this.memberId, groupInstanceId: this.#options.instance }],
    })
  }

  /** Breaks the connection, as a member that crashes. */
  crash(): void {
    this.#connection.destroy()
  }

  #joinInput(): JoinInput {
    return {
      groupId: this.#groupId,
      sessionTimeoutMs: this.#options.sessionTimeoutMs,
      rebalanceTimeoutMs: this.#options.rebalanceTimeoutMs,
      memberId: this.memberId,
      groupInstanceId: this.#options.instance,
      protocolType: 'consumer',
      protocols: Object.entries(this.protocols).map(([name, metadata]) => ({
        name,
        metadata: subscriptionTo(metadata),
      })),
    }
  }
}

/** A group of one that is Stable. */
export async function stableMember(
  side: Side,
  groupId: string,
  options: MemberOptions = {},
): Promise<Member> {
  const member = await Member.known(side, groupId, options)
  await member.join()
  await member.sync(new Map([[member.memberId, 'all']]))
  return member
}

/** Lets a new member into a group of one: both have joined the next generation, nobody has synced. */
export async function joinedBy(
  side: Side,
  groupId: string,
  first: Member,
  options: MemberOptions = {},
): Promise<Member> {
  const second = await Member.known(side, groupId, options)
  const joining = second.join()
  await untilState(side, groupId, 'PreparingRebalance')
  await first.join()
  await joining
  return second
}

/** Waits until a group is in a state. */
export async function untilState(side: Side, groupId: string, state: string): Promise<void> {
  await side.until(
    Apis.DescribeGroups,
    5,
    { groups: [groupId], includeAuthorizedOperations: false },
    ({ groups }) => groups[0]?.groupState === state,
  )
}

/** Describes a group, to be compared. */
export async function describeGroup(side: Side, groupId: string): Promise<void> {
  await side.ask(Apis.DescribeGroups, 5, {
    groups: [groupId],
    includeAuthorizedOperations: false,
  })
}
