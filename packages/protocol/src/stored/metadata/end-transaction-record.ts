/** A record of `__cluster_metadata`: EndTransactionRecord. */
import { stored, type MessageOf } from '../../schema.ts'

export const EndTransactionRecord = stored('EndTransactionRecord', 24, [0, 0], 0, {})
export type EndTransactionRecord = MessageOf<typeof EndTransactionRecord>
