/** DescribeProducers (key 61), version 0: the producers that a partition remembers, and their open transactions (KIP-664). */
import { topicNameProblem } from '@moldau/controller'
import { Apis, ErrorCode, errorMessage, type ErrorName } from '@moldau/protocol'
import type { BrokerServices } from '../services.ts'
import { serve } from './serve.ts'

export const describeProducers = serve(Apis.DescribeProducers, {
  authorize() {},

  handle: (request, { broker }) => ({
    topics: request.topics.map(({ name, partitionIndexes }) => ({
      name,
      partitions: describeAll(name, partitionIndexes, broker),
    })),
  }),

  divide: { request: 'topics', response: 'topics' },

  refuse: (request, { errorCode, errorMessage }) => ({
    topics: request.topics.map(({ name, partitionIndexes }) => ({
      name,
      partitions: partitionIndexes.map(partitionIndex => ({
        partitionIndex,
        errorCode,
        errorMessage,
        activeProducers: [],
      })),
    })),
  }),
})

/** A partition that is named again in the same list is told without its producers: an answer has an end. */
function describeAll(topic: string, partitionIndexes: readonly number[], broker: BrokerServices) {
  const described = new Map<number, ReturnType<typeof describe>>()
  return partitionIndexes.map(partitionIndex => {
    const repeated = described.get(partitionIndex)
    if (repeated !== undefined) return { ...repeated, activeProducers: [] }
    const description = describe(topic, partitionIndex, broker)
    described.set(partitionIndex, description)
    return description
  })
}

function describe(topic: string, partitionIndex: number, { replicas }: BrokerServices) {
  const partition = replicas.partition(topic, partitionIndex)
  const refused = (error: ErrorName, message: string | null = errorMessage(error)) => ({
    partitionIndex,
    errorCode: ErrorCode[error],
    errorMessage: message,
    activeProducers: [],
  })
  const wrongName = topicNameProblem(topic)
  if (wrongName !== undefined) return refused('INVALID_TOPIC_EXCEPTION', wrongName)
  if (partition === undefined) {
    // Kafka 4.3.1 has words for a topic that is not there, and none for a partition.
    const words = replicas.topic(topic) === undefined ? undefined : null
    return refused(replicas.problemOf(topic, partitionIndex), words)
  }
  if (!partition.isLeader) return refused('NOT_LEADER_OR_FOLLOWER')
  return {
    partitionIndex,
    errorCode: ErrorCode.NONE,
    activeProducers: Array.from(partition.log.producerStates.values(), state => ({
      producerId: state.producerId,
      producerEpoch: state.producerEpoch,
      lastSequence: state.batches.at(-1)?.lastSequence ?? -1,
      lastTimestamp: state.lastTimestamp,
      coordinatorEpoch: state.coordinatorEpoch,
      currentTxnStartOffset: state.currentTransactionFirstOffset,
    })),
  }
}
