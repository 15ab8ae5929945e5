/**
 * Which feature levels this node understands, which it serves, and UpdateFeatures. A level is only finalised by us
 * where every request version that it promises works: transaction.version 2 and group.version 1 make clients use
 * requests that are not served yet, so a new cluster does not have them. An opened folder keeps what it has.
 */
import {
  ConfigResourceTypes,
  METADATA_VERSION,
  METADATA_VERSION_MAX,
  type ClusterImage,
  type MetadataRecordInput,
  type SupportedFeature,
} from '@moldau/metadata'
import {
  ErrorCode,
  type MessageInput,
  type UpdateFeaturesRequest,
  type UpdateFeaturesResponse,
} from '@moldau/protocol'
import type { Decision, DecisionContext } from './decision.ts'

const ELR_VERSION = 'eligible.leader.replicas.version'
const upgradeTypes = { upgrade: 1, safeDowngrade: 2, unsafeDowngrade: 3 } as const

/** Features of Kafka 4.3.1: `max` is what the records of the log may mean to us, `served` what clients may use. */
const features = [
  { name: METADATA_VERSION, min: 7, max: METADATA_VERSION_MAX, served: METADATA_VERSION_MAX },
  { name: ELR_VERSION, min: 0, max: 1, served: 1 },
  { name: 'group.version', min: 0, max: 1, served: 0 },
  { name: 'kraft.version', min: 0, max: 1, served: 1 },
  { name: 'share.version', min: 0, max: 1, served: 0 },
  { name: 'streams.version', min: 0, max: 1, served: 0 },
  { name: 'transaction.version', min: 0, max: 2, served: 0 },
] as const

/** The ranges to register with: what a log may hold so that this node can open it. */
export const SUPPORTED_FEATURES: readonly SupportedFeature[] = features.map(
  ({ name, min, max }) => ({
    name,
    minSupportedVersion: min,
    maxSupportedVersion: max,
  }),
)

/** A finalised level that clients will rely on, above what is served. */
export interface UnservedFeature {
  readonly name: string
  readonly level: number
  readonly servedLevel: number
}

/** The records that a new cluster begins with: all that is served. The level of kraft.version stands in raft's records. */
export function newClusterRecords(): MetadataRecordInput[] {
  return features
    .filter(({ name, served }) => served > 0 && name !== 'kraft.version')
    .map(({ name, served }) => ({
      type: 'FeatureLevelRecord',
      version: 0,
      value: { name, featureLevel: served },
    }))
}

/** Finalised levels that are not served. */
export function unservedFeatures(image: ClusterImage): UnservedFeature[] {
  const found: UnservedFeature[] = []
  for (const { name, served } of features) {
    const level = image.features.level(name)
    if (level > served) found.push({ name, level, servedLevel: served })
  }
  return found
}

/** Decides on UpdateFeatures: all or nothing. */
export function updateFeatures(
  request: UpdateFeaturesRequest,
  context: DecisionContext,
  version: number,
): Decision<MessageInput<typeof UpdateFeaturesResponse>> {
  const records: MetadataRecordInput[] = []
  for (const update of request.featureUpdates) {
    const { feature: name, maxVersionLevel: level } = update
    const upgradeType =
      version === 0 && update.allowDowngrade ? upgradeTypes.safeDowngrade : update.upgradeType
    const refusal = refusalOf({ name, level, upgradeType }, context)
    if (refusal !== undefined) {
      const errorMessage = `The update failed for all features since the following feature had an error: ${refusal}`
      return {
        records: [],
        response: { errorCode: ErrorCode.INVALID_UPDATE_VERSION, errorMessage, results: [] },
      }
    }
    if (context.image.features.level(name) === level) continue
    records.push({ type: 'FeatureLevelRecord', version: 0, value: { name, featureLevel: level } })
    if (name === ELR_VERSION && level >= 1) records.push(...minIsrRecords(context))
  }
  const results =
    version >= 2
      ? []
      : request.featureUpdates.map(({ feature }) => ({ feature, errorCode: 0, errorMessage: null }))
  return {
    records: request.validateOnly ? [] : records,
    response: { errorCode: 0, errorMessage: null, results },
  }
}

/** With ELRs the minimum of in-sync replicas is one dynamic value for all brokers; Kafka writes the static one. */
export function minIsrRecords({
  image,
  config,
}: Pick<DecisionContext, 'image' | 'config'>): MetadataRecordInput[] {
  const key = 'min.insync.replicas'
  const record = (resourceName: string, value: string | null): MetadataRecordInput => ({
    type: 'ConfigRecord',
    version: 0,
    value: { resourceType: ConfigResourceTypes.broker, resourceName, name: key, value },
  })
  const records: MetadataRecordInput[] = []
  if (!image.configs.of('broker', '').has(key)) records.push(record('', String(config[key])))
  for (const { type, name, values } of image.configs)
    if (type === 'broker' && name !== '' && values.has(key)) records.push(record(name, null))
  return records
}

function refusalOf(
  { name, level, upgradeType }: { name: string; level: number; upgradeType: number },
  { image, nodeId }: DecisionContext,
): string | undefined {
  const feature = features.find(row => row.name === name)
  const invalid = `Invalid update version ${level} for feature ${name}.`
  const current = image.features.level(name)
  if (feature === undefined)
    return `${invalid} Local controller ${nodeId} does not support this feature.`
  if (level < feature.min || (level > feature.served && level !== current)) {
    return `${invalid} Local controller ${nodeId} only supports versions ${feature.min}-${feature.served}`
  }
  if (name === 'kraft.version' && level !== 1)
    return `${invalid} Can't downgrade the version of this feature.`
  if (level < current && upgradeType === upgradeTypes.upgrade) {
    return `${invalid} Can't downgrade the version of this feature without setting the upgrade type to either safe or unsafe downgrade.`
  }
  if (level > current && upgradeType !== upgradeTypes.upgrade)
    return `${invalid} Can't downgrade to a newer version.`
  if (name === METADATA_VERSION && level < current) {
    return `Unsupported metadata.version downgrade from ${current} to ${level}. Refusing to perform the requested downgrade because it might delete metadata information.`
  }
  return undefined
}
