/**
 * AlterPartition: the leader changes the ISR, by compare and set on leader epoch and partition epoch (KIP-497), with
 * the epochs of the brokers that join (KIP-903).
 */
import type {
  ClusterImage,
  MetadataRecordInput,
  PartitionRegistration,
  TopicImage,
} from '@moldau/metadata'
import {
  ErrorCode,
  type AlterPartitionRequest,
  type AlterPartitionResponse,
  type ErrorName,
  type MessageInput,
} from '@moldau/protocol'
import { currentBroker } from './brokers.ts'
import { isProblem, type Decision, type DecisionContext } from './decision.ts'
import { isActive, partitionChangeOf } from './leadership.ts'
import { changePartition, type PartitionChange } from './partition-change.ts'

const ANY_EPOCH = -1
const RECOVERING = 1

type Wanted = AlterPartitionRequest['topics'][number]['partitions'][number]

/** Decides on AlterPartition. */
export function alterPartition(
  request: AlterPartitionRequest,
  context: DecisionContext,
  version: number,
): Decision<MessageInput<typeof AlterPartitionResponse>> {
  const broker = currentBroker(context.image, request.brokerId, request.brokerEpoch)
  if (isProblem(broker))
    return { records: [], response: { errorCode: ErrorCode[broker.error], topics: [] } }
  const records: MetadataRecordInput[] = []
  const topics = request.topics.map(({ topicId, partitions }) => {
    const topic = context.image.topics.byId(topicId)
    return {
      topicId,
      partitions: partitions.map(wanted => {
        const { partitionIndex } = wanted
        if (topic === undefined) return refused(partitionIndex, 'UNKNOWN_TOPIC_ID')
        const outcome = alterOne(wanted, topic, request.brokerId, context, version)
        if ('error' in outcome) return refused(partitionIndex, outcome.error)
        if (outcome.record !== undefined) records.push(outcome.record)
        return { partitionIndex, errorCode: 0, ...outcome.result }
      }),
    }
  })
  return { records, response: { errorCode: 0, topics } }
}

function alterOne(
  wanted: Wanted,
  topic: TopicImage,
  brokerId: number,
  context: DecisionContext,
  version: number,
):
  | { error: ErrorName }
  | { record: MetadataRecordInput | undefined; result: ReturnType<typeof resultOf> } {
  const change = partitionChangeOf(context, topic, wanted.partitionIndex)
  if (change === undefined) return { error: 'UNKNOWN_TOPIC_OR_PARTITION' }
  const isr =
    version >= 3
      ? wanted.newIsrWithEpochs.map(member => ({ id: member.brokerId, epoch: member.brokerEpoch }))
      : wanted.newIsr.map(id => ({ id, epoch: ANY_EPOCH }))
  const error = refusalOf(wanted, isr, change, brokerId, context.image)
  if (error !== undefined) return { error }
  const ids = isr.map(member => member.id)
  const record = changePartition({
    ...change,
    isr: ids,
    leaderRecoveryState: wanted.leaderRecoveryState,
  })
  return { record, result: resultOf(change, record) }
}

function refusalOf(
  wanted: Wanted,
  isr: readonly { id: number; epoch: number }[],
  { partition }: PartitionChange,
  brokerId: number,
  image: ClusterImage,
): ErrorName | undefined {
  if (
    wanted.leaderEpoch > partition.leaderEpoch ||
    wanted.partitionEpoch > partition.partitionEpoch
  )
    return 'NOT_CONTROLLER'
  if (wanted.leaderEpoch < partition.leaderEpoch) return 'FENCED_LEADER_EPOCH'
  if (brokerId !== partition.leader) return 'INVALID_REQUEST'
  if (wanted.partitionEpoch < partition.partitionEpoch) return 'INVALID_UPDATE_VERSION'
  const ids = isr.map(member => member.id)
  if (new Set(ids).size < ids.length || ids.some(id => !partition.replicas.includes(id)))
    return 'INVALID_REQUEST'
  if (!ids.includes(partition.leader)) return 'INVALID_REQUEST'
  if (
    wanted.leaderRecoveryState === RECOVERING &&
    (ids.length > 1 || partition.leaderRecoveryState !== RECOVERING)
  ) {
    return 'INVALID_REQUEST'
  }
  const isIneligible = isr.some(({ id, epoch }) => {
    if (partition.isr.includes(id) && epoch === ANY_EPOCH) return false
    return !isActive(image, id) || (epoch !== ANY_EPOCH && image.brokers.byId(id)?.epoch !== epoch)
  })
  return isIneligible ? 'INELIGIBLE_REPLICA' : undefined
}

function refused(partitionIndex: number, error: ErrorName) {
  const state = { leaderId: 0, leaderEpoch: 0, isr: [], leaderRecoveryState: 0, partitionEpoch: 0 }
  return { partitionIndex, errorCode: ErrorCode[error], ...state }
}

/** The partition as the leader is to see it. */
function resultOf({ partition }: PartitionChange, record: MetadataRecordInput | undefined) {
  const next: PartitionRegistration =
    record === undefined ? partition : afterRecord(partition, record)
  return {
    leaderId: next.leader,
    leaderEpoch: next.leaderEpoch,
    isr: [...next.isr],
    leaderRecoveryState: next.leaderRecoveryState,
    partitionEpoch: next.partitionEpoch,
  }
}

function afterRecord(
  partition: PartitionRegistration,
  record: MetadataRecordInput,
): PartitionRegistration {
  if (record.type !== 'PartitionChangeRecord') return partition
  const { isr, leader, leaderRecoveryState } = record.value
  return {
    ...partition,
    isr: isr ?? partition.isr,
    leader: leader ?? partition.leader,
    leaderEpoch: leader === undefined ? partition.leaderEpoch : partition.leaderEpoch + 1,
    leaderRecoveryState: leaderRecoveryState ?? partition.leaderRecoveryState,
    partitionEpoch: partition.partitionEpoch + 1,
  }
}
