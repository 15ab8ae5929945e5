/** Every record that we keep in logs and files. */
export {
  ConsumerGroupCurrentMemberAssignmentKey,
  ConsumerGroupCurrentMemberAssignmentValue,
} from './group/consumer-group-current-member-assignment.ts'
export {
  ConsumerGroupMemberMetadataKey,
  ConsumerGroupMemberMetadataValue,
} from './group/consumer-group-member-metadata.ts'
export {
  ConsumerGroupMetadataKey,
  ConsumerGroupMetadataValue,
} from './group/consumer-group-metadata.ts'
export {
  ConsumerGroupPartitionMetadataKey,
  ConsumerGroupPartitionMetadataValue,
} from './group/consumer-group-partition-metadata.ts'
export {
  ConsumerGroupRegularExpressionKey,
  ConsumerGroupRegularExpressionValue,
} from './group/consumer-group-regular-expression.ts'
export {
  ConsumerGroupTargetAssignmentMemberKey,
  ConsumerGroupTargetAssignmentMemberValue,
} from './group/consumer-group-target-assignment-member.ts'
export {
  ConsumerGroupTargetAssignmentMetadataKey,
  ConsumerGroupTargetAssignmentMetadataValue,
} from './group/consumer-group-target-assignment-metadata.ts'
export { GroupMetadataKey, GroupMetadataValue } from './group/group-metadata.ts'
export { LegacyOffsetCommitKey, LegacyOffsetCommitValue } from './group/legacy-offset-commit.ts'
export { OffsetCommitKey, OffsetCommitValue } from './group/offset-commit.ts'
export {
  ShareGroupCurrentMemberAssignmentKey,
  ShareGroupCurrentMemberAssignmentValue,
} from './group/share-group-current-member-assignment.ts'
export {
  ShareGroupMemberMetadataKey,
  ShareGroupMemberMetadataValue,
} from './group/share-group-member-metadata.ts'
export { ShareGroupMetadataKey, ShareGroupMetadataValue } from './group/share-group-metadata.ts'
export {
  ShareGroupStatePartitionMetadataKey,
  ShareGroupStatePartitionMetadataValue,
} from './group/share-group-state-partition-metadata.ts'
export {
  ShareGroupTargetAssignmentMemberKey,
  ShareGroupTargetAssignmentMemberValue,
} from './group/share-group-target-assignment-member.ts'
export {
  ShareGroupTargetAssignmentMetadataKey,
  ShareGroupTargetAssignmentMetadataValue,
} from './group/share-group-target-assignment-metadata.ts'
export {
  StreamsGroupCurrentMemberAssignmentKey,
  StreamsGroupCurrentMemberAssignmentValue,
} from './group/streams-group-current-member-assignment.ts'
export {
  StreamsGroupMemberMetadataKey,
  StreamsGroupMemberMetadataValue,
} from './group/streams-group-member-metadata.ts'
export {
  StreamsGroupMetadataKey,
  StreamsGroupMetadataValue,
} from './group/streams-group-metadata.ts'
export {
  StreamsGroupTargetAssignmentMemberKey,
  StreamsGroupTargetAssignmentMemberValue,
} from './group/streams-group-target-assignment-member.ts'
export {
  StreamsGroupTargetAssignmentMetadataKey,
  StreamsGroupTargetAssignmentMetadataValue,
} from './group/streams-group-target-assignment-metadata.ts'
export {
  StreamsGroupTopologyKey,
  StreamsGroupTopologyValue,
} from './group/streams-group-topology.ts'
export { AbortTransactionRecord } from './metadata/abort-transaction-record.ts'
export { AccessControlEntryRecord } from './metadata/access-control-entry-record.ts'
export { BeginTransactionRecord } from './metadata/begin-transaction-record.ts'
export { BrokerRegistrationChangeRecord } from './metadata/broker-registration-change-record.ts'
export { ClearElrRecord } from './metadata/clear-elr-record.ts'
export { ClientQuotaRecord } from './metadata/client-quota-record.ts'
export { ConfigRecord } from './metadata/config-record.ts'
export { DelegationTokenRecord } from './metadata/delegation-token-record.ts'
export { EndTransactionRecord } from './metadata/end-transaction-record.ts'
export { FeatureLevelRecord } from './metadata/feature-level-record.ts'
export { FenceBrokerRecord } from './metadata/fence-broker-record.ts'
export { NoOpRecord } from './metadata/no-op-record.ts'
export { PartitionChangeRecord } from './metadata/partition-change-record.ts'
export { PartitionRecord } from './metadata/partition-record.ts'
export { ProducerIdsRecord } from './metadata/producer-ids-record.ts'
export { RegisterBrokerRecord } from './metadata/register-broker-record.ts'
export { RegisterControllerRecord } from './metadata/register-controller-record.ts'
export { RemoveAccessControlEntryRecord } from './metadata/remove-access-control-entry-record.ts'
export { RemoveDelegationTokenRecord } from './metadata/remove-delegation-token-record.ts'
export { RemoveTopicRecord } from './metadata/remove-topic-record.ts'
export { RemoveUserScramCredentialRecord } from './metadata/remove-user-scram-credential-record.ts'
export { TopicRecord } from './metadata/topic-record.ts'
export { UnfenceBrokerRecord } from './metadata/unfence-broker-record.ts'
export { UnregisterBrokerRecord } from './metadata/unregister-broker-record.ts'
export { UserScramCredentialRecord } from './metadata/user-scram-credential-record.ts'
export { ZkMigrationStateRecord } from './metadata/zk-migration-state-record.ts'
export {
  ControlRecordTypeSchema,
  EndTxnMarker,
  KRaftVersionRecord,
  LeaderChangeMessage,
  SnapshotFooterRecord,
  SnapshotHeaderRecord,
  VotersRecord,
} from './raft/control-records.ts'
export { QuorumStateData } from './raft/quorum-state-data.ts'
export { ShareSnapshotKey, ShareSnapshotValue } from './share/share-snapshot.ts'
export { ShareUpdateKey, ShareUpdateValue } from './share/share-update.ts'
export { ProducerSnapshot } from './storage/producer-snapshot.ts'
export { RemoteLogSegmentMetadataRecord } from './storage/remote-log-segment-metadata-record.ts'
export { RemoteLogSegmentMetadataSnapshotRecord } from './storage/remote-log-segment-metadata-snapshot-record.ts'
export { RemoteLogSegmentMetadataUpdateRecord } from './storage/remote-log-segment-metadata-update-record.ts'
export { RemotePartitionDeleteMetadataRecord } from './storage/remote-partition-delete-metadata-record.ts'
export { TransactionLogKey, TransactionLogValue } from './transaction/transaction-log.ts'
