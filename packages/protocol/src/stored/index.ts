/** Every record that is stored: in internal topics, in the metadata log, beside the log. */
export {
  ConsumerGroupCurrentMemberAssignmentKey,
  ConsumerGroupCurrentMemberAssignmentValue,
  ConsumerGroupMemberMetadataKey,
  ConsumerGroupMemberMetadataValue,
  ConsumerGroupMetadataKey,
  ConsumerGroupMetadataValue,
  ConsumerGroupPartitionMetadataKey,
  ConsumerGroupPartitionMetadataValue,
  ConsumerGroupRegularExpressionKey,
  ConsumerGroupRegularExpressionValue,
  ConsumerGroupTargetAssignmentMemberKey,
  ConsumerGroupTargetAssignmentMemberValue,
  ConsumerGroupTargetAssignmentMetadataKey,
  ConsumerGroupTargetAssignmentMetadataValue,
} from './group/consumer-groups.ts'
export {
  OffsetCommitKey,
  OffsetCommitValue,
  LegacyOffsetCommitKey,
  LegacyOffsetCommitValue,
  GroupMetadataKey,
  GroupMetadataValue,
} from './group/offsets-and-classic-groups.ts'
export {
  ShareGroupCurrentMemberAssignmentKey,
  ShareGroupCurrentMemberAssignmentValue,
  ShareGroupMemberMetadataKey,
  ShareGroupMemberMetadataValue,
  ShareGroupMetadataKey,
  ShareGroupMetadataValue,
  ShareGroupStatePartitionMetadataKey,
  ShareGroupStatePartitionMetadataValue,
  ShareGroupTargetAssignmentMemberKey,
  ShareGroupTargetAssignmentMemberValue,
  ShareGroupTargetAssignmentMetadataKey,
  ShareGroupTargetAssignmentMetadataValue,
} from './group/share-groups.ts'
export {
  StreamsGroupCurrentMemberAssignmentKey,
  StreamsGroupCurrentMemberAssignmentValue,
  StreamsGroupMemberMetadataKey,
  StreamsGroupMemberMetadataValue,
  StreamsGroupMetadataKey,
  StreamsGroupMetadataValue,
  StreamsGroupTargetAssignmentMemberKey,
  StreamsGroupTargetAssignmentMemberValue,
  StreamsGroupTargetAssignmentMetadataKey,
  StreamsGroupTargetAssignmentMetadataValue,
  StreamsGroupTopologyKey,
  StreamsGroupTopologyValue,
} from './group/streams-groups.ts'
export {
  AccessControlEntryRecord,
  RemoveAccessControlEntryRecord,
  UserScramCredentialRecord,
  RemoveUserScramCredentialRecord,
  DelegationTokenRecord,
  RemoveDelegationTokenRecord,
} from './metadata/access.ts'
export {
  RegisterBrokerRecord,
  BrokerRegistrationChangeRecord,
  UnregisterBrokerRecord,
  FenceBrokerRecord,
  UnfenceBrokerRecord,
  RegisterControllerRecord,
} from './metadata/brokers.ts'
export {
  ConfigRecord,
  FeatureLevelRecord,
  ClientQuotaRecord,
  ProducerIdsRecord,
  NoOpRecord,
  ZkMigrationStateRecord,
  BeginTransactionRecord,
  EndTransactionRecord,
  AbortTransactionRecord,
} from './metadata/cluster.ts'
export {
  TopicRecord,
  PartitionRecord,
  PartitionChangeRecord,
  RemoveTopicRecord,
  ClearElrRecord,
} from './metadata/topics.ts'
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
export {
  ShareSnapshotKey,
  ShareSnapshotValue,
  ShareUpdateKey,
  ShareUpdateValue,
} from './share/share-state.ts'
export { ProducerSnapshot } from './storage/producer-snapshot.ts'
export {
  RemoteLogSegmentMetadataRecord,
  RemoteLogSegmentMetadataSnapshotRecord,
  RemoteLogSegmentMetadataUpdateRecord,
  RemotePartitionDeleteMetadataRecord,
} from './storage/remote-log-metadata.ts'
export { TransactionLogKey, TransactionLogValue } from './transaction/transaction-log.ts'
