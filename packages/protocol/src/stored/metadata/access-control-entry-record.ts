/** A record of `__cluster_metadata`: AccessControlEntryRecord. */
import { int8, stored, string, uuid, type MessageOf } from '../../schema.ts'

export const AccessControlEntryRecord = stored('AccessControlEntryRecord', 18, [0, 0], 0, {
  id: uuid,
  resourceType: int8,
  resourceName: string,
  patternType: int8,
  principal: string,
  host: string,
  operation: int8,
  permissionType: int8,
})
export type AccessControlEntryRecord = MessageOf<typeof AccessControlEntryRecord>
