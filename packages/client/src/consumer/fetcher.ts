/**
 * Fetches ahead of the application: one request on the way per leader, up to two answers kept per partition, and a
 * bound on all that is kept. Looks up where to start (the group's offset, or an end of the partition). What it finds
 * goes into `AssignedPartitions`; the consumer is told that something changed.
 */
import { ZERO_UUID } from '@moldau/base'
import { Apis } from '@moldau/protocol'
import type { Cluster } from '../cluster/cluster.ts'
import { listOffsets } from '../cluster/list-offsets.ts'
import { backoff, sleep } from '../cluster/retry.ts'
import type { consumerOptions, ValuesOf } from '../config.ts'
import { isKafkaError, KafkaError, protocolError } from '../errors.ts'
import type { AssignedPartition, AssignedPartitions } from './core/assigned-partitions.ts'
import { FetchedRecords } from './core/fetched-records.ts'
import { fetchOffsets } from './group-offsets.ts'

/** Answers kept per partition, so that one is on its way while the other is consumed. */
const bufferedMax = 2
/** Topic ids came with this version of Fetch. */
const namesMaxVersion = 12

export interface FetcherEvents {
  /** Records arrived, or an error has to be told. */
  changed(): void
  /** Something that does not pass by itself; told to the application once. */
  failed(error: KafkaError): void
}

type FetchAnswer = ReturnType<typeof Apis.Fetch.response.decode>
type PartitionAnswer = FetchAnswer['responses'][number]['partitions'][number]

interface Wanted {
  readonly partition: AssignedPartition
  readonly token: number
  readonly offset: number
}

export class Fetcher {
  readonly #cluster: Cluster
  readonly #config: ValuesOf<typeof consumerOptions>
  readonly #partitions: AssignedPartitions
  readonly #events: FetcherEvents
  readonly #lane: string
  readonly #busyBrokers = new Set<number>()
  #isLookingUp = false
  #isRefreshing = false
  #lookupFailures = 0
  #isClosed = false

  constructor(
    cluster: Cluster,
    config: ValuesOf<typeof consumerOptions>,
    partitions: AssignedPartitions,
    events: FetcherEvents,
  ) {
    this.#cluster = cluster
    this.#config = config
    this.#partitions = partitions
    this.#events = events
    this.#lane = cluster.newLane('fetch')
  }

  /** Begins what can be begun: called after anything changed. */
  pump(): void {
    if (this.#isClosed) return
    const all = this.#partitions.all()
    if (all.some(isUnplaced)) this.#lookUp()
    const byLeader = new Map<number, Wanted[]>()
    let isLeaderless = false
    const mayBuffer = this.#partitions.bufferedBytes() < 2 * this.#config['fetch.max.bytes']
    for (const partition of all) {
      if (partition.fetchOffset === undefined || partition.isPaused || partition.isFetching)
        continue
      if (partition.buffered.length >= bufferedMax || !mayBuffer) continue
      const leader = this.#cluster.metadata.leader(partition.topic, partition.partition)
      if (leader === undefined) {
        isLeaderless = true
        continue
      }
      if (this.#busyBrokers.has(leader.nodeId)) continue
      const wanted = { partition, token: partition.token, offset: partition.fetchOffset }
      const group = byLeader.get(leader.nodeId)
      if (group === undefined) byLeader.set(leader.nodeId, [wanted])
      else group.push(wanted)
    }
    for (const [nodeId, wanted] of byLeader) this.#fetch(nodeId, wanted)
    if (isLeaderless) this.#refresh()
  }

  close(): void {
    this.#isClosed = true
    this.#cluster.closeLane(this.#lane)
  }

  #fetch(nodeId: number, wanted: Wanted[]): void {
    this.#busyBrokers.add(nodeId)
    for (const { partition } of wanted) partition.isFetching = true
    this.#fetchFrom(nodeId, wanted)
      .then(
        isTrouble => (isTrouble ? this.#pause() : undefined),
        (error: unknown) => {
          this.#cluster.logger.debug('fetch failed', { broker: nodeId, error })
          for (const { partition } of wanted) this.#cluster.metadata.markStale(partition.topic)
          this.#refresh()
          return this.#pause()
        },
      )
      .finally(() => {
        this.#busyBrokers.delete(nodeId)
        for (const { partition, token } of wanted)
          if (partition.token === token) partition.isFetching = false
        this.pump()
      })
  }

  /** Whether some partition had an error that should not be met again at once. */
  async #fetchFrom(nodeId: number, wanted: readonly Wanted[]): Promise<boolean> {
    const topics = new Map<string, Wanted[]>()
    for (const want of wanted) {
      const others = topics.get(want.partition.topic)
      if (others === undefined) topics.set(want.partition.topic, [want])
      else others.push(want)
    }
    const { metadata } = this.#cluster
    const ids = new Map(
      [...topics.keys()].map(name => [name, metadata.known(name)?.topicId ?? ZERO_UUID]),
    )
    const hasIds = [...ids.values()].every(id => id !== ZERO_UUID)
    const connection = await this.#cluster.connection(nodeId, this.#lane)
    const answer = await connection.call(
      Apis.Fetch,
      {
        maxWaitMs: this.#config['fetch.max.wait.ms'],
        minBytes: this.#config['fetch.min.bytes'],
        maxBytes: this.#config['fetch.max.bytes'],
        isolationLevel: this.#isReadCommitted ? 1 : 0,
        sessionId: 0,
        sessionEpoch: -1,
        topics: [...topics].map(([topic, group]) => ({
          topic,
          topicId: ids.get(topic) ?? ZERO_UUID,
          partitions: group.map(({ partition, offset }) => ({
            partition: partition.partition,
            currentLeaderEpoch:
              metadata.known(topic)?.partitions[partition.partition]?.leaderEpoch ?? -1,
            fetchOffset: offset,
            partitionMaxBytes: this.#config['max.partition.fetch.bytes'],
          })),
        })),
        forgottenTopicsData: [],
        rackId: this.#config['client.rack'],
      },
      {
        timeoutMs: this.#config['fetch.max.wait.ms'] + fetchGraceMs,
        ...(!hasIds && { maxVersion: namesMaxVersion }),
      },
    )
    if (answer.errorCode !== 0) throw protocolError(answer.errorCode, { api: 'Fetch' })
    return this.#take(answer, topics, ids)
  }

  #take(
    answer: FetchAnswer,
    topics: ReadonlyMap<string, readonly Wanted[]>,
    ids: ReadonlyMap<string, string>,
  ): boolean {
    const names = new Map([...ids].map(([name, id]) => [id, name]))
    let isTrouble = false
    let hasNews = false
    for (const topic of answer.responses) {
      const name = topic.topic === '' ? names.get(topic.topicId) : topic.topic
      for (const row of topic.partitions) {
        const want = topics
          .get(name ?? '')
          ?.find(({ partition }) => partition.partition === row.partitionIndex)
        if (want === undefined || !this.#partitions.isCurrent(want.partition, want.token)) continue
        if (row.errorCode !== 0) isTrouble = this.#onError(want, row) || isTrouble
        else hasNews = this.#keep(want, row) || hasNews
      }
    }
    if (hasNews) this.#events.changed()
    return isTrouble
  }

  #keep({ partition, offset }: Wanted, row: PartitionAnswer): boolean {
    partition.highWatermark = row.highWatermark
    const { records } = row
    if (records === null || records.length === 0) return false
    const end = FetchedRecords.endOffset(records, offset)
    if (end <= offset) return false
    partition.fetchOffset = end
    partition.buffered.push(
      new FetchedRecords({
        topic: partition.topic,
        partition: partition.partition,
        fetchOffset: offset,
        records,
        abortedTransactions: this.#isReadCommitted ? (row.abortedTransactions ?? []) : [],
      }),
    )
    return true
  }

  /** Whether to pause before the next fetch. */
  #onError({ partition, offset }: Wanted, row: PartitionAnswer): boolean {
    const { topic } = partition
    const error = protocolError(row.errorCode, {
      api: 'Fetch',
      topicPartition: { topic, partition: partition.partition },
    })
    if (error.code === 'OFFSET_OUT_OF_RANGE') {
      this.#cluster.logger.info('offset is out of range', {
        topic,
        partition: partition.partition,
        offset,
      })
      this.#reset(partition)
      return false
    }
    if (error.retriable) {
      this.#cluster.metadata.markStale(topic)
      this.#refresh()
    } else this.#events.failed(error)
    return true
  }

  /** To where auto.offset.reset says. */
  #reset(partition: AssignedPartition): void {
    const policy = this.#config['auto.offset.reset']
    if (policy === 'none') {
      partition.isStuck = true
      partition.fetchOffset = undefined
      this.#events.failed(
        new KafkaError('NO_OFFSET', {
          message: `No valid offset for ${partition.topic}-${partition.partition}, and auto.offset.reset is none`,
          topicPartition: { topic: partition.topic, partition: partition.partition },
        }),
      )
    } else this.#partitions.seekToEnd(partition, policy)
  }

  /** Finds the offsets to start from, for all partitions that have none; again until it succeeds. */
  #lookUp(): void {
    if (this.#isLookingUp) return
    this.#isLookingUp = true
    this.#lookUpOnce()
      .then(
        () => {
          this.#lookupFailures = 0
        },
        (error: unknown) => {
          this.#lookupFailures++
          if (!isKafkaError(error) || !error.retriable) {
            this.#events.failed(
              isKafkaError(error)
                ? error
                : new KafkaError('UNKNOWN_SERVER_ERROR', { cause: error }),
            )
          }
          return this.#pause(this.#lookupFailures)
        },
      )
      .finally(() => {
        this.#isLookingUp = false
        this.pump()
        this.#events.changed()
      })
  }

  async #lookUpOnce(): Promise<void> {
    const unplaced = this.#partitions
      .all()
      .filter(isUnplaced)
      .map(partition => ({ partition, token: partition.token }))
    await this.#learnTopics(unplaced.map(({ partition }) => partition.topic))
    const groupId = this.#config['group.id']
    const unset = unplaced.filter(({ partition }) => partition.resetTo === undefined)
    if (groupId !== '' && unset.length > 0) {
      const committed = await fetchOffsets(
        this.#cluster,
        groupId,
        unset.map(({ partition }) => partition),
        { requireStable: this.#isReadCommitted, lane: this.#lane },
      )
      for (const { partition, token } of unset) {
        if (!this.#partitions.isCurrent(partition, token)) continue
        const found = committed.get(`${partition.topic}-${partition.partition}`)
        if (found === undefined) continue
        partition.fetchOffset = found.offset
        partition.consumedOffset = found.offset
        partition.committedOffset = found.offset
        partition.consumedEpoch = found.leaderEpoch
      }
    }
    for (const { partition, token } of unset)
      if (this.#partitions.isCurrent(partition, token) && partition.fetchOffset === undefined)
        this.#reset(partition)
    await this.#lookUpEnds()
  }

  async #lookUpEnds(): Promise<void> {
    const wanted = this.#partitions.all().filter(partition => partition.resetTo !== undefined)
    if (wanted.length === 0) return
    const tokens = new Map(wanted.map(partition => [partition, partition.token]))
    const found = await listOffsets(
      this.#cluster,
      wanted.map(({ topic, partition, resetTo }) => ({
        topic,
        partition,
        at: resetTo ?? 'latest',
      })),
      { isReadCommitted: this.#isReadCommitted, lane: this.#lane },
    )
    let failure: KafkaError | undefined
    for (const partition of wanted) {
      const result = found.get(`${partition.topic}-${partition.partition}`)
      if (!this.#partitions.isCurrent(partition, tokens.get(partition) ?? -1)) continue
      if (result === undefined || result instanceof KafkaError) {
        failure ??= result ?? new KafkaError('LEADER_NOT_AVAILABLE')
        continue
      }
      this.#partitions.seek(partition, result.offset)
    }
    if (failure !== undefined) throw failure
  }

  async #learnTopics(names: readonly string[]): Promise<void> {
    const now = this.#cluster.world.clock.monotonic()
    const unknown = [...new Set(names)].filter(
      name => this.#cluster.metadata.fresh(name, now) === undefined,
    )
    if (unknown.length === 0) return
    await this.#cluster.refresh(unknown, {
      allowAutoCreation: this.#config['allow.auto.create.topics'],
    })
  }

  /** Asks for the leaders of all assigned topics, after a pause. */
  #refresh(): void {
    if (this.#isRefreshing || this.#isClosed) return
    this.#isRefreshing = true
    const topics = [...new Set(this.#partitions.all().map(partition => partition.topic))]
    this.#pause()
      .then(() =>
        topics.length === 0 || this.#isClosed ? undefined : this.#cluster.refresh(topics),
      )
      .catch(() => {})
      .finally(() => {
        this.#isRefreshing = false
        this.pump()
      })
  }

  #pause(attempt = 1): Promise<void> {
    const { world, policy } = this.#cluster
    return sleep(world, backoff(policy, attempt, world))
  }

  get #isReadCommitted(): boolean {
    return this.#config['isolation.level'] === 'read_committed'
  }
}

/** How long beyond fetch.max.wait.ms an answer may take. */
const fetchGraceMs = 30_000

function isUnplaced(partition: AssignedPartition): boolean {
  return partition.fetchOffset === undefined && !partition.isStuck
}
