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
  encodeMetadataRecord as encodeFramed,
  readMetadataFrame,
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

const typeByKey = new Map(
  (Object.keys(schemas) as MetadataRecordType[]).map(type => [schemas[type].apiKey, type] as const),
)

/** A record as the bytes of a record value in the metadata log. */
export function encodeMetadataRecord(record: MetadataRecordInput | MetadataRecord): Buffer {
  // The union keeps schema and value in step; TypeScript cannot follow that through an index.
  const schema = schemas[record.type] as Schemas['TopicRecord']
  return encodeFramed(schema, record.value as MetadataRecordValue<'TopicRecord'>, record.version)
}

/** The record in the bytes of a record value. @throws Error for a frame, type or version that Kafka 4.3.1 does not have */
export function decodeMetadataRecord(bytes: Buffer): MetadataRecord {
  const reader = new Reader(bytes)
  const { key, version } = readMetadataFrame(reader)
  const type = typeByKey.get(key)
  if (type === undefined)
    throw new Error(`Cannot read a metadata record: type ${key} is unknown to Kafka 4.3.1`)
  const schema = schemas[type] as Schemas['TopicRecord']
  const [lowest, highest] = schema.versions
  if (version < lowest || version > highest) {
    throw new Error(
      `Cannot read a ${type}: version ${version} is not within ${lowest} to ${highest}`,
    )
  }
  return { type, version, value: schema.read(reader, version) } as MetadataRecord
}
