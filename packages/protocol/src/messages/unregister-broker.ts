/** UnregisterBroker (API key 64). */
import { int16, int32, message, string, type MessageOf } from '../schema.ts'

export const UnregisterBrokerRequest = message('UnregisterBrokerRequest', [0, 0], 0, {
  brokerId: int32,
})
export type UnregisterBrokerRequest = MessageOf<typeof UnregisterBrokerRequest>

export const UnregisterBrokerResponse = message('UnregisterBrokerResponse', [0, 0], 0, {
  throttleTimeMs: int32.default(0),
  errorCode: int16,
  errorMessage: string.nullable(),
})
export type UnregisterBrokerResponse = MessageOf<typeof UnregisterBrokerResponse>
