/** Records for tests, with the ids that they share. */
import { ImageEditor } from '../src/core/apply.ts'
import { emptyImage, type ClusterImage } from '../src/core/image.ts'
import {
  decodeMetadataRecord,
  encodeMetadataRecord,
  type MetadataRecordInput,
} from '../src/core/records.ts'

export const topicId = 'cQdB1vvTQ-OpvuTZAgYI3A'
const directoryId = 'HFiqZftqSAunIdyxMuFCWQ'

export const registration: MetadataRecordInput = {
  type: 'RegisterBrokerRecord',
  version: 4,
  value: {
    brokerId: 1,
    incarnationId: 'yb9Tj0V2RoyPx_I4Wdp6cQ',
    brokerEpoch: 14,
    endPoints: [{ name: 'PLAINTEXT', host: 'localhost', port: 9092, securityProtocol: 0 }],
    features: [{ name: 'metadata.version', minSupportedVersion: 7, maxSupportedVersion: 30 }],
    rack: null,
    fenced: true,
    logDirs: [directoryId],
  },
}

export const metadataVersion: MetadataRecordInput = {
  type: 'FeatureLevelRecord',
  version: 0,
  value: { name: 'metadata.version', featureLevel: 30 },
}

export const topic: MetadataRecordInput = {
  type: 'TopicRecord',
  version: 0,
  value: { name: 'orders', topicId },
}

export function partition(partitionId: number): MetadataRecordInput {
  return {
    type: 'PartitionRecord',
    version: 1,
    value: {
      partitionId,
      topicId,
      replicas: [1],
      isr: [1],
      removingReplicas: [],
      addingReplicas: [],
      leader: 1,
      leaderEpoch: 0,
      partitionEpoch: 0,
      directories: [directoryId],
    },
  }
}

/** The image after records, as they come back from the log. */
export function imageOf(
  records: readonly MetadataRecordInput[],
  base = emptyImage('cluster'),
): ClusterImage {
  const editor = new ImageEditor(base)
  for (const record of records) editor.apply(decodeMetadataRecord(encodeMetadataRecord(record)))
  return editor.finish(base.provenance)
}
