/** WriteTxnMarkers (API key 27). */
import {
  array,
  boolean,
  int16,
  int32,
  int64,
  int8,
  message,
  string,
  type MessageOf,
} from '../schema.ts'

export const WriteTxnMarkersRequest = message('WriteTxnMarkersRequest', [1, 2], 1, {
  markers: array({
    producerId: int64,
    producerEpoch: int16,
    transactionResult: boolean,
    topics: array({
      name: string,
      partitionIndexes: array(int32),
    }),
    coordinatorEpoch: int32,
    transactionVersion: int8.since(2).default(0).ignorable(),
  }),
})
export type WriteTxnMarkersRequest = MessageOf<typeof WriteTxnMarkersRequest>

export const WriteTxnMarkersResponse = message('WriteTxnMarkersResponse', [1, 2], 1, {
  markers: array({
    producerId: int64,
    topics: array({
      name: string,
      partitions: array({
        partitionIndex: int32,
        errorCode: int16,
      }),
    }),
  }),
})
export type WriteTxnMarkersResponse = MessageOf<typeof WriteTxnMarkersResponse>
