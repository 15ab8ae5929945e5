/** A record of `__cluster_metadata`: ZkMigrationStateRecord. */
import { int8, stored, type MessageOf } from '../../schema.ts'

export const ZkMigrationStateRecord = stored('ZkMigrationStateRecord', 21, [0, 0], 0, {
  zkMigrationState: int8,
})
export type ZkMigrationStateRecord = MessageOf<typeof ZkMigrationStateRecord>
