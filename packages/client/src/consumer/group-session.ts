/**
 * The life of a member in a classic group: find the coordinator, join, divide (as leader), sync, heartbeat, and again
 * when the group changes. Runs beside the application: heartbeats go on while a record is processed; before a rebalance
 * it waits until the application asks for the next record. Partitions are given up before each rejoin ("eager").
 */
import { Apis } from '@moldau/protocol'
import type { Cluster } from '../cluster/cluster.ts'
import { abortable, backoff, sleep } from '../cluster/retry.ts'
import type { Api, RequestOf, ResponseOf } from '../cluster/versions.ts'
import type { consumerOptions, ValuesOf } from '../config.ts'
import { isKafkaError, KafkaError, protocolError } from '../errors.ts'
import { assignors, type MemberSubscription } from './core/assignors.ts'
import { noMember, react, type GroupCall, type Member, type Reaction } from './core/membership.ts'
import {
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
} from './consumer-protocol.ts'

/** The consumer, as its membership needs it. */
export interface GroupMember {
  /** Names of the topics to subscribe to now, patterns resolved. @throws KafkaError */
  topics(): Promise<string[]>
  /** Resolves when the application is not processing a record. */
  quiet(): Promise<void>
  /** When the application last asked for something; undefined while it waits for a record. */
  lastAskedAt(): number | undefined
  /** Gives the partitions up; commits first unless they are lost already. */
  revoked(isLost: boolean): Promise<void>
  assigned(partitions: readonly { topic: string; partition: number }[]): void
  /** The membership is over for good. */
  failed(error: KafkaError): void
}

interface Generation {
  readonly isLeader: boolean
  readonly topics: readonly string[]
  readonly partitionCounts: ReadonlyMap<string, number>
}

/** How long beyond the rebalance timeout an answer to a join may take. */
const joinGraceMs = 5000
/** How often topics that do not exist yet are looked for. */
const missingTopicsMs = 1000

export class GroupSession {
  readonly #cluster: Cluster
  readonly #config: ValuesOf<typeof consumerOptions>
  readonly #host: GroupMember
  readonly #lane: string
  readonly #metadataMaxAgeMs: number
  readonly #abort = new AbortController()
  #member: Member = noMember
  #isJoinWanted = false
  #isJoining = false
  /** Whether partitions are ours, and whether they went to others without our doing. */
  #isAssigned = false
  #isLost = false
  #wake: (() => void) | undefined
  #running: Promise<void> | undefined

  constructor(
    cluster: Cluster,
    config: ValuesOf<typeof consumerOptions>,
    host: GroupMember,
    options: { lane: string; metadataMaxAgeMs: number },
  ) {
    this.#cluster = cluster
    this.#config = config
    this.#host = host
    this.#lane = options.lane
    this.#metadataMaxAgeMs = options.metadataMaxAgeMs
  }

  get member(): Member {
    return this.#member
  }

  start(): void {
    this.#running ??= this.#run()
  }

  /** Joins again: the subscription changed, or an answer to a commit said so. */
  rejoin(): void {
    this.#isJoinWanted = true
    this.#wake?.()
  }

  /** What the answer to a commit means for the membership. */
  commitFailed(error: KafkaError): void {
    if (this.#react('commit', error).next === 'join') this.rejoin()
  }

  /** Stops, and leaves the group unless the member is static. Never fails. */
  async close(): Promise<void> {
    this.#abort.abort(new KafkaError('CLOSED', { message: 'The consumer was closed' }))
    this.#wake?.()
    // The answer to a join may be minutes away, and would hold up the request to leave.
    if (this.#isJoining) this.#cluster.closeLane(this.#lane)
    await this.#running?.catch(() => {})
    await this.#leave('the consumer was closed')
  }

  async #run(): Promise<void> {
    let failures = 0
    while (!this.#abort.signal.aborted) {
      let next: 'join' | 'retry' | 'stop' = 'join'
      try {
        this.#isJoinWanted = false
        const generation = await this.#join()
        failures = 0
        await this.#stay(generation)
      } catch (error) {
        if (this.#abort.signal.aborted) return
        next = this.#onError(error)
      }
      if (this.#abort.signal.aborted) return
      if (this.#isAssigned) {
        this.#isAssigned = false
        // The application finishes its record, then its work so far is committed.
        if (!this.#isLost) await this.#settle()
        await this.#host.revoked(this.#isLost)
      }
      this.#isLost = false
      if (next === 'stop') return
      if (next === 'retry')
        await sleep(
          this.#cluster.world,
          backoff(this.#cluster.policy, ++failures, this.#cluster.world),
          this.#abort.signal,
        ).catch(() => {})
    }
  }

  #onError(error: unknown): 'join' | 'retry' | 'stop' {
    const kafkaError = isKafkaError(error)
      ? error
      : new KafkaError('UNKNOWN_SERVER_ERROR', { message: String(error), cause: error })
    this.#cluster.logger.debug('group call failed', { api: kafkaError.api, code: kafkaError.code })
    const call = kafkaError.api === 'SyncGroup' ? 'sync' : 'join'
    const reaction = this.#react(call, kafkaError)
    if (reaction.next === 'join') return 'join'
    if (reaction.next !== 'stop' || kafkaError.retriable) return 'retry'
    this.#isLost = true
    this.#host.failed(kafkaError)
    return 'stop'
  }

  #react(call: GroupCall, error: KafkaError): Reaction {
    const reaction = react(call, error.code, this.#member)
    this.#member = reaction.member
    if (reaction.isLost) this.#isLost = true
    if (reaction.forgetsCoordinator) this.#cluster.forgetCoordinator(this.#config['group.id'])
    return reaction
  }

  async #join(): Promise<Generation> {
    const topics = await this.#host.topics()
    this.#isJoining = true
    const answer = await this.#joinCall(topics, encodeSubscription(topics)).finally(() => {
      this.#isJoining = false
    })
    this.#member = { memberId: answer.memberId, generation: answer.generationId }
    const isLeader = answer.leader === answer.memberId
    let partitionCounts: ReadonlyMap<string, number> = new Map()
    let assignments: { memberId: string; assignment: Buffer }[] = []
    if (isLeader) {
      const members = answer.members.map(member => ({
        memberId: member.memberId,
        groupInstanceId: member.groupInstanceId,
        topics: decodeSubscription(member.metadata),
      }))
      partitionCounts = await this.#partitionCounts(members)
      if (!answer.skipAssignment)
        assignments = this.#assign(answer.protocolName ?? '', members, partitionCounts)
    }
    const sync = await this.#call(Apis.SyncGroup, {
      ...this.#identity(),
      protocolType,
      protocolName: answer.protocolName,
      assignments,
    })
    if (sync.errorCode !== 0) throw protocolError(sync.errorCode, { api: 'SyncGroup' })
    this.#isAssigned = true
    this.#host.assigned(decodeAssignment(sync.assignment))
    this.#cluster.logger.info('joined group', {
      group: this.#config['group.id'],
      generation: answer.generationId,
      isLeader,
    })
    return { isLeader, topics, partitionCounts }
  }

  async #joinCall(
    topics: readonly string[],
    metadata: Buffer,
  ): Promise<ReturnType<typeof Apis.JoinGroup.response.decode>> {
    const rebalanceTimeoutMs = this.#config['max.poll.interval.ms']
    for (;;) {
      const { groupId, groupInstanceId, memberId } = this.#identity()
      const answer = await this.#call(
        Apis.JoinGroup,
        {
          groupId,
          groupInstanceId,
          memberId,
          sessionTimeoutMs: this.#config['session.timeout.ms'],
          rebalanceTimeoutMs,
          protocolType,
          protocols: this.#protocolNames().map(name => ({ name, metadata })),
          reason: topics.length === 0 ? 'no topic yet' : '',
        },
        rebalanceTimeoutMs + joinGraceMs,
      )
      if (answer.errorCode === 0) return answer
      const error = protocolError(answer.errorCode, { api: 'JoinGroup' })
      if (error.code !== 'MEMBER_ID_REQUIRED') throw error
      this.#member = { memberId: answer.memberId, generation: -1 }
    }
  }

  #protocolNames(): string[] {
    return this.#config['partition.assignment.strategy'].map(name => {
      const short = javaNames[name] ?? name
      if (assignors[short] !== undefined) return short
      throw new KafkaError('CONFIG', {
        message: `Unknown partition.assignment.strategy ${name}; known are ${Object.keys(assignors).join(', ')}`,
      })
    })
  }

  #assign(
    protocolName: string,
    members: readonly MemberSubscription[],
    partitionCounts: ReadonlyMap<string, number>,
  ): { memberId: string; assignment: Buffer }[] {
    const assign = assignors[protocolName]
    if (assign === undefined)
      throw new KafkaError('INCONSISTENT_GROUP_PROTOCOL', {
        message: `The group chose the assignor ${protocolName}, which is not known here`,
      })
    return [...assign(members, partitionCounts)].map(([memberId, topics]) => ({
      memberId,
      assignment: encodeAssignment(topics),
    }))
  }

  /** Partitions of every topic that some member wants; topics that do not exist are left out. */
  async #partitionCounts(members: readonly MemberSubscription[]): Promise<Map<string, number>> {
    const wanted = [...new Set(members.flatMap(member => member.topics))].sort()
    await this.#cluster.refresh(wanted)
    const counts = new Map<string, number>()
    for (const name of wanted) {
      const topic = this.#cluster.metadata.known(name)
      if (topic !== undefined) counts.set(name, topic.partitions.length)
    }
    return counts
  }

  /** Heartbeats until the group has to be joined again. @throws KafkaError */
  async #stay(generation: Generation): Promise<void> {
    const { clock } = this.#cluster.world
    let lookedAt = clock.monotonic()
    for (;;) {
      if (!this.#isJoinWanted) await this.#nextBeat()
      if (this.#isJoinWanted || this.#abort.signal.aborted) return
      if (this.#hasStalled()) {
        await this.#leave('max.poll.interval.ms passed without a request for records')
        this.#isAssigned = false
        await this.#host.revoked(true)
        await abortable(this.#host.quiet(), this.#abort.signal)
        return
      }
      if (!(await this.#beat())) return
      const isMissing = generation.topics.some(
        name => this.#cluster.metadata.known(name) === undefined,
      )
      const now = clock.monotonic()
      if (
        now - lookedAt <
        (isMissing || generation.topics.length === 0 ? missingTopicsMs : this.#metadataMaxAgeMs)
      )
        continue
      lookedAt = now
      if (await this.#hasChanged(generation)) return
    }
  }

  /** Until the application asks for a record, or it is too late to wait: heartbeats go on. */
  async #settle(): Promise<void> {
    let isQuiet = false
    const quiet = this.#host.quiet().then(() => {
      isQuiet = true
    })
    while (!isQuiet && !this.#abort.signal.aborted) {
      await Promise.race([quiet, this.#nextBeat()])
      if (isQuiet || this.#hasStalled()) break
      if (this.#member.generation >= 0) await this.#beat().catch(() => {})
    }
    this.#wake?.()
  }

  /** One heartbeat; false when the group rebalances. @throws KafkaError */
  async #beat(): Promise<boolean> {
    try {
      const answer = await this.#call(Apis.Heartbeat, this.#identity())
      if (answer.errorCode === 0) return true
      throw protocolError(answer.errorCode, { api: 'Heartbeat' })
    } catch (error) {
      if (!isKafkaError(error)) throw error
      const { next } = this.#react('heartbeat', error)
      if (next === 'stop') throw error
      return next === 'carry-on'
    }
  }

  /** Whether the application has not asked for a record for too long. */
  #hasStalled(): boolean {
    const askedAt = this.#host.lastAskedAt()
    if (askedAt === undefined) return false
    const { clock } = this.#cluster.world
    return clock.monotonic() - askedAt > this.#config['max.poll.interval.ms']
  }

  /** Whether the topics to read, or (for the leader) their partitions, are others than when we joined. */
  async #hasChanged(generation: Generation): Promise<boolean> {
    try {
      const topics = await this.#host.topics()
      if (topics.join() !== generation.topics.join()) return true
      if (!generation.isLeader) return false
      await this.#cluster.refresh([...new Set([...generation.partitionCounts.keys(), ...topics])])
    } catch {
      // The next look will tell.
      return false
    }
    for (const name of new Set([...generation.partitionCounts.keys(), ...generation.topics])) {
      const count = this.#cluster.metadata.known(name)?.partitions.length
      if (count !== generation.partitionCounts.get(name)) return true
    }
    return false
  }

  /** Waits for the next heartbeat's time or a wake-up. */
  async #nextBeat(): Promise<void> {
    await new Promise<void>(resolve => {
      const timer = this.#cluster.world.timers.after(this.#config['heartbeat.interval.ms'], () =>
        wake(),
      )
      const wake = (): void => {
        timer.cancel()
        this.#wake = undefined
        resolve()
      }
      this.#wake = wake
    })
  }

  /** Calls the coordinator. @throws KafkaError, also when this session is closed meanwhile */
  async #call<A extends Api>(
    api: A,
    request: RequestOf<A>,
    timeoutMs?: number,
  ): Promise<ResponseOf<A>> {
    const { signal } = this.#abort
    const nodeId = await abortable(
      this.#cluster.coordinator(this.#config['group.id'], this.#lane),
      signal,
    )
    return abortable(
      this.#cluster.call(nodeId, api, request, {
        lane: this.#lane,
        ...(timeoutMs !== undefined && { timeoutMs }),
      }),
      signal,
    )
  }

  async #leave(reason: string): Promise<void> {
    const { groupId, groupInstanceId, memberId } = this.#identity()
    this.#member = noMember
    if (memberId === '' || groupInstanceId !== null) return
    try {
      const connection = await this.#cluster.connection(
        await this.#cluster.coordinator(groupId, this.#lane),
        this.#lane,
      )
      const isBatched = connection.versionOf(Apis.LeaveGroup) >= 3
      await connection.call(
        Apis.LeaveGroup,
        isBatched
          ? { groupId, members: [{ memberId, groupInstanceId, reason }] }
          : { groupId, memberId },
      )
    } catch (error) {
      // The session timeout removes the member then.
      this.#cluster.logger.debug('could not leave the group', { group: groupId, error })
    }
  }

  #identity(): {
    groupId: string
    groupInstanceId: string | null
    memberId: string
    generationId: number
  } {
    const instance = this.#config['group.instance.id']
    return {
      groupId: this.#config['group.id'],
      groupInstanceId: instance === '' ? null : instance,
      memberId: this.#member.memberId,
      generationId: this.#member.generation,
    }
  }
}

const protocolType = 'consumer'

/** Java's class names, for configurations that are copied. */
const javaNames: Readonly<Record<string, string>> = {
  'org.apache.kafka.clients.consumer.RangeAssignor': 'range',
  'org.apache.kafka.clients.consumer.RoundRobinAssignor': 'roundrobin',
}
