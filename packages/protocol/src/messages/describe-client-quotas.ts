/** DescribeClientQuotas (API key 48). */
import {
  array,
  boolean,
  float64,
  int16,
  int32,
  int8,
  message,
  string,
  type MessageOf,
} from '../schema.ts'

export const DescribeClientQuotasRequest = message('DescribeClientQuotasRequest', [0, 1], 1, {
  components: array({
    entityType: string,
    matchType: int8,
    match: string.nullable(),
  }),
  strict: boolean,
})
export type DescribeClientQuotasRequest = MessageOf<typeof DescribeClientQuotasRequest>

export const DescribeClientQuotasResponse = message('DescribeClientQuotasResponse', [0, 1], 1, {
  throttleTimeMs: int32.default(0),
  errorCode: int16,
  errorMessage: string.nullable(),
  entries: array({
    entity: array({
      entityType: string,
      entityName: string.nullable(),
    }),
    values: array({
      key: string,
      value: float64,
    }),
  }).nullable(),
})
export type DescribeClientQuotasResponse = MessageOf<typeof DescribeClientQuotasResponse>
