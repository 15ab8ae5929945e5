/**
 * Fetch (key 1), versions 4 to 18: records of many partitions, waiting for some to arrive.
 *
 * v4: isolation level. v5: log start offset. v7: sessions (KIP-227). v9: the leader epoch that the client knows. v10: zstd.
 * v11: rack and preferred replica (KIP-392). v12: flexible; epoch of the last fetched record (KIP-595). v13: topic ids.
 * v15: replica state (KIP-903). v16: addresses of new leaders (KIP-951). v17: directory ids. v18: high watermark of
 * followers (KIP-1166). Followers are not served yet: replication between brokers is to come.
 */
import { Reader, ZERO_UUID } from '@moldau/base'
import { inTurns, nextTurn } from '@moldau/io'
import { Apis, FetchRequest, type ErrorName } from '@moldau/protocol'
import { encodeFetch } from '../fetching/fetch-response.ts'
import type { FetchTarget } from '../fetching/fetch-session.ts'
import { failedFetch, resolveTarget, type PartitionFetch } from '../fetching/partition-fetch.ts'
import { MANY_PARTITIONS, PendingFetch, type FetchLimits } from '../fetching/pending-fetch.ts'
import type { Exchange } from '../network/exchange.ts'
import type { BrokerServices } from '../services.ts'
import { serveDirectly } from './serve.ts'

const READ_COMMITTED = 1
const FIRST_VERSION_WITH_IDS = 13

/** A larger request is read in turns of the event loop. */
const LARGE_REQUEST_BYTES = 64 * 1024

export const fetch = serveDirectly(Apis.Fetch, [4, 18], (exchange, reader, broker) => {
  const { connection, apiVersion } = exchange
  // Strings and numbers only: nothing decoded here is a view of the request.
  if (reader.remaining <= LARGE_REQUEST_BYTES) {
    const request = FetchRequest.read(reader, apiVersion)
    begin(exchange, request, targetsOf(request, apiVersion, broker), broker)
    return
  }
  connection.hold()
  const rest = new Reader(Buffer.from(reader.buffer.subarray(reader.offset, reader.end)))
  inTurns(FetchRequest.readInSteps(rest, apiVersion), broker.world)
    .then(async request => {
      await nextTurn(broker.world)
      const targets = targetsOf(request, apiVersion, broker)
      await nextTurn(broker.world)
      begin(exchange, request, targets, broker)
    })
    .catch((error: unknown) => exchange.fail(`malformed request: ${String(error)}`))
    .finally(() => connection.release())
})

/** What the request asks for, in order. */
function targetsOf(request: FetchRequest, version: number, broker: BrokerServices): FetchTarget[] {
  const usesIds = version >= FIRST_VERSION_WITH_IDS
  const image = broker.image()
  const nameOf = (id: string) => image.topics.byId(id)?.name ?? ''
  return request.topics.flatMap(({ topic, topicId, partitions }) =>
    partitions.map(one =>
      targetOf(usesIds ? nameOf(topicId) : topic, usesIds ? topicId : ZERO_UUID, one),
    ),
  )
}

/** Plans the fetch and starts it. */
function begin(
  exchange: Exchange,
  request: FetchRequest,
  targets: readonly FetchTarget[],
  broker: BrokerServices,
): void {
  const version = exchange.apiVersion
  const usesIds = version >= FIRST_VERSION_WITH_IDS
  const replicaId = version >= 15 ? request.replicaState.replicaId : request.replicaId
  if (request.isolationLevel !== 0 && request.isolationLevel !== READ_COMMITTED) {
    // There is no such level. From version 13 on, Kafka 4.3.1 has one error for the whole answer.
    const fetches = usesIds
      ? []
      : targets.map(target => failedFetch(target, undefined, 'UNKNOWN_SERVER_ERROR'))
    const answer = { error: 'UNKNOWN_SERVER_ERROR', sessionId: 0, fetches } as const
    exchange.reply(encodeFetch(exchange, broker, answer))
    return
  }
  if (replicaId >= 0) {
    const fetches = targets.map(target => refuseFollower(target, usesIds, broker))
    const answer = { error: 'NONE', sessionId: 0, fetches, isForFollower: true } as const
    exchange.reply(encodeFetch(exchange, broker, answer))
    return
  }
  const plan = broker.fetchSessions.plan({
    sessionId: request.sessionId,
    sessionEpoch: request.sessionEpoch,
    usesIds,
    targets,
    forgotten: request.forgottenTopicsData.flatMap(({ topic, topicId, partitions }) =>
      partitions.map(partition => ({ topic, topicId, partition })),
    ),
  })
  if (isError(plan)) {
    exchange.reply(encodeFetch(exchange, broker, { error: plan, sessionId: 0, fetches: [] }))
    return
  }
  const maxBytes = Math.min(request.maxBytes, broker.config['fetch.max.bytes'])
  const limits: FetchLimits = {
    isolation: request.isolationLevel === READ_COMMITTED ? 'read-committed' : 'read-uncommitted',
    maxWaitMs: request.maxWaitMs,
    minBytes: Math.min(request.minBytes, maxBytes),
    maxBytes,
  }
  if (targets.length <= MANY_PARTITIONS) {
    new PendingFetch(exchange, broker, plan, limits).start()
    return
  }
  const { timers } = broker.world
  timers.later(() => {
    const pending = new PendingFetch(exchange, broker, plan, limits)
    timers.later(() => pending.start())
  })
}

/** A client that claims to be a broker: there is no replica of that broker. */
function refuseFollower(
  target: FetchTarget,
  usesIds: boolean,
  broker: BrokerServices,
): PartitionFetch {
  const partition = resolveTarget(target, usesIds, broker.replicas)
  return typeof partition === 'string'
    ? failedFetch(target, undefined, partition)
    : failedFetch(target, partition, 'NOT_LEADER_OR_FOLLOWER')
}

/** All negative epochs mean that the client knows none. */
const NO_EPOCH = -1

function targetOf(
  topic: string,
  topicId: string,
  one: FetchRequest['topics'][number]['partitions'][number],
): FetchTarget {
  return {
    topic,
    topicId,
    partition: one.partition,
    currentLeaderEpoch: Math.max(NO_EPOCH, one.currentLeaderEpoch),
    fetchOffset: one.fetchOffset,
    lastFetchedEpoch: one.lastFetchedEpoch,
    maxBytes: one.partitionMaxBytes,
  }
}

function isError(plan: object | ErrorName): plan is ErrorName {
  return typeof plan === 'string'
}
