/**
 * Every API of Kafka 4.3.1 by name: key, messages, and the versions that a 4.3.1 broker tells clients in ApiVersions
 * (for APIs of controllers only: those that are stable). Removed APIs, keys 4 to 7, are not here.
 */
import { ProduceRequest, ProduceResponse } from './messages/produce.ts'
import { FetchRequest, FetchResponse } from './messages/fetch.ts'
import { ListOffsetsRequest, ListOffsetsResponse } from './messages/list-offsets.ts'
import { MetadataRequest, MetadataResponse } from './messages/metadata.ts'
import { OffsetCommitRequest, OffsetCommitResponse } from './messages/offset-commit.ts'
import { OffsetFetchRequest, OffsetFetchResponse } from './messages/offset-fetch.ts'
import { FindCoordinatorRequest, FindCoordinatorResponse } from './messages/find-coordinator.ts'
import { JoinGroupRequest, JoinGroupResponse } from './messages/join-group.ts'
import { HeartbeatRequest, HeartbeatResponse } from './messages/heartbeat.ts'
import { LeaveGroupRequest, LeaveGroupResponse } from './messages/leave-group.ts'
import { SyncGroupRequest, SyncGroupResponse } from './messages/sync-group.ts'
import { DescribeGroupsRequest, DescribeGroupsResponse } from './messages/describe-groups.ts'
import { ListGroupsRequest, ListGroupsResponse } from './messages/list-groups.ts'
import { SaslHandshakeRequest, SaslHandshakeResponse } from './messages/sasl-handshake.ts'
import { ApiVersionsRequest, ApiVersionsResponse } from './messages/api-versions.ts'
import { CreateTopicsRequest, CreateTopicsResponse } from './messages/create-topics.ts'
import { DeleteTopicsRequest, DeleteTopicsResponse } from './messages/delete-topics.ts'
import { DeleteRecordsRequest, DeleteRecordsResponse } from './messages/delete-records.ts'
import { InitProducerIdRequest, InitProducerIdResponse } from './messages/init-producer-id.ts'
import {
  OffsetForLeaderEpochRequest,
  OffsetForLeaderEpochResponse,
} from './messages/offset-for-leader-epoch.ts'
import {
  AddPartitionsToTxnRequest,
  AddPartitionsToTxnResponse,
} from './messages/add-partitions-to-txn.ts'
import { AddOffsetsToTxnRequest, AddOffsetsToTxnResponse } from './messages/add-offsets-to-txn.ts'
import { EndTxnRequest, EndTxnResponse } from './messages/end-txn.ts'
import { WriteTxnMarkersRequest, WriteTxnMarkersResponse } from './messages/write-txn-markers.ts'
import { TxnOffsetCommitRequest, TxnOffsetCommitResponse } from './messages/txn-offset-commit.ts'
import { DescribeAclsRequest, DescribeAclsResponse } from './messages/describe-acls.ts'
import { CreateAclsRequest, CreateAclsResponse } from './messages/create-acls.ts'
import { DeleteAclsRequest, DeleteAclsResponse } from './messages/delete-acls.ts'
import { DescribeConfigsRequest, DescribeConfigsResponse } from './messages/describe-configs.ts'
import { AlterConfigsRequest, AlterConfigsResponse } from './messages/alter-configs.ts'
import {
  AlterReplicaLogDirsRequest,
  AlterReplicaLogDirsResponse,
} from './messages/alter-replica-log-dirs.ts'
import { DescribeLogDirsRequest, DescribeLogDirsResponse } from './messages/describe-log-dirs.ts'
import { SaslAuthenticateRequest, SaslAuthenticateResponse } from './messages/sasl-authenticate.ts'
import { CreatePartitionsRequest, CreatePartitionsResponse } from './messages/create-partitions.ts'
import {
  CreateDelegationTokenRequest,
  CreateDelegationTokenResponse,
} from './messages/create-delegation-token.ts'
import {
  RenewDelegationTokenRequest,
  RenewDelegationTokenResponse,
} from './messages/renew-delegation-token.ts'
import {
  ExpireDelegationTokenRequest,
  ExpireDelegationTokenResponse,
} from './messages/expire-delegation-token.ts'
import {
  DescribeDelegationTokenRequest,
  DescribeDelegationTokenResponse,
} from './messages/describe-delegation-token.ts'
import { DeleteGroupsRequest, DeleteGroupsResponse } from './messages/delete-groups.ts'
import { ElectLeadersRequest, ElectLeadersResponse } from './messages/elect-leaders.ts'
import {
  IncrementalAlterConfigsRequest,
  IncrementalAlterConfigsResponse,
} from './messages/incremental-alter-configs.ts'
import {
  AlterPartitionReassignmentsRequest,
  AlterPartitionReassignmentsResponse,
} from './messages/alter-partition-reassignments.ts'
import {
  ListPartitionReassignmentsRequest,
  ListPartitionReassignmentsResponse,
} from './messages/list-partition-reassignments.ts'
import { OffsetDeleteRequest, OffsetDeleteResponse } from './messages/offset-delete.ts'
import {
  DescribeClientQuotasRequest,
  DescribeClientQuotasResponse,
} from './messages/describe-client-quotas.ts'
import {
  AlterClientQuotasRequest,
  AlterClientQuotasResponse,
} from './messages/alter-client-quotas.ts'
import {
  DescribeUserScramCredentialsRequest,
  DescribeUserScramCredentialsResponse,
} from './messages/describe-user-scram-credentials.ts'
import {
  AlterUserScramCredentialsRequest,
  AlterUserScramCredentialsResponse,
} from './messages/alter-user-scram-credentials.ts'
import { VoteRequest, VoteResponse } from './messages/vote.ts'
import { BeginQuorumEpochRequest, BeginQuorumEpochResponse } from './messages/begin-quorum-epoch.ts'
import { EndQuorumEpochRequest, EndQuorumEpochResponse } from './messages/end-quorum-epoch.ts'
import { DescribeQuorumRequest, DescribeQuorumResponse } from './messages/describe-quorum.ts'
import { AlterPartitionRequest, AlterPartitionResponse } from './messages/alter-partition.ts'
import { UpdateFeaturesRequest, UpdateFeaturesResponse } from './messages/update-features.ts'
import { EnvelopeRequest, EnvelopeResponse } from './messages/envelope.ts'
import { FetchSnapshotRequest, FetchSnapshotResponse } from './messages/fetch-snapshot.ts'
import { DescribeClusterRequest, DescribeClusterResponse } from './messages/describe-cluster.ts'
import {
  DescribeProducersRequest,
  DescribeProducersResponse,
} from './messages/describe-producers.ts'
import {
  BrokerRegistrationRequest,
  BrokerRegistrationResponse,
} from './messages/broker-registration.ts'
import { BrokerHeartbeatRequest, BrokerHeartbeatResponse } from './messages/broker-heartbeat.ts'
import { UnregisterBrokerRequest, UnregisterBrokerResponse } from './messages/unregister-broker.ts'
import {
  DescribeTransactionsRequest,
  DescribeTransactionsResponse,
} from './messages/describe-transactions.ts'
import { ListTransactionsRequest, ListTransactionsResponse } from './messages/list-transactions.ts'
import {
  AllocateProducerIdsRequest,
  AllocateProducerIdsResponse,
} from './messages/allocate-producer-ids.ts'
import {
  ConsumerGroupHeartbeatRequest,
  ConsumerGroupHeartbeatResponse,
} from './messages/consumer-group-heartbeat.ts'
import {
  ConsumerGroupDescribeRequest,
  ConsumerGroupDescribeResponse,
} from './messages/consumer-group-describe.ts'
import {
  ControllerRegistrationRequest,
  ControllerRegistrationResponse,
} from './messages/controller-registration.ts'
import {
  GetTelemetrySubscriptionsRequest,
  GetTelemetrySubscriptionsResponse,
} from './messages/get-telemetry-subscriptions.ts'
import { PushTelemetryRequest, PushTelemetryResponse } from './messages/push-telemetry.ts'
import {
  AssignReplicasToDirsRequest,
  AssignReplicasToDirsResponse,
} from './messages/assign-replicas-to-dirs.ts'
import {
  ListConfigResourcesRequest,
  ListConfigResourcesResponse,
} from './messages/list-config-resources.ts'
import {
  DescribeTopicPartitionsRequest,
  DescribeTopicPartitionsResponse,
} from './messages/describe-topic-partitions.ts'
import {
  ShareGroupHeartbeatRequest,
  ShareGroupHeartbeatResponse,
} from './messages/share-group-heartbeat.ts'
import {
  ShareGroupDescribeRequest,
  ShareGroupDescribeResponse,
} from './messages/share-group-describe.ts'
import { ShareFetchRequest, ShareFetchResponse } from './messages/share-fetch.ts'
import { ShareAcknowledgeRequest, ShareAcknowledgeResponse } from './messages/share-acknowledge.ts'
import { AddRaftVoterRequest, AddRaftVoterResponse } from './messages/add-raft-voter.ts'
import { RemoveRaftVoterRequest, RemoveRaftVoterResponse } from './messages/remove-raft-voter.ts'
import { UpdateRaftVoterRequest, UpdateRaftVoterResponse } from './messages/update-raft-voter.ts'
import {
  InitializeShareGroupStateRequest,
  InitializeShareGroupStateResponse,
} from './messages/initialize-share-group-state.ts'
import {
  ReadShareGroupStateRequest,
  ReadShareGroupStateResponse,
} from './messages/read-share-group-state.ts'
import {
  WriteShareGroupStateRequest,
  WriteShareGroupStateResponse,
} from './messages/write-share-group-state.ts'
import {
  DeleteShareGroupStateRequest,
  DeleteShareGroupStateResponse,
} from './messages/delete-share-group-state.ts'
import {
  ReadShareGroupStateSummaryRequest,
  ReadShareGroupStateSummaryResponse,
} from './messages/read-share-group-state-summary.ts'
import {
  StreamsGroupHeartbeatRequest,
  StreamsGroupHeartbeatResponse,
} from './messages/streams-group-heartbeat.ts'
import {
  StreamsGroupDescribeRequest,
  StreamsGroupDescribeResponse,
} from './messages/streams-group-describe.ts'
import {
  DescribeShareGroupOffsetsRequest,
  DescribeShareGroupOffsetsResponse,
} from './messages/describe-share-group-offsets.ts'
import {
  AlterShareGroupOffsetsRequest,
  AlterShareGroupOffsetsResponse,
} from './messages/alter-share-group-offsets.ts'
import {
  DeleteShareGroupOffsetsRequest,
  DeleteShareGroupOffsetsResponse,
} from './messages/delete-share-group-offsets.ts'
import type { Fields, Message } from './schema.ts'

/** Which servers answer an API. */
export type ApiListener = 'broker' | 'controller'

/** A row of the table. */
export interface ApiRow<Request extends Fields, Response extends Fields> {
  readonly key: number
  readonly name: string
  readonly request: Message<Request>
  readonly response: Message<Response>
  /** Lowest and highest stable version. Of Produce, 0 to 2 are told for old clients but cannot be read. */
  readonly versions: readonly [number, number]
  readonly listeners: readonly ApiListener[]
}

function api<Request extends Fields, Response extends Fields>(
  key: number,
  name: string,
  request: Message<Request>,
  response: Message<Response>,
  versions: readonly [number, number],
  listeners: readonly ApiListener[],
): ApiRow<Request, Response> {
  return { key, name, request, response, versions, listeners }
}

const onBroker: readonly ApiListener[] = ['broker']
const onController: readonly ApiListener[] = ['controller']
const onBoth: readonly ApiListener[] = ['broker', 'controller']

export const Apis = {
  Produce: api(0, 'Produce', ProduceRequest, ProduceResponse, [0, 13], onBroker),
  Fetch: api(1, 'Fetch', FetchRequest, FetchResponse, [4, 18], onBoth),
  ListOffsets: api(2, 'ListOffsets', ListOffsetsRequest, ListOffsetsResponse, [1, 11], onBroker),
  Metadata: api(3, 'Metadata', MetadataRequest, MetadataResponse, [0, 13], onBroker),
  OffsetCommit: api(
    8,
    'OffsetCommit',
    OffsetCommitRequest,
    OffsetCommitResponse,
    [2, 10],
    onBroker,
  ),
  OffsetFetch: api(9, 'OffsetFetch', OffsetFetchRequest, OffsetFetchResponse, [1, 10], onBroker),
  FindCoordinator: api(
    10,
    'FindCoordinator',
    FindCoordinatorRequest,
    FindCoordinatorResponse,
    [0, 6],
    onBroker,
  ),
  JoinGroup: api(11, 'JoinGroup', JoinGroupRequest, JoinGroupResponse, [0, 9], onBroker),
  Heartbeat: api(12, 'Heartbeat', HeartbeatRequest, HeartbeatResponse, [0, 4], onBroker),
  LeaveGroup: api(13, 'LeaveGroup', LeaveGroupRequest, LeaveGroupResponse, [0, 5], onBroker),
  SyncGroup: api(14, 'SyncGroup', SyncGroupRequest, SyncGroupResponse, [0, 5], onBroker),
  DescribeGroups: api(
    15,
    'DescribeGroups',
    DescribeGroupsRequest,
    DescribeGroupsResponse,
    [0, 6],
    onBroker,
  ),
  ListGroups: api(16, 'ListGroups', ListGroupsRequest, ListGroupsResponse, [0, 5], onBroker),
  SaslHandshake: api(
    17,
    'SaslHandshake',
    SaslHandshakeRequest,
    SaslHandshakeResponse,
    [0, 1],
    onBoth,
  ),
  ApiVersions: api(18, 'ApiVersions', ApiVersionsRequest, ApiVersionsResponse, [0, 4], onBoth),
  CreateTopics: api(19, 'CreateTopics', CreateTopicsRequest, CreateTopicsResponse, [2, 7], onBoth),
  DeleteTopics: api(20, 'DeleteTopics', DeleteTopicsRequest, DeleteTopicsResponse, [1, 6], onBoth),
  DeleteRecords: api(
    21,
    'DeleteRecords',
    DeleteRecordsRequest,
    DeleteRecordsResponse,
    [0, 2],
    onBroker,
  ),
  InitProducerId: api(
    22,
    'InitProducerId',
    InitProducerIdRequest,
    InitProducerIdResponse,
    [0, 5],
    onBroker,
  ),
  OffsetForLeaderEpoch: api(
    23,
    'OffsetForLeaderEpoch',
    OffsetForLeaderEpochRequest,
    OffsetForLeaderEpochResponse,
    [2, 4],
    onBroker,
  ),
  AddPartitionsToTxn: api(
    24,
    'AddPartitionsToTxn',
    AddPartitionsToTxnRequest,
    AddPartitionsToTxnResponse,
    [0, 5],
    onBroker,
  ),
  AddOffsetsToTxn: api(
    25,
    'AddOffsetsToTxn',
    AddOffsetsToTxnRequest,
    AddOffsetsToTxnResponse,
    [0, 4],
    onBroker,
  ),
  EndTxn: api(26, 'EndTxn', EndTxnRequest, EndTxnResponse, [0, 5], onBroker),
  WriteTxnMarkers: api(
    27,
    'WriteTxnMarkers',
    WriteTxnMarkersRequest,
    WriteTxnMarkersResponse,
    [1, 2],
    onBroker,
  ),
  TxnOffsetCommit: api(
    28,
    'TxnOffsetCommit',
    TxnOffsetCommitRequest,
    TxnOffsetCommitResponse,
    [0, 5],
    onBroker,
  ),
  DescribeAcls: api(29, 'DescribeAcls', DescribeAclsRequest, DescribeAclsResponse, [1, 3], onBoth),
  CreateAcls: api(30, 'CreateAcls', CreateAclsRequest, CreateAclsResponse, [1, 3], onBoth),
  DeleteAcls: api(31, 'DeleteAcls', DeleteAclsRequest, DeleteAclsResponse, [1, 3], onBoth),
  DescribeConfigs: api(
    32,
    'DescribeConfigs',
    DescribeConfigsRequest,
    DescribeConfigsResponse,
    [1, 4],
    onBoth,
  ),
  AlterConfigs: api(33, 'AlterConfigs', AlterConfigsRequest, AlterConfigsResponse, [0, 2], onBoth),
  AlterReplicaLogDirs: api(
    34,
    'AlterReplicaLogDirs',
    AlterReplicaLogDirsRequest,
    AlterReplicaLogDirsResponse,
    [1, 2],
    onBroker,
  ),
  DescribeLogDirs: api(
    35,
    'DescribeLogDirs',
    DescribeLogDirsRequest,
    DescribeLogDirsResponse,
    [1, 5],
    onBroker,
  ),
  SaslAuthenticate: api(
    36,
    'SaslAuthenticate',
    SaslAuthenticateRequest,
    SaslAuthenticateResponse,
    [0, 2],
    onBoth,
  ),
  CreatePartitions: api(
    37,
    'CreatePartitions',
    CreatePartitionsRequest,
    CreatePartitionsResponse,
    [0, 3],
    onBoth,
  ),
  CreateDelegationToken: api(
    38,
    'CreateDelegationToken',
    CreateDelegationTokenRequest,
    CreateDelegationTokenResponse,
    [1, 3],
    onBoth,
  ),
  RenewDelegationToken: api(
    39,
    'RenewDelegationToken',
    RenewDelegationTokenRequest,
    RenewDelegationTokenResponse,
    [1, 2],
    onBoth,
  ),
  ExpireDelegationToken: api(
    40,
    'ExpireDelegationToken',
    ExpireDelegationTokenRequest,
    ExpireDelegationTokenResponse,
    [1, 2],
    onBoth,
  ),
  DescribeDelegationToken: api(
    41,
    'DescribeDelegationToken',
    DescribeDelegationTokenRequest,
    DescribeDelegationTokenResponse,
    [1, 3],
    onBoth,
  ),
  DeleteGroups: api(
    42,
    'DeleteGroups',
    DeleteGroupsRequest,
    DeleteGroupsResponse,
    [0, 2],
    onBroker,
  ),
  ElectLeaders: api(43, 'ElectLeaders', ElectLeadersRequest, ElectLeadersResponse, [0, 2], onBoth),
  IncrementalAlterConfigs: api(
    44,
    'IncrementalAlterConfigs',
    IncrementalAlterConfigsRequest,
    IncrementalAlterConfigsResponse,
    [0, 1],
    onBoth,
  ),
  AlterPartitionReassignments: api(
    45,
    'AlterPartitionReassignments',
    AlterPartitionReassignmentsRequest,
    AlterPartitionReassignmentsResponse,
    [0, 1],
    onBoth,
  ),
  ListPartitionReassignments: api(
    46,
    'ListPartitionReassignments',
    ListPartitionReassignmentsRequest,
    ListPartitionReassignmentsResponse,
    [0, 0],
    onBoth,
  ),
  OffsetDelete: api(
    47,
    'OffsetDelete',
    OffsetDeleteRequest,
    OffsetDeleteResponse,
    [0, 0],
    onBroker,
  ),
  DescribeClientQuotas: api(
    48,
    'DescribeClientQuotas',
    DescribeClientQuotasRequest,
    DescribeClientQuotasResponse,
    [0, 1],
    onBroker,
  ),
  AlterClientQuotas: api(
    49,
    'AlterClientQuotas',
    AlterClientQuotasRequest,
    AlterClientQuotasResponse,
    [0, 1],
    onBoth,
  ),
  DescribeUserScramCredentials: api(
    50,
    'DescribeUserScramCredentials',
    DescribeUserScramCredentialsRequest,
    DescribeUserScramCredentialsResponse,
    [0, 0],
    onBoth,
  ),
  AlterUserScramCredentials: api(
    51,
    'AlterUserScramCredentials',
    AlterUserScramCredentialsRequest,
    AlterUserScramCredentialsResponse,
    [0, 0],
    onBoth,
  ),
  Vote: api(52, 'Vote', VoteRequest, VoteResponse, [0, 2], onController),
  BeginQuorumEpoch: api(
    53,
    'BeginQuorumEpoch',
    BeginQuorumEpochRequest,
    BeginQuorumEpochResponse,
    [0, 1],
    onController,
  ),
  EndQuorumEpoch: api(
    54,
    'EndQuorumEpoch',
    EndQuorumEpochRequest,
    EndQuorumEpochResponse,
    [0, 1],
    onController,
  ),
  DescribeQuorum: api(
    55,
    'DescribeQuorum',
    DescribeQuorumRequest,
    DescribeQuorumResponse,
    [0, 2],
    onBoth,
  ),
  AlterPartition: api(
    56,
    'AlterPartition',
    AlterPartitionRequest,
    AlterPartitionResponse,
    [2, 3],
    onController,
  ),
  UpdateFeatures: api(
    57,
    'UpdateFeatures',
    UpdateFeaturesRequest,
    UpdateFeaturesResponse,
    [0, 2],
    onBoth,
  ),
  Envelope: api(58, 'Envelope', EnvelopeRequest, EnvelopeResponse, [0, 0], onController),
  FetchSnapshot: api(
    59,
    'FetchSnapshot',
    FetchSnapshotRequest,
    FetchSnapshotResponse,
    [0, 1],
    onController,
  ),
  DescribeCluster: api(
    60,
    'DescribeCluster',
    DescribeClusterRequest,
    DescribeClusterResponse,
    [0, 2],
    onBoth,
  ),
  DescribeProducers: api(
    61,
    'DescribeProducers',
    DescribeProducersRequest,
    DescribeProducersResponse,
    [0, 0],
    onBroker,
  ),
  BrokerRegistration: api(
    62,
    'BrokerRegistration',
    BrokerRegistrationRequest,
    BrokerRegistrationResponse,
    [0, 4],
    onController,
  ),
  BrokerHeartbeat: api(
    63,
    'BrokerHeartbeat',
    BrokerHeartbeatRequest,
    BrokerHeartbeatResponse,
    [0, 2],
    onController,
  ),
  UnregisterBroker: api(
    64,
    'UnregisterBroker',
    UnregisterBrokerRequest,
    UnregisterBrokerResponse,
    [0, 0],
    onBoth,
  ),
  DescribeTransactions: api(
    65,
    'DescribeTransactions',
    DescribeTransactionsRequest,
    DescribeTransactionsResponse,
    [0, 0],
    onBroker,
  ),
  ListTransactions: api(
    66,
    'ListTransactions',
    ListTransactionsRequest,
    ListTransactionsResponse,
    [0, 2],
    onBroker,
  ),
  AllocateProducerIds: api(
    67,
    'AllocateProducerIds',
    AllocateProducerIdsRequest,
    AllocateProducerIdsResponse,
    [0, 0],
    onController,
  ),
  ConsumerGroupHeartbeat: api(
    68,
    'ConsumerGroupHeartbeat',
    ConsumerGroupHeartbeatRequest,
    ConsumerGroupHeartbeatResponse,
    [0, 1],
    onBroker,
  ),
  ConsumerGroupDescribe: api(
    69,
    'ConsumerGroupDescribe',
    ConsumerGroupDescribeRequest,
    ConsumerGroupDescribeResponse,
    [0, 1],
    onBroker,
  ),
  ControllerRegistration: api(
    70,
    'ControllerRegistration',
    ControllerRegistrationRequest,
    ControllerRegistrationResponse,
    [0, 0],
    onController,
  ),
  GetTelemetrySubscriptions: api(
    71,
    'GetTelemetrySubscriptions',
    GetTelemetrySubscriptionsRequest,
    GetTelemetrySubscriptionsResponse,
    [0, 0],
    onBroker,
  ),
  PushTelemetry: api(
    72,
    'PushTelemetry',
    PushTelemetryRequest,
    PushTelemetryResponse,
    [0, 0],
    onBroker,
  ),
  AssignReplicasToDirs: api(
    73,
    'AssignReplicasToDirs',
    AssignReplicasToDirsRequest,
    AssignReplicasToDirsResponse,
    [0, 0],
    onController,
  ),
  ListConfigResources: api(
    74,
    'ListConfigResources',
    ListConfigResourcesRequest,
    ListConfigResourcesResponse,
    [0, 1],
    onBroker,
  ),
  DescribeTopicPartitions: api(
    75,
    'DescribeTopicPartitions',
    DescribeTopicPartitionsRequest,
    DescribeTopicPartitionsResponse,
    [0, 0],
    onBroker,
  ),
  ShareGroupHeartbeat: api(
    76,
    'ShareGroupHeartbeat',
    ShareGroupHeartbeatRequest,
    ShareGroupHeartbeatResponse,
    [1, 1],
    onBroker,
  ),
  ShareGroupDescribe: api(
    77,
    'ShareGroupDescribe',
    ShareGroupDescribeRequest,
    ShareGroupDescribeResponse,
    [1, 1],
    onBroker,
  ),
  ShareFetch: api(78, 'ShareFetch', ShareFetchRequest, ShareFetchResponse, [1, 2], onBroker),
  ShareAcknowledge: api(
    79,
    'ShareAcknowledge',
    ShareAcknowledgeRequest,
    ShareAcknowledgeResponse,
    [1, 2],
    onBroker,
  ),
  AddRaftVoter: api(80, 'AddRaftVoter', AddRaftVoterRequest, AddRaftVoterResponse, [0, 1], onBoth),
  RemoveRaftVoter: api(
    81,
    'RemoveRaftVoter',
    RemoveRaftVoterRequest,
    RemoveRaftVoterResponse,
    [0, 0],
    onBoth,
  ),
  UpdateRaftVoter: api(
    82,
    'UpdateRaftVoter',
    UpdateRaftVoterRequest,
    UpdateRaftVoterResponse,
    [0, 0],
    onController,
  ),
  InitializeShareGroupState: api(
    83,
    'InitializeShareGroupState',
    InitializeShareGroupStateRequest,
    InitializeShareGroupStateResponse,
    [0, 0],
    onBroker,
  ),
  ReadShareGroupState: api(
    84,
    'ReadShareGroupState',
    ReadShareGroupStateRequest,
    ReadShareGroupStateResponse,
    [0, 0],
    onBroker,
  ),
  WriteShareGroupState: api(
    85,
    'WriteShareGroupState',
    WriteShareGroupStateRequest,
    WriteShareGroupStateResponse,
    [0, 1],
    onBroker,
  ),
  DeleteShareGroupState: api(
    86,
    'DeleteShareGroupState',
    DeleteShareGroupStateRequest,
    DeleteShareGroupStateResponse,
    [0, 0],
    onBroker,
  ),
  ReadShareGroupStateSummary: api(
    87,
    'ReadShareGroupStateSummary',
    ReadShareGroupStateSummaryRequest,
    ReadShareGroupStateSummaryResponse,
    [0, 1],
    onBroker,
  ),
  StreamsGroupHeartbeat: api(
    88,
    'StreamsGroupHeartbeat',
    StreamsGroupHeartbeatRequest,
    StreamsGroupHeartbeatResponse,
    [0, 0],
    onBroker,
  ),
  StreamsGroupDescribe: api(
    89,
    'StreamsGroupDescribe',
    StreamsGroupDescribeRequest,
    StreamsGroupDescribeResponse,
    [0, 0],
    onBroker,
  ),
  DescribeShareGroupOffsets: api(
    90,
    'DescribeShareGroupOffsets',
    DescribeShareGroupOffsetsRequest,
    DescribeShareGroupOffsetsResponse,
    [0, 1],
    onBroker,
  ),
  AlterShareGroupOffsets: api(
    91,
    'AlterShareGroupOffsets',
    AlterShareGroupOffsetsRequest,
    AlterShareGroupOffsetsResponse,
    [0, 0],
    onBroker,
  ),
  DeleteShareGroupOffsets: api(
    92,
    'DeleteShareGroupOffsets',
    DeleteShareGroupOffsetsRequest,
    DeleteShareGroupOffsetsResponse,
    [0, 0],
    onBroker,
  ),
} as const

/** An API of the table. */
export type Api = (typeof Apis)[keyof typeof Apis]

const byKey: (Api | undefined)[] = []
for (const row of Object.values(Apis)) byKey[row.key] = row

/** The API with this key, if Kafka 4.3.1 has one. */
export function apiByKey(key: number): Api | undefined {
  return byKey[key]
}
