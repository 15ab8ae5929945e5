/**
 * The whole cluster as the metadata log tells it, immutable. Brokers, coordinators and the controller read it; the
 * next one is made by `ImageEditor` from this one and some records.
 */
import { BrokersImage, type ControllerRegistration } from './brokers.ts'
import { ConfigsImage } from './configs.ts'
import { CopyOnWriteMap } from './copy-on-write-map.ts'
import { FeaturesImage } from './features.ts'
import type { MetadataRecordValue } from './records.ts'
import { TopicsImage } from './topics.ts'

/** Which part of the log an image holds. */
export interface Provenance {
  /** Offset of the last record in it; -1 for none. */
  readonly offset: number
  /** Leader epoch of that record; -1 for none. */
  readonly epoch: number
  /** Append time of that record in milliseconds; -1 for none. */
  readonly timestamp: number
}

/** Quotas of one entity: a user, a client id, an address, or a pair of them. */
export interface ClientQuota {
  readonly entity: MetadataRecordValue<'ClientQuotaRecord'>['entity']
  readonly values: ReadonlyMap<string, number>
}

/** The cluster at one offset of the metadata log. */
export interface ClusterImage {
  readonly clusterId: string
  readonly provenance: Provenance
  readonly features: FeaturesImage
  readonly brokers: BrokersImage
  readonly controllers: ReadonlyMap<number, ControllerRegistration>
  readonly topics: TopicsImage
  readonly configs: ConfigsImage
  /** The first producer id of the next block to be handed out. */
  readonly producerIds: { readonly next: number }
  readonly clientQuotas: CopyOnWriteMap<ClientQuota>
  /** Access control entries by id. */
  readonly acls: CopyOnWriteMap<MetadataRecordValue<'AccessControlEntryRecord'>>
  /** SCRAM credentials by mechanism and user. */
  readonly credentials: CopyOnWriteMap<MetadataRecordValue<'UserScramCredentialRecord'>>
  /** Delegation tokens by id. */
  readonly delegationTokens: CopyOnWriteMap<MetadataRecordValue<'DelegationTokenRecord'>>
}

// Shared, so that two empty images do not differ in any part.
const empty: Omit<ClusterImage, 'clusterId'> = {
  provenance: { offset: -1, epoch: -1, timestamp: -1 },
  features: new FeaturesImage(),
  brokers: new BrokersImage(),
  controllers: new Map(),
  topics: new TopicsImage(),
  configs: new ConfigsImage(),
  producerIds: { next: 0 },
  clientQuotas: new CopyOnWriteMap(),
  acls: new CopyOnWriteMap(),
  credentials: new CopyOnWriteMap(),
  delegationTokens: new CopyOnWriteMap(),
}

/** The image of a cluster whose metadata log is empty. */
export function emptyImage(clusterId: string): ClusterImage {
  return { clusterId, ...empty }
}
