/** A record of `__cluster_metadata`: ClearElrRecord. */
import { stored, string, type MessageOf } from '../../schema.ts'

export const ClearElrRecord = stored('ClearElrRecord', 28, [0, 0], 0, {
  topicName: string,
})
export type ClearElrRecord = MessageOf<typeof ClearElrRecord>
