/** A record of `__cluster_metadata`: RemoveAccessControlEntryRecord. */
import { stored, uuid, type MessageOf } from '../../schema.ts'

export const RemoveAccessControlEntryRecord = stored(
  'RemoveAccessControlEntryRecord',
  19,
  [0, 0],
  0,
  {
    id: uuid,
  },
)
export type RemoveAccessControlEntryRecord = MessageOf<typeof RemoveAccessControlEntryRecord>
