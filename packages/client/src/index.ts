/** @public */
export { Kafka, type ConsumerOptions, type KafkaOptions, type ProducerOptions } from './kafka.ts'
/** @public */
export { isKafkaError, KafkaError, type ClientErrorCode, type KafkaErrorCode } from './errors.ts'
/** @public */
export { buffer, float64, json, nullable, string, type Serde } from './serializers/serde.ts'
/** @public */
export { Producer, type ProducerRecord, type RecordMetadata } from './producer/producer.ts'
/** @public */
export { Consumer, type PartitionToRead, type StartOffset } from './consumer/consumer.ts'
/** @public */
export type { ConsumerBatch, ConsumerRecord } from './consumer/record-source.ts'
/** @public */
export type { CommittedOffset, OffsetToCommit } from './consumer/group-offsets.ts'
/** @public */
export { Admin } from './admin/admin.ts'
/** @public */
export type { ClusterDescription, CreatedTopic, NewPartitions, NewTopic } from './admin/topics.ts'
/** @public */
export type {
  ConfigChanges,
  ConfigEntry,
  ConfigResource,
  ConfigSource,
  DescribedConfigs,
} from './admin/configs.ts'
/** @public */
export type { DescribedGroup, GroupMemberDescription, ListedGroup } from './admin/groups.ts'
/** @public */
export type { ListedOffset, OffsetSpec } from './cluster/list-offsets.ts'
/** @public */
export type { PartitionMetadata, TopicMetadata } from './cluster/metadata.ts'
