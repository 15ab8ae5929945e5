export { Kafka, type ConsumerOptions, type KafkaOptions, type ProducerOptions } from './kafka.ts'
export { isKafkaError, KafkaError, type ClientErrorCode, type KafkaErrorCode } from './errors.ts'
export { buffer, float64, json, nullable, string, type Serde } from './serializers/serde.ts'
export { Producer, type ProducerRecord, type RecordMetadata } from './producer/producer.ts'
export { Consumer, type PartitionToRead, type StartOffset } from './consumer/consumer.ts'
export type { ConsumerBatch, ConsumerRecord } from './consumer/record-source.ts'
export type { CommittedOffset, OffsetToCommit } from './consumer/group-offsets.ts'
export { Admin } from './admin/admin.ts'
export type { ClusterDescription, CreatedTopic, NewPartitions, NewTopic } from './admin/topics.ts'
export type {
  ConfigChanges,
  ConfigEntry,
  ConfigResource,
  ConfigSource,
  DescribedConfigs,
} from './admin/configs.ts'
export type { DescribedGroup, GroupMemberDescription, ListedGroup } from './admin/groups.ts'
export type { ListedOffset, OffsetSpec } from './cluster/list-offsets.ts'
export type { PartitionMetadata, TopicMetadata } from './cluster/metadata.ts'
