/** AllocateProducerIds: blocks of producer ids, each handed out once. */
import {
  ErrorCode,
  type AllocateProducerIdsRequest,
  type AllocateProducerIdsResponse,
  type MessageInput,
} from '@moldau/protocol'
import { currentBroker } from './brokers.ts'
import { isProblem, type Decision, type DecisionContext } from './decision.ts'

const BLOCK_LENGTH = 1000

/** Decides on AllocateProducerIds. */
export function allocateProducerIds(
  request: AllocateProducerIdsRequest,
  context: DecisionContext,
): Decision<MessageInput<typeof AllocateProducerIdsResponse>> {
  const { brokerId, brokerEpoch } = request
  const broker = currentBroker(context.image, brokerId, brokerEpoch)
  if (isProblem(broker))
    return {
      records: [],
      response: { errorCode: ErrorCode[broker.error], producerIdStart: -1, producerIdLen: 0 },
    }
  const producerIdStart = context.image.producerIds.next
  const nextProducerId = producerIdStart + BLOCK_LENGTH
  return {
    records: [
      { type: 'ProducerIdsRecord', version: 0, value: { brokerId, brokerEpoch, nextProducerId } },
    ],
    response: { errorCode: 0, producerIdStart, producerIdLen: BLOCK_LENGTH },
  }
}
