/** Records of the cluster as a whole in `__cluster_metadata`: configurations, features, quotas, producer ids, and marks in the log itself. */
import {
  array,
  boolean,
  float64,
  int16,
  int32,
  int64,
  int8,
  stored,
  string,
  type MessageOf,
} from '../../schema.ts'

export const ConfigRecord = stored('ConfigRecord', 4, [0, 0], 0, {
  resourceType: int8,
  resourceName: string,
  name: string,
  value: string.nullable(),
})
export type ConfigRecord = MessageOf<typeof ConfigRecord>

export const FeatureLevelRecord = stored('FeatureLevelRecord', 12, [0, 0], 0, {
  name: string,
  featureLevel: int16,
})
export type FeatureLevelRecord = MessageOf<typeof FeatureLevelRecord>

export const ClientQuotaRecord = stored('ClientQuotaRecord', 14, [0, 0], 0, {
  entity: array({
    entityType: string,
    entityName: string.nullable(),
  }),
  key: string,
  value: float64,
  remove: boolean,
})
export type ClientQuotaRecord = MessageOf<typeof ClientQuotaRecord>

export const ProducerIdsRecord = stored('ProducerIdsRecord', 15, [0, 0], 0, {
  brokerId: int32,
  brokerEpoch: int64.default(-1),
  nextProducerId: int64,
})
export type ProducerIdsRecord = MessageOf<typeof ProducerIdsRecord>

export const NoOpRecord = stored('NoOpRecord', 20, [0, 0], 0, {})
export type NoOpRecord = MessageOf<typeof NoOpRecord>

export const ZkMigrationStateRecord = stored('ZkMigrationStateRecord', 21, [0, 0], 0, {
  zkMigrationState: int8,
})
export type ZkMigrationStateRecord = MessageOf<typeof ZkMigrationStateRecord>

export const BeginTransactionRecord = stored('BeginTransactionRecord', 23, [0, 0], 0, {
  name: string.nullable().tagged(0).default(null),
})
export type BeginTransactionRecord = MessageOf<typeof BeginTransactionRecord>

export const EndTransactionRecord = stored('EndTransactionRecord', 24, [0, 0], 0, {})
export type EndTransactionRecord = MessageOf<typeof EndTransactionRecord>

export const AbortTransactionRecord = stored('AbortTransactionRecord', 25, [0, 0], 0, {
  reason: string.nullable().tagged(0).default(null),
})
export type AbortTransactionRecord = MessageOf<typeof AbortTransactionRecord>
