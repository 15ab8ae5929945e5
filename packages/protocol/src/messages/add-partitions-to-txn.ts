/** AddPartitionsToTxn (API key 24). */
import {
  array,
  boolean,
  int16,
  int32,
  int64,
  message,
  string,
  struct,
  type MessageOf,
} from '../schema.ts'

const addPartitionsToTxnTopic = struct({
  name: string.mapKey(),
  partitions: array(int32),
})

export const AddPartitionsToTxnRequest = message('AddPartitionsToTxnRequest', [0, 5], 3, {
  transactions: array({
    transactionalId: string.mapKey(),
    producerId: int64,
    producerEpoch: int16,
    verifyOnly: boolean.default(false),
    topics: array(addPartitionsToTxnTopic),
  }).since(4),
  v3AndBelowTransactionalId: string.until(3),
  v3AndBelowProducerId: int64.until(3),
  v3AndBelowProducerEpoch: int16.until(3),
  v3AndBelowTopics: array(addPartitionsToTxnTopic).until(3),
})
export type AddPartitionsToTxnRequest = MessageOf<typeof AddPartitionsToTxnRequest>

const addPartitionsToTxnPartitionResult = struct({
  partitionIndex: int32.mapKey(),
  partitionErrorCode: int16,
})

const addPartitionsToTxnTopicResult = struct({
  name: string.mapKey(),
  resultsByPartition: array(addPartitionsToTxnPartitionResult),
})

export const AddPartitionsToTxnResponse = message('AddPartitionsToTxnResponse', [0, 5], 3, {
  throttleTimeMs: int32.default(0),
  errorCode: int16.since(4).ignorable(),
  resultsByTransaction: array({
    transactionalId: string.mapKey(),
    topicResults: array(addPartitionsToTxnTopicResult),
  }).since(4),
  resultsByTopicV3AndBelow: array(addPartitionsToTxnTopicResult).until(3),
})
export type AddPartitionsToTxnResponse = MessageOf<typeof AddPartitionsToTxnResponse>
