/** CreatePartitions (API key 37). */
import { array, boolean, int16, int32, message, string, type MessageOf } from '../schema.ts'

export const CreatePartitionsRequest = message('CreatePartitionsRequest', [0, 3], 2, {
  topics: array({
    name: string.mapKey(),
    count: int32,
    assignments: array({
      brokerIds: array(int32),
    }).nullable(),
  }),
  timeoutMs: int32,
  validateOnly: boolean,
})
export type CreatePartitionsRequest = MessageOf<typeof CreatePartitionsRequest>

export const CreatePartitionsResponse = message('CreatePartitionsResponse', [0, 3], 2, {
  throttleTimeMs: int32.default(0),
  results: array({
    name: string,
    errorCode: int16,
    errorMessage: string.nullable().default(null),
  }),
})
export type CreatePartitionsResponse = MessageOf<typeof CreatePartitionsResponse>
