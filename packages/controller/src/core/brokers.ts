/**
 * BrokerRegistration, BrokerHeartbeat and fencing. A broker's epoch is the offset of its registration record; a broker
 * is fenced until it has read up to that record, and again when its session times out.
 */
import type { Steps } from '@moldau/base'
import type { BrokerRegistration, ClusterImage, MetadataRecordInput } from '@moldau/metadata'
import type {
  BrokerHeartbeatRequest,
  BrokerHeartbeatResponse,
  BrokerRegistrationRequest,
  BrokerRegistrationResponse,
  ErrorName,
  MessageInput,
  UnregisterBrokerRequest,
  UnregisterBrokerResponse,
} from '@moldau/protocol'
import { ErrorCode } from '@moldau/protocol'
import {
  isProblem,
  problem,
  type Decision,
  type DecisionContext,
  type Problem,
} from './decision.ts'
import { arrivalRecords, departureRecords, hasLeaderships } from './leadership.ts'

const FENCE = 1
const UNFENCE = -1
const IN_CONTROLLED_SHUTDOWN = 1

type Heartbeat = MessageInput<typeof BrokerHeartbeatResponse>
type Registration = MessageInput<typeof BrokerRegistrationResponse>

/** Decides on BrokerRegistration. */
export function* registerBroker(
  request: BrokerRegistrationRequest,
  context: DecisionContext,
): Steps<Decision<Registration>> {
  const { image, sessions, now, nextOffset } = context
  const existing = image.brokers.byId(request.brokerId)
  const refusal = registrationRefusal(request, existing, context)
  if (refusal !== undefined)
    return { records: [], response: { errorCode: ErrorCode[refusal.error], brokerEpoch: -1 } }
  // The same incarnation asks again (its answer was lost): the same answer.
  if (existing?.incarnationId === request.incarnationId) {
    return { records: [], response: { errorCode: 0, brokerEpoch: existing.epoch } }
  }
  const isUnclean =
    image.features.hasEligibleLeaderReplicas && request.previousBrokerEpoch !== existing?.epoch
  const records =
    existing === undefined
      ? []
      : yield* departureRecords(context, { brokerId: request.brokerId, isUnclean })
  const brokerEpoch = nextOffset + records.length
  records.push(registrationRecord(request, brokerEpoch, image))
  sessions.end(request.brokerId)
  sessions.begin(request.brokerId, brokerEpoch, now)
  return { records, response: { errorCode: 0, brokerEpoch } }
}

function registrationRefusal(
  request: BrokerRegistrationRequest,
  existing: BrokerRegistration | undefined,
  { image, sessions, now }: DecisionContext,
): Problem | undefined {
  if (request.clusterId !== image.clusterId) {
    return problem(
      'INCONSISTENT_CLUSTER_ID',
      `Expected cluster ID ${image.clusterId}, but got cluster ID ${request.clusterId}`,
    )
  }
  for (const [name, level] of image.features.levels) {
    const supported = request.features.find(feature => feature.name === name)
    const lowest = supported?.minSupportedVersion ?? 0
    const highest = supported?.maxSupportedVersion ?? 0
    if (level >= lowest && level <= highest) continue
    return problem(
      'UNSUPPORTED_VERSION',
      `Unable to register because the broker does not support finalized version ${level} of ${name}. The broker wants a version between ${lowest} and ${highest}, inclusive.`,
    )
  }
  const isAnother = existing !== undefined && existing.incarnationId !== request.incarnationId
  if (
    isAnother &&
    !existing.inControlledShutdown &&
    sessions.isAlive(existing.id, existing.epoch, now)
  ) {
    return problem(
      'DUPLICATE_BROKER_REGISTRATION',
      'Another broker is registered with that broker id.',
    )
  }
  return undefined
}

function registrationRecord(
  request: BrokerRegistrationRequest,
  brokerEpoch: number,
  image: ClusterImage,
): MetadataRecordInput {
  const version = image.features.recordVersions.registerBroker
  const { brokerId, incarnationId, rack } = request
  return {
    type: 'RegisterBrokerRecord',
    version,
    value: {
      brokerId,
      brokerEpoch,
      incarnationId,
      endPoints: request.listeners.map(({ name, host, port, securityProtocol }) => ({
        name,
        host,
        port,
        securityProtocol,
      })),
      features: request.features.map(({ name, minSupportedVersion, maxSupportedVersion }) => ({
        name,
        minSupportedVersion,
        maxSupportedVersion,
      })),
      rack,
      fenced: true,
      ...(version >= 3 && { logDirs: [...request.logDirs] }),
    },
  }
}

/** Decides on BrokerHeartbeat. */
export function* brokerHeartbeat(
  request: BrokerHeartbeatRequest,
  context: DecisionContext,
): Steps<Decision<Heartbeat>> {
  const { sessions, now } = context
  const broker = currentBroker(context.image, request.brokerId, request.brokerEpoch)
  if (isProblem(broker))
    return { records: [], response: { errorCode: ErrorCode[broker.error], shouldShutDown: false } }
  sessions.begin(broker.id, broker.epoch, now)
  sessions.touch(broker.id, now, request.currentMetadataOffset)
  const isCaughtUp = request.currentMetadataOffset >= broker.epoch
  const answer = (
    records: readonly MetadataRecordInput[],
    isFenced: boolean,
    shouldShutDown: boolean,
  ) => ({
    records,
    response: { errorCode: 0, isCaughtUp, isFenced, shouldShutDown },
  })
  if (request.wantShutDown && (broker.fenced || request.wantFence))
    return answer(yield* fenceRecords(context, broker), true, true)
  if (request.wantFence) return answer(yield* fenceRecords(context, broker), true, false)
  if (request.wantShutDown) return yield* shutdown(broker, context, answer)
  if (broker.fenced && isCaughtUp) {
    const arrival = yield* arrivalRecords(context, broker.id)
    return answer([unfenceRecord(broker), ...arrival], false, false)
  }
  return answer([], broker.fenced, false)
}

/** Leaderships go to others first; the broker may stop when it leads nothing and the others know. */
function* shutdown(
  broker: BrokerRegistration,
  context: DecisionContext,
  answer: (
    records: readonly MetadataRecordInput[],
    isFenced: boolean,
    shouldShutDown: boolean,
  ) => Decision<Heartbeat>,
): Steps<Decision<Heartbeat>> {
  const { image, sessions, now, nextOffset } = context
  if (!broker.inControlledShutdown) {
    const departure = yield* departureRecords(context, { brokerId: broker.id, isUnclean: false })
    const records = [shutdownRecord(broker, image), ...departure]
    sessions.startShutdown(broker.id, nextOffset + records.length - 1)
    return answer(records, false, false)
  }
  if (hasLeaderships(image, broker.id) || !sessions.mayStop(broker.id, now))
    return answer([], false, false)
  return answer(yield* fenceRecords(context, broker), true, true)
}

/** Records that fence the first broker whose session has run out; none if all are well. */
export function* fenceExpired(context: DecisionContext): Steps<readonly MetadataRecordInput[]> {
  for (const broker of context.image.brokers) {
    if (broker.fenced || !context.sessions.isExpired(broker.id, context.now)) continue
    return yield* fenceRecords(context, broker)
  }
  return []
}

/** Decides on UnregisterBroker. */
export function* unregisterBroker(
  request: UnregisterBrokerRequest,
  context: DecisionContext,
): Steps<Decision<MessageInput<typeof UnregisterBrokerResponse>>> {
  const broker = context.image.brokers.byId(request.brokerId)
  if (broker === undefined) {
    const errorMessage = `Broker ID ${request.brokerId} is not currently registered`
    return {
      records: [],
      response: { errorCode: ErrorCode.BROKER_ID_NOT_REGISTERED, errorMessage },
    }
  }
  const records = yield* departureRecords(context, { brokerId: broker.id, isUnclean: false })
  records.push({
    type: 'UnregisterBrokerRecord',
    version: 0,
    value: { brokerId: broker.id, brokerEpoch: broker.epoch },
  })
  context.sessions.end(broker.id)
  return { records, response: { errorCode: 0, errorMessage: null } }
}

/** The registration of this epoch. */
export function currentBroker(
  image: ClusterImage,
  brokerId: number,
  brokerEpoch: number,
): BrokerRegistration | Problem {
  const broker = image.brokers.byId(brokerId)
  if (broker === undefined) return problem('BROKER_ID_NOT_REGISTERED')
  const error: ErrorName = 'STALE_BROKER_EPOCH'
  return broker.epoch === brokerEpoch ? broker : problem(error)
}

function* fenceRecords(
  context: DecisionContext,
  broker: BrokerRegistration,
): Steps<MetadataRecordInput[]> {
  if (broker.fenced) return []
  const departure = yield* departureRecords(context, { brokerId: broker.id, isUnclean: false })
  return [changeRecord(broker, 0, { fenced: FENCE }), ...departure]
}

function unfenceRecord(broker: BrokerRegistration): MetadataRecordInput {
  return changeRecord(broker, 0, { fenced: UNFENCE })
}

function shutdownRecord(broker: BrokerRegistration, image: ClusterImage): MetadataRecordInput {
  const version = Math.min(1, image.features.recordVersions.registrationChange)
  return changeRecord(
    broker,
    version,
    version >= 1 ? { inControlledShutdown: IN_CONTROLLED_SHUTDOWN } : {},
  )
}

function changeRecord(
  broker: BrokerRegistration,
  version: number,
  change: { fenced?: number; inControlledShutdown?: number },
): MetadataRecordInput {
  const value = { brokerId: broker.id, brokerEpoch: broker.epoch, ...change }
  return { type: 'BrokerRegistrationChangeRecord', version, value }
}
