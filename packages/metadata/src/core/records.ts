/**
 * The records of `__cluster_metadata`, as one tagged union. A stored record is a frame: frame version 1, the API key
 * of its type, its version (all unsigned varints), then the body (`ApiMessageAndVersion` of Kafka 4.3.1).
 */
import { Reader } from '@moldau/base'
import {
  AbortTransactionRecord,
  AccessControlEntryRecord,
  BeginTransactionRecord,
  BrokerRegistrationChangeRecord,
  ClearElrRecord,
  ClientQuotaRecord,
  ConfigRecord,
  DelegationTokenRecord,
  EndTransactionRecord,
  FeatureLevelRecord,
  FenceBrokerRecord,
  NoOpRecord,
  PartitionChangeRecord,
  PartitionRecord,
  ProducerIdsRecord,
  RegisterBrokerRecord,
  RegisterControllerRecord,
  RemoveAccessControlEntryRecord,
  RemoveDelegationTokenRecord,
  RemoveTopicRecord,
  RemoveUserScramCredentialRecord,
  TopicRecord,
  UnfenceBrokerRecord,
  UnregisterBrokerRecord,
  UserScramCredentialRecord,
  ZkMigrationStateRecord,
  encodeStored,
} from '@moldau/protocol'

const schemas = {
  RegisterBrokerRecord,
  UnregisterBrokerRecord,
  TopicRecord,
  PartitionRecord,
  ConfigRecord,
  PartitionChangeRecord,
  FenceBrokerRecord,
  UnfenceBrokerRecord,
  RemoveTopicRecord,
  DelegationTokenRecord,
  UserScramCredentialRecord,
  FeatureLevelRecord,
  ClientQuotaRecord,
  ProducerIdsRecord,
  BrokerRegistrationChangeRecord,
  AccessControlEntryRecord,
  RemoveAccessControlEntryRecord,
  NoOpRecord,
  ZkMigrationStateRecord,
  RemoveUserScramCredentialRecord,
  BeginTransactionRecord,
  EndTransactionRecord,
  AbortTransactionRecord,
  RemoveDelegationTokenRecord,
  RegisterControllerRecord,
  ClearElrRecord,
} as const

type Schemas = typeof schemas

/** Kafka's name of a record type. */
export type MetadataRecordType = keyof Schemas

/** The decoded body of a record type: every field is there. */
export type MetadataRecordValue<T extends MetadataRecordType> = ReturnType<Schemas[T]['decode']>

/** One record as read: its type, the version it was stored in, and its body. */
export type MetadataRecord = {
  readonly [T in MetadataRecordType]: {
    readonly type: T
    readonly version: number
    readonly value: MetadataRecordValue<T>
  }
}[MetadataRecordType]

/** One record to be written: fields with a default may be left out. */
export type MetadataRecordInput = {
  readonly [T in MetadataRecordType]: {
    readonly type: T
    readonly version: number
    readonly value: Parameters<Schemas[T]['encode']>[0]
  }
}[MetadataRecordType]

const FRAME_VERSION = 1

const apiKeys: Readonly<Record<MetadataRecordType, number>> = {
  RegisterBrokerRecord: 0,
  UnregisterBrokerRecord: 1,
  TopicRecord: 2,
  PartitionRecord: 3,
  ConfigRecord: 4,
  PartitionChangeRecord: 5,
  FenceBrokerRecord: 7,
  UnfenceBrokerRecord: 8,
  RemoveTopicRecord: 9,
  DelegationTokenRecord: 10,
  UserScramCredentialRecord: 11,
  FeatureLevelRecord: 12,
  ClientQuotaRecord: 14,
  ProducerIdsRecord: 15,
  BrokerRegistrationChangeRecord: 17,
  AccessControlEntryRecord: 18,
  RemoveAccessControlEntryRecord: 19,
  NoOpRecord: 20,
  ZkMigrationStateRecord: 21,
  RemoveUserScramCredentialRecord: 22,
  BeginTransactionRecord: 23,
  EndTransactionRecord: 24,
  AbortTransactionRecord: 25,
  RemoveDelegationTokenRecord: 26,
  RegisterControllerRecord: 27,
  ClearElrRecord: 28,
}

const typeByApiKey = new Map(
  (Object.keys(apiKeys) as MetadataRecordType[]).map(type => [apiKeys[type], type] as const),
)

/** A record as the bytes of a record value in the metadata log. */
export function encodeMetadataRecord(record: MetadataRecordInput | MetadataRecord): Buffer {
  // The union keeps schema and value in step; TypeScript cannot follow that through an index.
  const schema = schemas[record.type] as Schemas['TopicRecord']
  return encodeStored(schema, record.value as MetadataRecordValue<'TopicRecord'>, record.version)
}

/** The record in the bytes of a record value. @throws Error for a frame, type or version that Kafka 4.3.1 does not have */
export function decodeMetadataRecord(bytes: Buffer): MetadataRecord {
  const reader = new Reader(bytes)
  const frameVersion = reader.unsignedVarint()
  if (frameVersion !== FRAME_VERSION)
    throw new Error(
      `Cannot read a metadata record: frame version ${frameVersion} is not ${FRAME_VERSION}`,
    )
  const apiKey = reader.unsignedVarint()
  const type = typeByApiKey.get(apiKey)
  if (type === undefined)
    throw new Error(`Cannot read a metadata record: type ${apiKey} is unknown to Kafka 4.3.1`)
  const version = reader.unsignedVarint()
  const schema = schemas[type] as Schemas['TopicRecord']
  const [lowest, highest] = schema.versions as readonly [number, number]
  if (version < lowest || version > highest) {
    throw new Error(
      `Cannot read a ${type}: version ${version} is not within ${lowest} to ${highest}`,
    )
  }
  return { type, version, value: schema.read(reader, version) } as MetadataRecord
}
