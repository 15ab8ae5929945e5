/** A record of `__cluster_metadata`: BeginTransactionRecord. */
import { stored, string, type MessageOf } from '../../schema.ts'

export const BeginTransactionRecord = stored('BeginTransactionRecord', 23, [0, 0], 0, {
  name: string.nullable().tagged(0).default(null),
})
export type BeginTransactionRecord = MessageOf<typeof BeginTransactionRecord>
