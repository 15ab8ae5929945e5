/** SaslHandshake (API key 17). */
import { array, int16, message, never, string, type MessageOf } from '../schema.ts'

export const SaslHandshakeRequest = message('SaslHandshakeRequest', [0, 1], never, {
  mechanism: string,
})
export type SaslHandshakeRequest = MessageOf<typeof SaslHandshakeRequest>

export const SaslHandshakeResponse = message('SaslHandshakeResponse', [0, 1], never, {
  errorCode: int16,
  mechanisms: array(string),
})
export type SaslHandshakeResponse = MessageOf<typeof SaslHandshakeResponse>
