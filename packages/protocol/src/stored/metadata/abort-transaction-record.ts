/** A record of `__cluster_metadata`: AbortTransactionRecord. */
import { stored, string, type MessageOf } from '../../schema.ts'

export const AbortTransactionRecord = stored('AbortTransactionRecord', 25, [0, 0], 0, {
  reason: string.nullable().tagged(0).default(null),
})
export type AbortTransactionRecord = MessageOf<typeof AbortTransactionRecord>
