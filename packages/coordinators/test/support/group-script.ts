/**
 * Plays a story with the groups of one shard and writes down what comes of it, line by line: `>` is what happens, lines
 * below are records written and answers given, `member <- answer`. Member ids are shown by the name they were given to.
 */
import {
  coordinatorRecordType,
  decodeCoordinatorKey,
  decodeCoordinatorValue,
  errorName,
  GroupMetadataKey,
  GroupMetadataValue,
  OffsetCommitKey,
  OffsetCommitValue,
  type JoinGroupRequest,
} from '@moldau/protocol'
import { ZERO_UUID } from '@moldau/base'
import type {
  CommitAnswer,
  HeartbeatAnswer,
  JoinAnswer,
  LeaveAnswer,
  SyncAnswer,
} from '../../src/group/core/group-responses.ts'
import type { GroupSettings } from '../../src/group/core/group-settings.ts'
import { GroupShard } from '../../src/group/core/group-shard.ts'
import { type Reply, type ShardRecord, type TimerEvent, Turn } from '../../src/runtime/core/turn.ts'
import { CountingRandom } from './manual-world.ts'

const defaultSettings: GroupSettings = {
  initialRebalanceDelayMs: 3000,
  groupSizeMax: 1000,
  offsetMetadataMax: 4096,
  offsetRetentionMs: 7 * 24 * 60 * 60 * 1000,
  recordBytesMax: 1_000_000,
}

/** What a member says when it joins; the rest is usual. */
export type Joining = Partial<Omit<JoinGroupRequest, 'protocols'>> & {
  readonly version?: number
  readonly protocols?: Readonly<Record<string, string>>
}

export const GROUP = 'g'

export class GroupScript {
  now = 1_000_000
  shard: GroupShard
  readonly records: ShardRecord[] = []
  #settings: GroupSettings
  readonly #random = new CountingRandom()
  readonly #timers = new Map<TimerEvent, number>()
  readonly #names = new Map<string, string>()
  readonly #idOf = new Map<string, string>()
  readonly #generationOf = new Map<string, number>()
  #lines: string[] = []

  constructor(settings: Partial<GroupSettings> = {}) {
    this.#settings = { ...defaultSettings, ...settings }
    this.shard = new GroupShard(this.#settings, () => ZERO_UUID)
  }

  /** What was written down since the last call. */
  transcript(): string {
    const lines = this.#lines
    this.#lines = []
    return lines.join('\n')
  }

  /** A member's id, or the text itself for one that was never given. */
  id(name: string): string {
    return this.#idOf.get(name) ?? name
  }

  join(name: string, joining: Joining = {}, asNew = false): void {
    const { version = 9, protocols = { range: 'topics' }, ...fields } = joining
    const memberId = asNew ? '' : (this.#idOf.get(name) ?? '')
    const request: JoinGroupRequest = {
      groupId: GROUP,
      sessionTimeoutMs: 10_000,
      rebalanceTimeoutMs: 60_000,
      memberId,
      groupInstanceId: null,
      protocolType: 'consumer',
      protocols: Object.entries(protocols).map(([protocol, metadata]) => ({
        name: protocol,
        metadata: Buffer.from(metadata),
      })),
      reason: null,
      ...fields,
    }
    this.#lines.push(`> ${name} joins${memberId === '' ? '' : ` as ${this.#shown(memberId)}`}`)
    const client = { version, clientId: name, clientHost: '/127.0.0.1' }
    this.turn(turn => {
      this.shard.joinGroup(turn, request, client, this.#reply(name, this.#joinLine(name)))
    })
  }

  /** A process that was started again: it has forgotten its member id. */
  rejoinAsNew(name: string, joining: Joining = {}): void {
    this.join(name, joining, true)
  }

  sync(
    name: string,
    assignments: Readonly<Record<string, string>> = {},
    generation?: number,
  ): void {
    this.#lines.push(`> ${name} syncs ${JSON.stringify(assignments)}`)
    const request = {
      groupId: GROUP,
      generationId: generation ?? this.#generationOf.get(name) ?? 0,
      memberId: this.id(name),
      groupInstanceId: null,
      protocolType: null,
      protocolName: null,
      assignments: Object.entries(assignments).map(([member, assignment]) => ({
        memberId: this.id(member),
        assignment: Buffer.from(assignment),
      })),
    }
    this.turn(turn => {
      const line = ({ errorCode, assignment }: SyncAnswer) =>
        errorCode === 0 ? `assigned "${assignment.toString()}"` : errorName(errorCode)
      this.shard.syncGroup(turn, request, this.#reply(name, line))
    })
  }

  heartbeat(name: string, groupInstanceId: string | null = null): void {
    this.#lines.push(`> ${name} sends a heartbeat`)
    const request = {
      groupId: GROUP,
      generationId: this.#generationOf.get(name) ?? 0,
      memberId: this.id(name),
      groupInstanceId,
    }
    this.turn(turn => {
      const line = ({ errorCode }: HeartbeatAnswer) => errorName(errorCode)
      this.shard.heartbeat(turn, request, this.#reply(name, line))
    })
  }

  leave(...names: readonly string[]): void {
    this.#lines.push(`> ${names.join(', ')} leave${names.length === 1 ? 's' : ''}`)
    const members = names.map(name => ({
      memberId: this.id(name),
      groupInstanceId: null,
      reason: null,
    }))
    this.turn(turn => {
      const line = ({ members: left = [] }: LeaveAnswer) =>
        left.map(({ errorCode }) => errorName(errorCode)).join(', ')
      this.shard.leaveGroup(turn, GROUP, members, this.#reply(names.join(', '), line))
    })
  }

  /** Commits offset 5 of a topic; without a name, as a tool does. */
  commit(
    name: string,
    topic = 'orders',
    fields: { metadata?: string; retentionMs?: number } = {},
  ): void {
    this.#lines.push(`> ${name === '' ? 'a tool' : name} commits ${topic}`)
    const isTool = name === ''
    const request = {
      groupId: GROUP,
      generationIdOrMemberEpoch: isTool ? -1 : (this.#generationOf.get(name) ?? 0),
      memberId: isTool ? '' : this.id(name),
      groupInstanceId: null,
      retentionTimeMs: fields.retentionMs ?? -1,
      topics: [
        {
          name: topic,
          topicId: ZERO_UUID,
          partitions: [
            {
              partitionIndex: 0,
              committedOffset: 5,
              committedLeaderEpoch: -1,
              committedMetadata: fields.metadata ?? null,
            },
          ],
        },
      ],
    }
    this.turn(turn => {
      const line = ({ topics }: CommitAnswer) => errorName(topics[0]?.partitions[0]?.errorCode ?? 0)
      this.shard.commitOffsets(turn, request, 9, this.#reply(isTool ? 'tool' : name, line))
    })
  }

  /** Offset of partition 0 as OffsetFetch tells it. */
  offsetOf(topic: string, requireStable = false): number | string {
    let result: number | string = 'no answer'
    const group = {
      groupId: GROUP,
      memberId: null,
      memberEpoch: -1,
      topics: [{ name: topic, topicId: ZERO_UUID, partitionIndexes: [0] }],
    }
    this.turn(turn => {
      this.shard.fetchOffsets(turn, group, requireStable, {
        succeed({ topics }) {
          const partition = topics[0]?.partitions[0]
          const error = errorName(partition?.errorCode ?? 0)
          result = error === 'NONE' ? (partition?.committedOffset ?? -2) : error
        },
        fail() {},
      })
    })
    return result
  }

  /** Lets time pass; timers fire when they are due. */
  pass(ms: number): void {
    this.#lines.push(`> ${ms} ms pass`)
    const end = this.now + ms
    for (;;) {
      const [event, at] = [...this.#timers].toSorted((a, b) => a[1] - b[1])[0] ?? []
      if (event === undefined || at === undefined || at > end) break
      this.#timers.delete(event)
      this.now = at
      this.turn(turn => this.shard.timerFired(event, turn))
    }
    this.now = end
  }

  expireOffsets(): void {
    this.#lines.push('> old offsets are looked for')
    this.turn(turn => this.shard.expireOffsets(turn))
  }

  /** Starts again from what was written, perhaps with other settings. */
  restart(settings: Partial<GroupSettings> = {}): void {
    this.#lines.push('> the coordinator starts again')
    this.#timers.clear()
    this.#settings = { ...this.#settings, ...settings }
    this.shard = new GroupShard(this.#settings, () => ZERO_UUID)
    for (const record of this.records) this.shard.replay({ ...record, transactionOf: undefined })
    this.turn(turn => this.shard.loaded(turn))
  }

  /** The state of the group, its generation and members. */
  state(): string {
    let state = ''
    this.turn(turn => {
      this.shard.describeGroup(turn, GROUP, 5, {
        succeed: ({ groupState, members }) => {
          const names = members.map(({ memberId }) => this.#shown(memberId))
          state = `${groupState} [${names.join(', ')}]`
        },
        fail() {},
      })
    })
    return state
  }

  turn(act: (turn: Turn) => void): void {
    const turn = new Turn(this.now, this.#random)
    act(turn)
    for (const { event, delayMs } of turn.timers) {
      if (delayMs === undefined) this.#timers.delete(event)
      else this.#timers.set(event, this.now + delayMs)
    }
    for (const record of turn.records) {
      this.records.push(record)
      this.#lines.push(`  writes ${this.#recordLine(record)}`)
    }
    for (const answer of turn.answers) answer.release()
  }

  #reply<Response>(name: string, line: (response: Response) => string): Reply<Response> {
    return {
      succeed: response => this.#lines.push(`  ${name} <- ${line(response)}`),
      fail: error => this.#lines.push(`  ${name} <- failed: ${error}`),
    }
  }

  #joinLine(name: string) {
    return (answer: JoinAnswer): string => {
      const { errorCode, memberId, generationId = -1, leader, protocolName, members } = answer
      if (memberId !== '') {
        if (errorCode === 0 || errorName(errorCode) === 'MEMBER_ID_REQUIRED')
          this.#idOf.set(name, memberId)
      }
      if (errorCode !== 0) return errorName(errorCode)
      this.#generationOf.set(name, generationId)
      const all = members.map(
        member => `${this.#shown(member.memberId)}=${member.metadata.toString()}`,
      )
      const role =
        leader === memberId
          ? `leads [${all.join(', ')}]${answer.skipAssignment === true ? ' as assigned' : ''}`
          : `follows ${this.#shown(leader)}`
      return `generation ${generationId} of ${protocolName}: ${this.#shown(memberId)} ${role}`
    }
  }

  /** `a#2` for the second id that was seen of client or instance `a`. */
  #shown(memberId: string): string {
    const prefix = /^(.+)-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.exec(memberId)?.[1]
    if (prefix === undefined) return memberId
    const known = this.#names.get(memberId)
    if (known !== undefined) return known
    const count = [...this.#names.values()].filter(shown => shown.startsWith(`${prefix}#`)).length
    const shown = `${prefix}#${count + 1}`
    this.#names.set(memberId, shown)
    return shown
  }

  #recordLine({ key, value }: ShardRecord): string {
    if (coordinatorRecordType(key) === GroupMetadataKey.apiKey) {
      const { group } = decodeCoordinatorKey(GroupMetadataKey, key)
      if (value === null) return `group ${group}: deleted`
      const { generation, members } = decodeCoordinatorValue(GroupMetadataValue, value)
      const assigned = members.map(
        ({ memberId, assignment }) => `${this.#shown(memberId)}="${assignment.toString()}"`,
      )
      return `group ${group}: generation ${generation} [${assigned.join(', ')}]`
    }
    const type = coordinatorRecordType(key)
    if (type !== OffsetCommitKey.apiKey) return `record of type ${type}`
    const { topic, partition } = decodeCoordinatorKey(OffsetCommitKey, key)
    if (value === null) return `offset ${topic}-${partition}: deleted`
    const { offset } = decodeCoordinatorValue(OffsetCommitValue, value)
    return `offset ${topic}-${partition}: ${offset}`
  }
}
