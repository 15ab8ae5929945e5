/** A record of `__cluster_metadata`: TopicRecord. */
import { stored, string, uuid, type MessageOf } from '../../schema.ts'

export const TopicRecord = stored('TopicRecord', 2, [0, 0], 0, {
  name: string,
  topicId: uuid,
})
export type TopicRecord = MessageOf<typeof TopicRecord>
