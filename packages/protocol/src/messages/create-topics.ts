/** CreateTopics (API key 19). */
import {
  array,
  boolean,
  int16,
  int32,
  int8,
  message,
  string,
  uuid,
  type MessageOf,
} from '../schema.ts'

export const CreateTopicsRequest = message('CreateTopicsRequest', [2, 7], 5, {
  topics: array({
    name: string.mapKey(),
    numPartitions: int32,
    replicationFactor: int16,
    assignments: array({
      partitionIndex: int32.mapKey(),
      brokerIds: array(int32),
    }),
    configs: array({
      name: string.mapKey(),
      value: string.nullable(),
    }),
  }),
  timeoutMs: int32.default(60000),
  validateOnly: boolean.default(false),
})
export type CreateTopicsRequest = MessageOf<typeof CreateTopicsRequest>

export const CreateTopicsResponse = message('CreateTopicsResponse', [2, 7], 5, {
  throttleTimeMs: int32.default(0).ignorable(),
  topics: array({
    name: string.mapKey(),
    topicId: uuid.since(7).ignorable(),
    errorCode: int16,
    errorMessage: string.nullable().ignorable(),
    topicConfigErrorCode: int16.since(5).tagged(0).ignorable(),
    numPartitions: int32.since(5).default(-1).ignorable(),
    replicationFactor: int16.since(5).default(-1).ignorable(),
    configs: array({
      name: string,
      value: string.nullable(),
      readOnly: boolean,
      configSource: int8.default(-1).ignorable(),
      isSensitive: boolean,
    })
      .since(5)
      .nullable(5)
      .ignorable(),
  }),
})
export type CreateTopicsResponse = MessageOf<typeof CreateTopicsResponse>
