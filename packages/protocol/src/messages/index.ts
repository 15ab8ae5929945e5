/** Every message between nodes and clients. */
export { AddOffsetsToTxnRequest, AddOffsetsToTxnResponse } from './add-offsets-to-txn.ts'
export { AddPartitionsToTxnRequest, AddPartitionsToTxnResponse } from './add-partitions-to-txn.ts'
export { AddRaftVoterRequest, AddRaftVoterResponse } from './add-raft-voter.ts'
export { AllocateProducerIdsRequest, AllocateProducerIdsResponse } from './allocate-producer-ids.ts'
export { AlterClientQuotasRequest, AlterClientQuotasResponse } from './alter-client-quotas.ts'
export { AlterConfigsRequest, AlterConfigsResponse } from './alter-configs.ts'
export {
  AlterPartitionReassignmentsRequest,
  AlterPartitionReassignmentsResponse,
} from './alter-partition-reassignments.ts'
export { AlterPartitionRequest, AlterPartitionResponse } from './alter-partition.ts'
export {
  AlterReplicaLogDirsRequest,
  AlterReplicaLogDirsResponse,
} from './alter-replica-log-dirs.ts'
export {
  AlterShareGroupOffsetsRequest,
  AlterShareGroupOffsetsResponse,
} from './alter-share-group-offsets.ts'
export {
  AlterUserScramCredentialsRequest,
  AlterUserScramCredentialsResponse,
} from './alter-user-scram-credentials.ts'
export { ApiVersionsRequest, ApiVersionsResponse } from './api-versions.ts'
export {
  AssignReplicasToDirsRequest,
  AssignReplicasToDirsResponse,
} from './assign-replicas-to-dirs.ts'
export { BeginQuorumEpochRequest, BeginQuorumEpochResponse } from './begin-quorum-epoch.ts'
export { BrokerHeartbeatRequest, BrokerHeartbeatResponse } from './broker-heartbeat.ts'
export { BrokerRegistrationRequest, BrokerRegistrationResponse } from './broker-registration.ts'
export {
  ConsumerGroupDescribeRequest,
  ConsumerGroupDescribeResponse,
} from './consumer-group-describe.ts'
export {
  ConsumerGroupHeartbeatRequest,
  ConsumerGroupHeartbeatResponse,
} from './consumer-group-heartbeat.ts'
export { ConsumerProtocolAssignment, ConsumerProtocolSubscription } from './consumer-protocol.ts'
export {
  ControllerRegistrationRequest,
  ControllerRegistrationResponse,
} from './controller-registration.ts'
export { CreateAclsRequest, CreateAclsResponse } from './create-acls.ts'
export {
  CreateDelegationTokenRequest,
  CreateDelegationTokenResponse,
} from './create-delegation-token.ts'
export { CreatePartitionsRequest, CreatePartitionsResponse } from './create-partitions.ts'
export { CreateTopicsRequest, CreateTopicsResponse } from './create-topics.ts'
export { DeleteAclsRequest, DeleteAclsResponse } from './delete-acls.ts'
export { DeleteGroupsRequest, DeleteGroupsResponse } from './delete-groups.ts'
export { DeleteRecordsRequest, DeleteRecordsResponse } from './delete-records.ts'
export {
  DeleteShareGroupOffsetsRequest,
  DeleteShareGroupOffsetsResponse,
} from './delete-share-group-offsets.ts'
export {
  DeleteShareGroupStateRequest,
  DeleteShareGroupStateResponse,
} from './delete-share-group-state.ts'
export { DeleteTopicsRequest, DeleteTopicsResponse } from './delete-topics.ts'
export { DescribeAclsRequest, DescribeAclsResponse } from './describe-acls.ts'
export {
  DescribeClientQuotasRequest,
  DescribeClientQuotasResponse,
} from './describe-client-quotas.ts'
export { DescribeClusterRequest, DescribeClusterResponse } from './describe-cluster.ts'
export { DescribeConfigsRequest, DescribeConfigsResponse } from './describe-configs.ts'
export {
  DescribeDelegationTokenRequest,
  DescribeDelegationTokenResponse,
} from './describe-delegation-token.ts'
export { DescribeGroupsRequest, DescribeGroupsResponse } from './describe-groups.ts'
export { DescribeLogDirsRequest, DescribeLogDirsResponse } from './describe-log-dirs.ts'
export { DescribeProducersRequest, DescribeProducersResponse } from './describe-producers.ts'
export { DescribeQuorumRequest, DescribeQuorumResponse } from './describe-quorum.ts'
export {
  DescribeShareGroupOffsetsRequest,
  DescribeShareGroupOffsetsResponse,
} from './describe-share-group-offsets.ts'
export {
  DescribeTopicPartitionsRequest,
  DescribeTopicPartitionsResponse,
} from './describe-topic-partitions.ts'
export {
  DescribeTransactionsRequest,
  DescribeTransactionsResponse,
} from './describe-transactions.ts'
export {
  DescribeUserScramCredentialsRequest,
  DescribeUserScramCredentialsResponse,
} from './describe-user-scram-credentials.ts'
export { ElectLeadersRequest, ElectLeadersResponse } from './elect-leaders.ts'
export { EndQuorumEpochRequest, EndQuorumEpochResponse } from './end-quorum-epoch.ts'
export { EndTxnRequest, EndTxnResponse } from './end-txn.ts'
export { EnvelopeRequest, EnvelopeResponse } from './envelope.ts'
export {
  ExpireDelegationTokenRequest,
  ExpireDelegationTokenResponse,
} from './expire-delegation-token.ts'
export { FetchSnapshotRequest, FetchSnapshotResponse } from './fetch-snapshot.ts'
export { FetchRequest, FetchResponse } from './fetch.ts'
export { FindCoordinatorRequest, FindCoordinatorResponse } from './find-coordinator.ts'
export {
  GetTelemetrySubscriptionsRequest,
  GetTelemetrySubscriptionsResponse,
} from './get-telemetry-subscriptions.ts'
export { RequestHeader, ResponseHeader } from './headers.ts'
export { HeartbeatRequest, HeartbeatResponse } from './heartbeat.ts'
export {
  IncrementalAlterConfigsRequest,
  IncrementalAlterConfigsResponse,
} from './incremental-alter-configs.ts'
export { InitProducerIdRequest, InitProducerIdResponse } from './init-producer-id.ts'
export {
  InitializeShareGroupStateRequest,
  InitializeShareGroupStateResponse,
} from './initialize-share-group-state.ts'
export { JoinGroupRequest, JoinGroupResponse } from './join-group.ts'
export { LeaveGroupRequest, LeaveGroupResponse } from './leave-group.ts'
export { ListConfigResourcesRequest, ListConfigResourcesResponse } from './list-config-resources.ts'
export { ListGroupsRequest, ListGroupsResponse } from './list-groups.ts'
export { ListOffsetsRequest, ListOffsetsResponse } from './list-offsets.ts'
export {
  ListPartitionReassignmentsRequest,
  ListPartitionReassignmentsResponse,
} from './list-partition-reassignments.ts'
export { ListTransactionsRequest, ListTransactionsResponse } from './list-transactions.ts'
export { MetadataRequest, MetadataResponse } from './metadata.ts'
export { OffsetCommitRequest, OffsetCommitResponse } from './offset-commit.ts'
export { OffsetDeleteRequest, OffsetDeleteResponse } from './offset-delete.ts'
export { OffsetFetchRequest, OffsetFetchResponse } from './offset-fetch.ts'
export {
  OffsetForLeaderEpochRequest,
  OffsetForLeaderEpochResponse,
} from './offset-for-leader-epoch.ts'
export { DefaultPrincipalData } from './principal.ts'
export { ProduceRequest, ProduceResponse } from './produce.ts'
export { PushTelemetryRequest, PushTelemetryResponse } from './push-telemetry.ts'
export {
  ReadShareGroupStateSummaryRequest,
  ReadShareGroupStateSummaryResponse,
} from './read-share-group-state-summary.ts'
export {
  ReadShareGroupStateRequest,
  ReadShareGroupStateResponse,
} from './read-share-group-state.ts'
export { RemoveRaftVoterRequest, RemoveRaftVoterResponse } from './remove-raft-voter.ts'
export {
  RenewDelegationTokenRequest,
  RenewDelegationTokenResponse,
} from './renew-delegation-token.ts'
export { SaslAuthenticateRequest, SaslAuthenticateResponse } from './sasl-authenticate.ts'
export { SaslHandshakeRequest, SaslHandshakeResponse } from './sasl-handshake.ts'
export { ShareAcknowledgeRequest, ShareAcknowledgeResponse } from './share-acknowledge.ts'
export { ShareFetchRequest, ShareFetchResponse } from './share-fetch.ts'
export { ShareGroupDescribeRequest, ShareGroupDescribeResponse } from './share-group-describe.ts'
export { ShareGroupHeartbeatRequest, ShareGroupHeartbeatResponse } from './share-group-heartbeat.ts'
export {
  StreamsGroupDescribeRequest,
  StreamsGroupDescribeResponse,
} from './streams-group-describe.ts'
export {
  StreamsGroupHeartbeatRequest,
  StreamsGroupHeartbeatResponse,
} from './streams-group-heartbeat.ts'
export { SyncGroupRequest, SyncGroupResponse } from './sync-group.ts'
export { TxnOffsetCommitRequest, TxnOffsetCommitResponse } from './txn-offset-commit.ts'
export { UnregisterBrokerRequest, UnregisterBrokerResponse } from './unregister-broker.ts'
export { UpdateFeaturesRequest, UpdateFeaturesResponse } from './update-features.ts'
export { UpdateRaftVoterRequest, UpdateRaftVoterResponse } from './update-raft-voter.ts'
export { VoteRequest, VoteResponse } from './vote.ts'
export {
  WriteShareGroupStateRequest,
  WriteShareGroupStateResponse,
} from './write-share-group-state.ts'
export { WriteTxnMarkersRequest, WriteTxnMarkersResponse } from './write-txn-markers.ts'
export {
  ControlledShutdownRequest,
  ControlledShutdownResponse,
  LeaderAndIsrRequest,
  LeaderAndIsrResponse,
  StopReplicaRequest,
  StopReplicaResponse,
  UpdateMetadataRequest,
  UpdateMetadataResponse,
} from './removed.ts'
