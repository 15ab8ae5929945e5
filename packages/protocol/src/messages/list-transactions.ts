/** ListTransactions (API key 66). */
import { array, int16, int32, int64, message, string, type MessageOf } from '../schema.ts'

export const ListTransactionsRequest = message('ListTransactionsRequest', [0, 2], 0, {
  stateFilters: array(string),
  producerIdFilters: array(int64),
  durationFilter: int64.since(1).default(-1),
  transactionalIdPattern: string.since(2).nullable(2).default(null),
})
export type ListTransactionsRequest = MessageOf<typeof ListTransactionsRequest>

export const ListTransactionsResponse = message('ListTransactionsResponse', [0, 2], 0, {
  throttleTimeMs: int32.default(0),
  errorCode: int16,
  unknownStateFilters: array(string),
  transactionStates: array({
    transactionalId: string,
    producerId: int64,
    transactionState: string,
  }),
})
export type ListTransactionsResponse = MessageOf<typeof ListTransactionsResponse>
