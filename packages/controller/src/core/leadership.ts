/** Which partitions change leader or ISR when a broker comes or goes, and ElectLeaders. */
import type { Steps } from '@moldau/base'
import {
  NO_LEADER,
  type ClusterImage,
  type MetadataRecordInput,
  type TopicImage,
} from '@moldau/metadata'
import {
  ErrorCode,
  type ElectLeadersRequest,
  type ElectLeadersResponse,
  type ErrorName,
  type MessageInput,
} from '@moldau/protocol'
import { ROWS_PER_STEP, type Decision, type DecisionContext } from './decision.ts'
import { changePartition, type Election, type PartitionChange } from './partition-change.ts'

const ALL_PARTITIONS_OF_REQUEST = null
const PREFERRED_ELECTION = 0

/** A broker left the ISRs it was in: stopped, fenced, or being shut down. */
export interface Departure {
  readonly brokerId: number
  /** It may have lost records. */
  readonly isUnclean: boolean
}

/** True if the broker may be in an ISR and lead. */
export function isActive(image: ClusterImage, brokerId: number): boolean {
  const broker = image.brokers.byId(brokerId)
  return broker !== undefined && !broker.fenced && !broker.inControlledShutdown
}

/** What `changePartition` must know of a partition, without a wish yet. */
export function partitionChangeOf(
  { image, config }: Pick<DecisionContext, 'image' | 'config'>,
  topic: TopicImage,
  partitionId: number,
): PartitionChange | undefined {
  const partition = topic.partitions[partitionId]
  if (partition === undefined) return undefined
  return {
    topicId: topic.id,
    partitionId,
    partition,
    election: isUncleanAllowed(image, topic.name, config['unclean.leader.election.enable'])
      ? 'unclean'
      : 'online',
    minInSyncReplicas: Number(
      effective(image, topic.name, 'min.insync.replicas') ?? config['min.insync.replicas'],
    ),
    hasElr: image.features.hasEligibleLeaderReplicas,
    recordVersion: image.features.recordVersions.partition,
    isAcceptable: id => isActive(image, id),
  }
}

/** Records for the partitions that had the broker in their ISR. */
export function* departureRecords(
  context: Pick<DecisionContext, 'image' | 'config'>,
  { brokerId, isUnclean }: Departure,
): Steps<MetadataRecordInput[]> {
  const records: MetadataRecordInput[] = []
  for (const topic of context.image.topics) {
    for (let i = 0; i < topic.partitions.length; i++) {
      if (i % ROWS_PER_STEP === 0) yield
      const change = partitionChangeOf(context, topic, i)
      if (change === undefined) continue
      const { isr, eligibleLeaderReplicas, leader } = change.partition
      if (
        !isr.includes(brokerId) &&
        leader !== brokerId &&
        !(isUnclean && eligibleLeaderReplicas.includes(brokerId))
      )
        continue
      const record = changePartition({
        ...change,
        isr: isr.filter(id => id !== brokerId),
        ...(isUnclean && { uncleanBrokers: [brokerId] }),
        isAcceptable: id => id !== brokerId && change.isAcceptable(id),
      })
      if (record !== undefined) records.push(record)
    }
  }
  return records
}

/** Records for the leaderless partitions that the broker can lead, once it is unfenced. */
export function* arrivalRecords(
  context: Pick<DecisionContext, 'image' | 'config'>,
  brokerId: number,
): Steps<MetadataRecordInput[]> {
  const records: MetadataRecordInput[] = []
  for (const topic of context.image.topics) {
    for (let i = 0; i < topic.partitions.length; i++) {
      if (i % ROWS_PER_STEP === 0) yield
      const partition = topic.partitions[i]
      if (partition?.leader !== NO_LEADER || !partition.replicas.includes(brokerId)) continue
      const change = partitionChangeOf(context, topic, i)
      if (change === undefined) continue
      const isAcceptable = (id: number) => id === brokerId || change.isAcceptable(id)
      const record = changePartition({ ...change, isAcceptable })
      if (record !== undefined) records.push(record)
    }
  }
  return records
}

/** True if the broker leads a partition. */
export function hasLeaderships(image: ClusterImage, brokerId: number): boolean {
  for (const topic of image.topics) {
    if (topic.partitions.some(partition => partition.leader === brokerId)) return true
  }
  return false
}

/** Preferred and unclean elections on request. */
export function electLeaders(
  request: ElectLeadersRequest,
  context: DecisionContext,
): Decision<MessageInput<typeof ElectLeadersResponse>> {
  const election: Election = request.electionType === PREFERRED_ELECTION ? 'preferred' : 'unclean'
  const isForAll = request.topicPartitions === ALL_PARTITIONS_OF_REQUEST
  const wanted =
    request.topicPartitions ??
    [...context.image.topics].map(topic => ({
      topic: topic.name,
      partitions: [...topic.partitions.keys()],
    }))
  const records: MetadataRecordInput[] = []
  const results = wanted.map(({ topic, partitions }) => ({
    topic,
    partitionResult: partitions.flatMap(partitionId => {
      const outcome = electOne(context, topic, partitionId, election)
      if (outcome.record !== undefined) records.push(outcome.record)
      if (isForAll && outcome.error === 'ELECTION_NOT_NEEDED') return []
      return [
        { partitionId, errorCode: ErrorCode[outcome.error], errorMessage: outcome.message ?? null },
      ]
    }),
  }))
  const replicaElectionResults = results.filter(result => result.partitionResult.length > 0)
  return { records, response: { throttleTimeMs: 0, errorCode: 0, replicaElectionResults } }
}

function electOne(
  context: DecisionContext,
  topicName: string,
  partitionId: number,
  election: Election,
): { error: ErrorName; message?: string; record?: MetadataRecordInput } {
  const topic = context.image.topics.byName(topicName)
  if (topic === undefined)
    return { error: 'UNKNOWN_TOPIC_OR_PARTITION', message: `No such topic as ${topicName}` }
  const change = partitionChangeOf(context, topic, partitionId)
  if (change === undefined) {
    return {
      error: 'UNKNOWN_TOPIC_OR_PARTITION',
      message: `No such partition as ${topicName}-${partitionId}`,
    }
  }
  const { leader, replicas } = change.partition
  const isNeedless = election === 'preferred' ? leader === replicas[0] : leader !== NO_LEADER
  if (isNeedless) return { error: 'ELECTION_NOT_NEEDED' }
  const record = changePartition({ ...change, election })
  const next = record?.type === 'PartitionChangeRecord' ? record.value.leader : undefined
  if (
    record !== undefined &&
    (election === 'preferred' ? next === replicas[0] : next !== undefined && next !== NO_LEADER)
  ) {
    return { error: 'NONE', record }
  }
  return election === 'preferred'
    ? { error: 'PREFERRED_LEADER_NOT_AVAILABLE' }
    : { error: 'ELIGIBLE_LEADERS_NOT_AVAILABLE' }
}

function isUncleanAllowed(image: ClusterImage, topic: string, byDefault: boolean): boolean {
  const value = effective(image, topic, 'unclean.leader.election.enable')
  return value === undefined ? byDefault : value === 'true'
}

/** The dynamic value of a config for a topic: its own, or that of all brokers. */
function effective(image: ClusterImage, topic: string, key: string): string | undefined {
  return image.configs.of('topic', topic).get(key) ?? image.configs.of('broker', '').get(key)
}
