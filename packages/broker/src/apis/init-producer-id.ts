/**
 * InitProducerId (key 22), versions 0 to 5: a producer id for idempotent writes. Transactional ids are refused with
 * UNSUPPORTED_VERSION, which every client takes as final: transactions are not served yet.
 */
import { Apis, ErrorCode, KafkaError } from '@moldau/protocol'
import { serve } from './serve.ts'

export const initProducerId = serve(Apis.InitProducerId, {
  authorize() {},

  async handle(request, { broker }) {
    if (request.transactionalId === '')
      throw new KafkaError('INVALID_REQUEST', 'The transactional id must not be empty')
    if (request.transactionalId !== null)
      throw new KafkaError('UNSUPPORTED_VERSION', 'Transactions are not served yet')
    // A producer tells the id and the epoch that it has (v3), or neither.
    if ((request.producerId === -1) !== (request.producerEpoch === -1))
      throw new KafkaError('INVALID_REQUEST', 'A producer id needs an epoch, and an epoch an id')
    return {
      errorCode: ErrorCode.NONE,
      producerId: await broker.producerIds.next(),
      producerEpoch: 0,
    }
  },

  refuse: (_request, { errorCode }) => ({ errorCode, producerId: -1, producerEpoch: -1 }),
})
