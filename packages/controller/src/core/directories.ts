/** AssignReplicasToDirs: a broker tells in which of its log directories its replicas are (KIP-858). */
import type { MetadataRecordInput } from '@moldau/metadata'
import {
  ErrorCode,
  type AssignReplicasToDirsRequest,
  type AssignReplicasToDirsResponse,
  type ErrorName,
  type MessageInput,
} from '@moldau/protocol'
import { currentBroker } from './brokers.ts'
import { isProblem, type Decision, type DecisionContext } from './decision.ts'
import { partitionChangeOf } from './leadership.ts'
import { changePartition } from './partition-change.ts'

/** Decides on AssignReplicasToDirs. */
export function assignReplicasToDirs(
  request: AssignReplicasToDirsRequest,
  context: DecisionContext,
): Decision<MessageInput<typeof AssignReplicasToDirsResponse>> {
  const { brokerId, brokerEpoch } = request
  const broker = currentBroker(context.image, brokerId, brokerEpoch)
  if (isProblem(broker))
    return { records: [], response: { errorCode: ErrorCode[broker.error], directories: [] } }
  const records: MetadataRecordInput[] = []
  const directories = request.directories.map(({ id, topics }) => ({
    id,
    topics: topics.map(({ topicId, partitions }) => ({
      topicId,
      partitions: partitions.map(({ partitionIndex }) => {
        const outcome = assign(context, { brokerId, directoryId: id, topicId, partitionIndex })
        if (outcome.record !== undefined) records.push(outcome.record)
        return { partitionIndex, errorCode: ErrorCode[outcome.error] }
      }),
    })),
  }))
  return { records, response: { errorCode: 0, directories } }
}

function assign(
  context: DecisionContext,
  place: { brokerId: number; directoryId: string; topicId: string; partitionIndex: number },
): { error: ErrorName; record?: MetadataRecordInput | undefined } {
  const topic = context.image.topics.byId(place.topicId)
  if (topic === undefined) return { error: 'UNKNOWN_TOPIC_ID' }
  const change = partitionChangeOf(context, topic, place.partitionIndex)
  if (change === undefined) return { error: 'UNKNOWN_TOPIC_OR_PARTITION' }
  const { replicas, directories: before } = change.partition
  const index = replicas.indexOf(place.brokerId)
  if (index < 0) return { error: 'NOT_LEADER_OR_FOLLOWER' }
  const directories = replicas.map((_, i) =>
    i === index ? place.directoryId : (before[i] as string),
  )
  return { error: 'NONE', record: changePartition({ ...change, directories }) }
}
