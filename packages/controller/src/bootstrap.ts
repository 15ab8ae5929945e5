/** The records that an empty metadata log begins with, as one metadata transaction. */
import {
  apply,
  decodeMetadataRecord,
  encodeMetadataRecord,
  type ClusterImage,
  type MetadataRecordInput,
} from '@moldau/metadata'
import type { ControllerConfig } from './core/decision.ts'
import { minIsrRecords, newClusterRecords } from './core/features.ts'

/** Record values for `bootstrap.checkpoint` of a new cluster. */
export function newClusterValues(): Buffer[] {
  return newClusterRecords().map(encodeMetadataRecord)
}

/** The first records of the log. `values` are those of `bootstrap.checkpoint`; without it, those of a new cluster. */
export function bootstrapRecords(
  values: readonly Buffer[] | undefined,
  { image, config }: { image: ClusterImage; config: ControllerConfig },
): MetadataRecordInput[] {
  const records: MetadataRecordInput[] = (values ?? newClusterValues()).map(decodeMetadataRecord)
  const after = records.map(encodeMetadataRecord).map(decodeMetadataRecord).reduce(apply, image)
  if (after.features.hasEligibleLeaderReplicas)
    records.push(...minIsrRecords({ image: after, config }))
  if (!after.features.recordVersions.hasTransactions) return records
  return [
    { type: 'BeginTransactionRecord', version: 0, value: { name: 'Bootstrap records' } },
    ...records,
    { type: 'EndTransactionRecord', version: 0, value: {} },
  ]
}
