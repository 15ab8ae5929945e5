/** Every message and stored record of the package. */
import * as protocol from '../src/index.ts'

const exported: readonly unknown[] = Object.values(protocol)

export const allMessages: readonly protocol.AnyMessage[] = exported.filter(
  (value): value is protocol.AnyMessage => value instanceof protocol.Message,
)
