/** AlterClientQuotas (API key 49). */
import {
  array,
  boolean,
  float64,
  int16,
  int32,
  message,
  string,
  type MessageOf,
} from '../schema.ts'

export const AlterClientQuotasRequest = message('AlterClientQuotasRequest', [0, 1], 1, {
  entries: array({
    entity: array({
      entityType: string,
      entityName: string.nullable(),
    }),
    ops: array({
      key: string,
      value: float64,
      remove: boolean,
    }),
  }),
  validateOnly: boolean,
})
export type AlterClientQuotasRequest = MessageOf<typeof AlterClientQuotasRequest>

export const AlterClientQuotasResponse = message('AlterClientQuotasResponse', [0, 1], 1, {
  throttleTimeMs: int32.default(0),
  entries: array({
    errorCode: int16,
    errorMessage: string.nullable(),
    entity: array({
      entityType: string,
      entityName: string.nullable(),
    }),
  }),
})
export type AlterClientQuotasResponse = MessageOf<typeof AlterClientQuotasResponse>
