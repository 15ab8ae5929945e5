/**
 * The group coordinator of one broker: finds the shard of a group, checks what needs no state, and turns refusals into
 * the answers that clients know. The broker elects and dismisses its shards.
 */
import { type Logger, type Timer, ZERO_UUID } from '@moldau/base'
import type { World } from '@moldau/io'
import type { ClusterImage } from '@moldau/metadata'
import {
  compressionById,
  type DeleteGroupsRequest,
  type DescribeGroupsRequest,
  ErrorCode,
  type ErrorName,
  type HeartbeatRequest,
  type JoinGroupRequest,
  KafkaError,
  type LeaveGroupRequest,
  type ListGroupsRequest,
  type OffsetCommitRequest,
  type OffsetDeleteRequest,
  type OffsetFetchRequest,
  type SyncGroupRequest,
} from '@moldau/protocol'
import type { GroupCoordinatorConfig } from '../config.ts'
import type { Reply, Turn } from '../runtime/core/turn.ts'
import { BATCH_BYTES_MAX, ReplicatedState } from '../runtime/replicated-state.ts'
import { coordinatorPartition, ShardDirectory } from '../runtime/shard-directory.ts'
import type { ShardStorage } from '../runtime/shard-storage.ts'
import type { JoiningClient } from './core/classic-join.ts'
import {
  type CommitAnswer,
  type DeleteAnswer,
  type DescribeAnswer,
  type FetchAnswer,
  type FetchedGroup,
  type HeartbeatAnswer,
  type JoinAnswer,
  type LeaveAnswer,
  type ListAnswer,
  type ListedGroup,
  type OffsetDeleteAnswer,
  refusedCommit,
  refusedJoin,
  refusedSync,
  type SyncAnswer,
} from './core/group-responses.ts'
import { GroupShard } from './core/group-shard.ts'

/** Where no protocol is chosen, older versions say so with an empty name. */
const FIRST_JOIN_VERSION_WITH_NULL_PROTOCOL = 7
/** Members must say which protocol they sync for (KIP-559). */
const FIRST_SYNC_VERSION_WITH_PROTOCOL = 5

const OFFSETS_TOPIC = '__consumer_offsets'

/** Header of a batch, and room for the small records that a decision may write beside its large one. */
const BATCH_OVERHEAD_BYTES = 16 * 1024

/** What the coordinator is made of. */
export interface GroupCoordinatorOptions {
  readonly world: World
  readonly logger: Logger
  readonly config: GroupCoordinatorConfig
  readonly storage: ShardStorage
  /** Partitions of `__consumer_offsets`, for as long as the topic is not in the image. */
  readonly partitionCount: number
  image(): ClusterImage
}

/** Who asks, in which version. */
export interface GroupRequestContext {
  readonly version: number
  readonly clientId: string
  /** Address of the client, without port. */
  readonly clientHost: string
  readonly principal: string
}

export class GroupCoordinator {
  readonly #options: GroupCoordinatorOptions
  readonly #shards: ShardDirectory<GroupShard>
  readonly #expiry: Timer

  constructor(options: GroupCoordinatorOptions) {
    this.#options = options
    const { world, config, storage, logger } = options
    const settings = {
      initialRebalanceDelayMs: config['group.initial.rebalance.delay.ms'],
      groupSizeMax: config['group.max.size'],
      offsetMetadataMax: config['offset.metadata.max.bytes'],
      offsetRetentionMs: config['offsets.retention.minutes'] * 60_000,
      recordBytesMax: BATCH_BYTES_MAX - BATCH_OVERHEAD_BYTES,
    }
    const topicIdOf = (name: string) => options.image().topics.byName(name)?.id ?? ZERO_UUID
    this.#shards = new ShardDirectory(
      partition =>
        new ReplicatedState({
          partition,
          world,
          logger,
          storage,
          compression: compressionById(config['offsets.topic.compression.codec']),
          commitTimeoutMs: config['offsets.commit.timeout.ms'],
          create: () => new GroupShard(settings, topicIdOf),
        }),
    )
    this.#expiry = world.timers.every(config['offsets.retention.check.interval.ms'], () => {
      this.#everywhere((shard, turn) => shard.expireOffsets(turn))
    })
  }

  /** This broker leads the partition of `__consumer_offsets` now. Resolves when its groups are served, or given up again. */
  elected(partition: number, leaderEpoch: number): Promise<void> {
    return this.#shards.elected(partition, leaderEpoch)
  }

  resigned(partition: number): void {
    this.#shards.resigned(partition)
  }

  /** The partition of `__consumer_offsets` that looks after a group. */
  partitionFor(groupId: string): number {
    const topic = this.#options.image().topics.byName(OFFSETS_TOPIC)
    const partitionCount = topic?.partitions.length ?? this.#options.partitionCount
    return coordinatorPartition(groupId, partitionCount)
  }

  async joinGroup(request: JoinGroupRequest, context: GroupRequestContext): Promise<JoinAnswer> {
    const answer = await this.#join(request, context)
    const isNullable = context.version >= FIRST_JOIN_VERSION_WITH_NULL_PROTOCOL
    return isNullable ? answer : { ...answer, protocolName: answer.protocolName ?? '' }
  }

  async #join(request: JoinGroupRequest, context: GroupRequestContext): Promise<JoinAnswer> {
    const { config } = this.#options
    const { groupId, memberId, sessionTimeoutMs } = request
    const isTimeoutValid =
      sessionTimeoutMs >= config['group.min.session.timeout.ms'] &&
      sessionTimeoutMs <= config['group.max.session.timeout.ms']
    if (groupId !== '' && !isTimeoutValid) return refusedJoin('INVALID_SESSION_TIMEOUT', memberId)
    const { groupInstanceId, protocolType, protocols } = request
    const names = protocols.map(({ name }) => name)
    const texts = [context.clientId, groupInstanceId ?? '', protocolType, ...names]
    if (texts.some(isTooLong)) return refusedJoin('INVALID_REQUEST', memberId)
    return this.#ask<JoinAnswer>(
      groupId,
      (shard, turn, reply) => shard.joinGroup(turn, request, clientOf(context), reply),
      error => refusedJoin(error, memberId),
    )
  }

  async syncGroup(request: SyncGroupRequest, context: GroupRequestContext): Promise<SyncAnswer> {
    const isProtocolMissing = request.protocolType === null || request.protocolName === null
    if (context.version >= FIRST_SYNC_VERSION_WITH_PROTOCOL && isProtocolMissing)
      return refusedSync('INCONSISTENT_GROUP_PROTOCOL')
    return this.#ask<SyncAnswer>(
      request.groupId,
      (shard, turn, reply) => shard.syncGroup(turn, request, reply),
      // The rebalance that the member was in is lost with the state: it starts over at JoinGroup.
      error =>
        refusedSync(error === 'COORDINATOR_LOAD_IN_PROGRESS' ? 'REBALANCE_IN_PROGRESS' : error),
    )
  }

  heartbeat(request: HeartbeatRequest, _context: GroupRequestContext): Promise<HeartbeatAnswer> {
    return this.#ask<HeartbeatAnswer>(
      request.groupId,
      (shard, turn, reply) => shard.heartbeat(turn, request, reply),
      // As Kafka: members are kept quiet while their group is loaded.
      error => ({
        errorCode: ErrorCode[error === 'COORDINATOR_LOAD_IN_PROGRESS' ? 'NONE' : error],
      }),
    )
  }

  async leaveGroup(request: LeaveGroupRequest, context: GroupRequestContext): Promise<LeaveAnswer> {
    const isSingle = context.version < 3
    const members = isSingle
      ? [{ memberId: request.memberId, groupInstanceId: null, reason: null }]
      : request.members
    const answer = await this.#ask<LeaveAnswer>(
      request.groupId,
      (shard, turn, reply) => shard.leaveGroup(turn, request.groupId, members, reply),
      error => ({ errorCode: ErrorCode[error], members: [] }),
    )
    if (!isSingle) return answer
    return { errorCode: answer.errorCode || (answer.members?.[0]?.errorCode ?? 0), members: [] }
  }

  /** Topics are known by name here: whoever calls has resolved ids, and has refused partitions that do not exist. */
  offsetCommit(request: OffsetCommitRequest, context: GroupRequestContext): Promise<CommitAnswer> {
    return this.#ask<CommitAnswer>(
      request.groupId,
      (shard, turn, reply) => shard.commitOffsets(turn, request, context.version, reply),
      error => refusedCommit(request, error),
      isAnyGroupId,
    )
  }

  /** Takes requests in the form of v8 and later: many groups, topics by name. */
  async offsetFetch(
    request: OffsetFetchRequest,
    _context: GroupRequestContext,
  ): Promise<FetchAnswer> {
    const groups = await Promise.all(
      request.groups.map(group =>
        this.#ask<FetchedGroup>(
          group.groupId,
          (shard, turn, reply) => shard.fetchOffsets(turn, group, request.requireStable, reply),
          error => ({ groupId: group.groupId, topics: [], errorCode: ErrorCode[error] }),
          isAnyGroupId,
        ),
      ),
    )
    return { groups }
  }

  offsetDelete(
    request: OffsetDeleteRequest,
    _context: GroupRequestContext,
  ): Promise<OffsetDeleteAnswer> {
    return this.#ask<OffsetDeleteAnswer>(
      request.groupId,
      (shard, turn, reply) => shard.deleteOffsets(turn, request, reply),
      error => ({ errorCode: ErrorCode[error], topics: [] }),
    )
  }

  /** The groups of all shards here. One shard that is not ready makes the whole answer an error, as Kafka's. */
  async listGroups(request: ListGroupsRequest, _context: GroupRequestContext): Promise<ListAnswer> {
    try {
      const lists = await Promise.all(
        [...this.#shards.all()].map(shard =>
          shard.request<readonly ListedGroup[]>((groups, turn, reply) =>
            groups.listGroups(turn, request, reply),
          ),
        ),
      )
      return { errorCode: 0, groups: lists.flat() }
    } catch (error) {
      return { errorCode: ErrorCode[this.#nameOf(error)], groups: [] }
    }
  }

  async describeGroups(
    request: DescribeGroupsRequest,
    context: GroupRequestContext,
  ): Promise<DescribeAnswer> {
    const groups = await Promise.all(
      request.groups.map(groupId =>
        this.#ask<DescribeAnswer['groups'][number]>(
          groupId,
          (shard, turn, reply) => shard.describeGroup(turn, groupId, context.version, reply),
          error => ({
            errorCode: ErrorCode[error],
            groupId,
            groupState: '',
            protocolType: '',
            protocolData: '',
            members: [],
          }),
          isAnyGroupId,
        ),
      ),
    )
    return { groups }
  }

  async deleteGroups(
    request: DeleteGroupsRequest,
    _context: GroupRequestContext,
  ): Promise<DeleteAnswer> {
    const results = await Promise.all(
      Array.from(new Set(request.groupsNames), groupId =>
        this.#ask<DeleteAnswer['results'][number]>(
          groupId,
          (shard, turn, reply) => shard.deleteGroup(turn, groupId, reply),
          error => ({ groupId, errorCode: ErrorCode[error] }),
          isAnyGroupId,
        ),
      ),
    )
    return { results }
  }

  /** Offsets of topics that are gone are removed. */
  topicsDeleted(names: readonly string[]): void {
    const deleted = new Set(names)
    this.#everywhere((shard, turn) => shard.topicsDeleted(turn, deleted))
  }

  /** Everybody who waits is told NOT_COORDINATOR. */
  close(): void {
    this.#expiry.cancel()
    this.#shards.close()
  }

  #everywhere(act: (shard: GroupShard, turn: Turn) => void): void {
    for (const shard of this.#shards.all()) shard.run(act)
  }

  /** Asks the shard of the group; whatever goes wrong becomes the answer that `refused` makes. */
  async #ask<Response>(
    groupId: string,
    decide: (shard: GroupShard, turn: Turn, reply: Reply<Response>) => void,
    refused: (error: ErrorName) => Response,
    isValid: (groupId: string) => boolean = isNotEmpty,
  ): Promise<Response> {
    if (!isValid(groupId)) return refused('INVALID_GROUP_ID')
    try {
      return await this.#shards.get(this.partitionFor(groupId)).request(decide)
    } catch (error) {
      return refused(this.#nameOf(error))
    }
  }

  #nameOf(error: unknown): ErrorName {
    if (error instanceof KafkaError) return error.code
    this.#options.logger.error('group request failed', {
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    })
    return 'UNKNOWN_SERVER_ERROR'
  }
}

/** Records hold texts of up to 32,767 bytes; ids of members add to those of clients. */
const TEXT_BYTES_MAX = 32_000
const isTooLong = (text: string) => Buffer.byteLength(text) > TEXT_BYTES_MAX

const isNotEmpty = (groupId: string) => groupId !== '' && !isTooLong(groupId)
/** Offsets may be kept under the empty name, as in Kafka. */
const isAnyGroupId = (groupId: string) => !isTooLong(groupId)

/** Kafka stores and shows addresses with a slash before them. */
function clientOf({ version, clientId, clientHost }: GroupRequestContext): JoiningClient {
  return {
    version,
    clientId,
    clientHost: clientHost.startsWith('/') ? clientHost : `/${clientHost}`,
  }
}
