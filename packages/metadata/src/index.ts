export { apply, ImageEditor } from './core/apply.ts'
export {
  BrokersImage,
  type BrokerRegistration,
  type Endpoint,
  type SupportedFeature,
} from './core/brokers.ts'
export { changesBetween, type ImageChanges, type PartitionChange } from './core/changes.ts'
export {
  configResourceType,
  ConfigResourceTypes,
  type ConfigResource,
  type ConfigResourceType,
} from './core/configs.ts'
export { METADATA_VERSION, METADATA_VERSION_MAX } from './core/features.ts'
export { emptyImage, type ClusterImage } from './core/image.ts'
export {
  decodeMetadataRecord,
  encodeMetadataRecord,
  type MetadataRecordInput,
} from './core/records.ts'
export {
  NO_LEADER,
  UNASSIGNED_DIRECTORY,
  LOST_DIRECTORY,
  MIGRATING_DIRECTORY,
  type PartitionRegistration,
  type TopicImage,
} from './core/topics.ts'
export { MetadataLoader } from './metadata-loader.ts'
export type { MetadataPublisher } from './publisher.ts'
export { partitionRecord } from './snapshot.ts'
export { SnapshotGenerator } from './snapshot-generator.ts'
