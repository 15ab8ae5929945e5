/** A record of `__cluster_metadata`: RemoveTopicRecord. */
import { stored, uuid, type MessageOf } from '../../schema.ts'

export const RemoveTopicRecord = stored('RemoveTopicRecord', 9, [0, 0], 0, {
  topicId: uuid,
})
export type RemoveTopicRecord = MessageOf<typeof RemoveTopicRecord>
