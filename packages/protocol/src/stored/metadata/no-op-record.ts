/** A record of `__cluster_metadata`: NoOpRecord. */
import { stored, type MessageOf } from '../../schema.ts'

export const NoOpRecord = stored('NoOpRecord', 20, [0, 0], 0, {})
export type NoOpRecord = MessageOf<typeof NoOpRecord>
