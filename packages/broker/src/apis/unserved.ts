/**
 * The APIs of Kafka 4.3.1 that this broker does not serve yet, and why. ApiVersions does not tell them, so that
 * clients do without. A test asserts that every API of the protocol is served or stands here.
 */
import type { Apis } from '@moldau/protocol'

const transactions = 'transactions come with a later issue'
const security = 'authentication and authorization come with a later issue'
const cluster = 'several nodes come with a later issue'
const newGroups = 'the group protocol of KIP-848 comes with a later issue'
const queues = 'share groups come with a later issue'
const streams = 'streams groups come with a later issue'
const quotas = 'quotas come with a later issue'
const onControllers = 'served by controllers to brokers only'

/** Why each is not served. */
export const unserved: Partial<Record<keyof typeof Apis, string>> = {
  AddPartitionsToTxn: transactions,
  AddOffsetsToTxn: transactions,
  EndTxn: transactions,
  WriteTxnMarkers: transactions,
  TxnOffsetCommit: transactions,
  DescribeTransactions: transactions,
  ListTransactions: transactions,
  SaslHandshake: security,
  SaslAuthenticate: security,
  DescribeAcls: security,
  CreateAcls: security,
  DeleteAcls: security,
  CreateDelegationToken: security,
  RenewDelegationToken: security,
  ExpireDelegationToken: security,
  DescribeDelegationToken: security,
  DescribeUserScramCredentials: security,
  AlterUserScramCredentials: security,
  DescribeClientQuotas: quotas,
  AlterClientQuotas: quotas,
  AlterReplicaLogDirs: 'moving replicas between directories comes with a later issue',
  ElectLeaders: cluster,
  AlterPartitionReassignments: cluster,
  ListPartitionReassignments: cluster,
  AddRaftVoter: cluster,
  RemoveRaftVoter: cluster,
  UnregisterBroker: cluster,
  UpdateFeatures: 'feature levels are fixed while there is one release',
  ConsumerGroupHeartbeat: newGroups,
  ConsumerGroupDescribe: newGroups,
  ShareGroupHeartbeat: queues,
  ShareGroupDescribe: queues,
  ShareFetch: queues,
  ShareAcknowledge: queues,
  InitializeShareGroupState: queues,
  ReadShareGroupState: queues,
  WriteShareGroupState: queues,
  DeleteShareGroupState: queues,
  ReadShareGroupStateSummary: queues,
  DescribeShareGroupOffsets: queues,
  AlterShareGroupOffsets: queues,
  DeleteShareGroupOffsets: queues,
  StreamsGroupHeartbeat: streams,
  StreamsGroupDescribe: streams,
  GetTelemetrySubscriptions: 'client telemetry comes with a later issue',
  PushTelemetry: 'client telemetry comes with a later issue',
  Vote: onControllers,
  BeginQuorumEpoch: onControllers,
  EndQuorumEpoch: onControllers,
  FetchSnapshot: onControllers,
  UpdateRaftVoter: onControllers,
  AlterPartition: onControllers,
  AssignReplicasToDirs: onControllers,
  Envelope: onControllers,
  BrokerRegistration: onControllers,
  BrokerHeartbeat: onControllers,
  ControllerRegistration: onControllers,
  AllocateProducerIds: onControllers,
}
