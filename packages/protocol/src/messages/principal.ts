/** A principal, as Envelope carries it. */
import { boolean, message, string, type MessageOf } from '../schema.ts'

export const DefaultPrincipalData = message('DefaultPrincipalData', [0, 0], 0, {
  type: string,
  name: string,
  tokenAuthenticated: boolean,
})
export type DefaultPrincipalData = MessageOf<typeof DefaultPrincipalData>
