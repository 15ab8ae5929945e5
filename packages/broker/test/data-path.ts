/** The data path alone: logs, replicas and the pipeline over an image that the test makes; no quorum, no controller. */
import { defaultsOf, randomUuid, silentLogger } from '@moldau/base'
import type { World } from '@moldau/io'
import { logBrokerOptions, Logs, topicOptions, type LogConfig } from '@moldau/log'
import {
  apply,
  changesBetween,
  decodeMetadataRecord,
  encodeMetadataRecord,
  emptyImage,
  type ClusterImage,
  type MetadataRecordInput,
} from '@moldau/metadata'
import {
  BatchBuilder,
  type FetchRequest,
  type MessageInput,
  type ProduceRequest,
} from '@moldau/protocol'
import { apiVersionsOf } from '../src/apis/api-versions.ts'
import { deleteRecords } from '../src/apis/delete-records.ts'
import { fetch } from '../src/apis/fetch.ts'
import { listOffsets } from '../src/apis/list-offsets.ts'
import { produce } from '../src/apis/produce.ts'
import { FetchBudget } from '../src/fetching/fetch-budget.ts'
import { FetchSessions } from '../src/fetching/fetch-sessions.ts'
import { BrokerMetrics } from '../src/metrics.ts'
import { Connection, type ConnectionOwner } from '../src/network/connection.ts'
import { RequestBuffers } from '../src/network/request-buffers.ts'
import { RequestPipeline } from '../src/network/request-pipeline.ts'
import type { Partition } from '../src/replication/partition.ts'
import { ReplicaManager } from '../src/replication/replica-manager.ts'
import { Deadlines } from '../src/replication/waiting-requests.ts'
import type { BrokerServices } from '../src/services.ts'
import { FakeStream } from './fake-stream.ts'

export class DataPath {
  readonly world: World
  readonly replicas: ReplicaManager
  readonly metrics = new BrokerMetrics()
  readonly fetchBudget: FetchBudget
  readonly #logs: Logs
  readonly #pipeline: RequestPipeline
  readonly #buffers = new RequestBuffers(1e9)
  #image: ClusterImage = emptyImage('cluster')
  #count = 0

  static async open(
    world: World,
    directory: string,
    config: Partial<LogConfig> = {},
  ): Promise<DataPath> {
    const logs = await Logs.open({
      world,
      directories: [directory],
      defaults: defaultsOf(topicOptions),
      brokerConfig: defaultsOf(logBrokerOptions),
      logger: silentLogger,
    })
    return new DataPath(world, logs, { ...defaultsOf(topicOptions), ...config })
  }

  /** Bytes of requests on their way in, or kept while their handling rests. */
  get reservedBytes(): number {
    return this.#buffers.reservedBytes
  }

  private constructor(world: World, logs: Logs, topicConfig: LogConfig) {
    this.world = world
    this.fetchBudget = new FetchBudget(world)
    this.#logs = logs
    this.replicas = new ReplicaManager({
      nodeId: 1,
      logs,
      logger: silentLogger,
      deadlines: new Deadlines(world.timers, () => world.clock.monotonic()),
      topicConfig: () => topicConfig,
    })
    const services = {
      nodeId: 1,
      world,
      logger: silentLogger,
      config: { 'fetch.max.bytes': 57_671_680 },
      image: () => this.#image,
      replicas: this.replicas,
      features: [],
      raft: { kraftVersion: 1 },
      fetchSessions: new FetchSessions(world.clock, world.random, () => 1000),
      fetchBudget: this.fetchBudget,
      metrics: this.metrics,
      // What these APIs do not use is not there.
    } as unknown as BrokerServices
    const others = [produce, fetch, listOffsets, deleteRecords]
    this.#pipeline = new RequestPipeline([...others, apiVersionsOf(others)], services)
  }

  get image(): ClusterImage {
    return this.#image
  }

  /** Makes a topic; gives its id. */
  createTopic(name: string, partitionCount: number): string {
    const topicId = randomUuid(this.world.random)
    const records: MetadataRecordInput[] = [
      { type: 'TopicRecord', version: 0, value: { name, topicId } },
    ]
    for (let partitionId = 0; partitionId < partitionCount; partitionId++) {
      records.push({
        type: 'PartitionRecord',
        version: 1,
        value: {
          partitionId,
          topicId,
          replicas: [1],
          isr: [1],
          removingReplicas: [],
          addingReplicas: [],
          leader: 1,
          leaderEpoch: 0,
          partitionEpoch: 0,
          directories: ['AAAAAAAAAAAAAAAAAAAAAQ'],
        },
      })
    }
    this.#change(records)
    return topicId
  }

  deleteTopic(topicId: string): void {
    this.#change([{ type: 'RemoveTopicRecord', version: 0, value: { topicId } }])
  }

  connect(): FakeStream {
    const stream = new FakeStream()
    const owner: ConnectionOwner = {
      listenerName: 'PLAINTEXT',
      logger: silentLogger,
      buffers: this.#buffers,
      requests: this.#pipeline,
      requestMaxBytes: 100 * 1024 * 1024,
      monotonic: () => this.world.clock.monotonic(),
      soon: task => this.world.timers.soon(task),
      later: task => this.world.timers.later(task),
      unsentBudgetBytes: 1e9,
      counted: { bytesIn: 0, bytesOut: 0, bytesUnsent: 0 },
      ended() {},
    }
    new Connection(stream, owner, ++this.#count).start()
    return stream
  }

  async close(): Promise<void> {
    await this.#logs.close()
  }

  #change(records: readonly MetadataRecordInput[]): void {
    const before = this.#image
    this.#image = records
      .map(record => decodeMetadataRecord(encodeMetadataRecord(record)))
      .reduce(apply, before)
    const steps = this.replicas.publish(this.#image, changesBetween(before, this.#image))
    while (steps.next().done !== true);
  }
}

/** One batch of the values. */
export function batchOf(...values: string[]): Buffer {
  const builder = new BatchBuilder({})
  for (const value of values)
    builder.append({ timestamp: 1_700_000_000_000, key: null, value: Buffer.from(value) })
  return builder.build()
}

/** The body of a produce of one batch to one partition. */
export function produceOf(
  topic: string,
  records: Buffer,
  { acks = -1, partition = 0, topicId = 'AAAAAAAAAAAAAAAAAAAAAA' } = {},
): MessageInput<typeof ProduceRequest> {
  return {
    transactionalId: null,
    acks,
    timeoutMs: 30_000,
    topicData: [{ name: topic, topicId, partitionData: [{ index: partition, records }] }],
  }
}

/** The partitions of a topic. */
export function partitionsOf(path: DataPath, topic: string): readonly (Partition | undefined)[] {
  return path.replicas.topic(topic)?.partitions ?? []
}

/** The body of a fetch from topic `orders`. */
export function fetchOf(
  topicId: string,
  partitions: readonly {
    partition: number
    fetchOffset?: number
    currentLeaderEpoch?: number
    lastFetchedEpoch?: number
  }[],
  options: {
    maxWaitMs?: number
    minBytes?: number
    maxBytes?: number
    isolationLevel?: number
    sessionId?: number
    sessionEpoch?: number
  } = {},
): MessageInput<typeof FetchRequest> {
  return {
    maxWaitMs: 0,
    minBytes: 1,
    maxBytes: 10_000_000,
    isolationLevel: 0,
    sessionId: 0,
    sessionEpoch: -1,
    topics:
      partitions.length === 0
        ? []
        : [
            {
              topic: 'orders',
              topicId,
              partitions: partitions.map(one => ({
                fetchOffset: 0,
                partitionMaxBytes: 1_000_000,
                ...one,
              })),
            },
          ],
    forgottenTopicsData: [],
    ...options,
  }
}
