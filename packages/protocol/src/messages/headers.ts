/** What stands before every request and every response. */
import { int16, int32, message, string, type MessageOf } from '../schema.ts'

export const RequestHeader = message('RequestHeader', [1, 2], 2, {
  requestApiKey: int16,
  requestApiVersion: int16,
  correlationId: int32,
  clientId: string.nullable().inflexible(),
})
export type RequestHeader = MessageOf<typeof RequestHeader>

export const ResponseHeader = message('ResponseHeader', [0, 1], 1, {
  correlationId: int32,
})
export type ResponseHeader = MessageOf<typeof ResponseHeader>
