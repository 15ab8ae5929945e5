/** IncrementalAlterConfigs and AlterConfigs for topics, brokers, groups and client metrics; Kafka's texts. */
import {
  configResourceType,
  ConfigResourceTypes,
  type ClusterImage,
  type ConfigResource,
  type MetadataRecordInput,
} from '@moldau/metadata'
import {
  ErrorCode,
  type AlterConfigsRequest,
  type AlterConfigsResponse,
  type IncrementalAlterConfigsRequest,
  type IncrementalAlterConfigsResponse,
  type MessageInput,
} from '@moldau/protocol'
import {
  isProblem,
  problem,
  type Decision,
  type DecisionContext,
  type Problem,
} from './decision.ts'
import { topicNameProblem } from './topic-names.ts'

const MIN_ISR = 'min.insync.replicas'

/** Kafka's numbers of operations. */
const operations = { set: 0, delete: 1, append: 2, subtract: 3 } as const

type Change = IncrementalAlterConfigsRequest['resources'][number]
type Replacement = AlterConfigsRequest['resources'][number]

/** The dynamic configs of a resource before and after a request. */
interface ConfigChange {
  readonly resource: ConfigResource
  readonly before: ReadonlyMap<string, string>
  readonly after: ReadonlyMap<string, string>
  /** The keys that the request names. */
  readonly named: ReadonlySet<string>
}

/** Decides on IncrementalAlterConfigs. */
export function incrementalAlterConfigs(
  request: IncrementalAlterConfigsRequest,
  context: DecisionContext,
): Decision<MessageInput<typeof IncrementalAlterConfigsResponse>> {
  return eachResource(request, context, (entry: Change, resource) =>
    changedConfigs(entry, resource, context),
  )
}

/** Decides on AlterConfigs: keys that are not mentioned go back to their defaults. */
export function alterConfigs(
  request: AlterConfigsRequest,
  context: DecisionContext,
): Decision<MessageInput<typeof AlterConfigsResponse>> {
  return eachResource(request, context, (entry: Replacement, resource) =>
    replacedConfigs(entry, resource, context),
  )
}

interface Entry {
  readonly resourceType: number
  readonly resourceName: string
  readonly configs: readonly { readonly name: string }[]
}

function eachResource<E extends Entry>(
  request: { readonly resources: readonly E[]; readonly validateOnly: boolean },
  context: DecisionContext,
  changeOf: (entry: E, resource: ConfigResource) => ConfigChange | Problem,
) {
  const records: MetadataRecordInput[] = []
  const responses = request.resources.map(entry => {
    const { resourceType, resourceName } = entry
    const twins = request.resources.filter(
      other => other.resourceType === resourceType && other.resourceName === resourceName,
    )
    const outcome = alterOne(entry, twins.length, context, changeOf)
    if (isProblem(outcome)) {
      return {
        errorCode: ErrorCode[outcome.error],
        errorMessage: outcome.message ?? null,
        resourceType,
        resourceName,
      }
    }
    if (!request.validateOnly) records.push(...outcome)
    return { errorCode: 0, errorMessage: null, resourceType, resourceName }
  })
  return { records, response: { throttleTimeMs: 0, responses } }
}

function alterOne<E extends Entry>(
  entry: E,
  twinCount: number,
  context: DecisionContext,
  changeOf: (entry: E, resource: ConfigResource) => ConfigChange | Problem,
): MetadataRecordInput[] | Problem {
  if (twinCount > 1) return problem('INVALID_REQUEST', 'Each resource must appear at most once.')
  const type = configResourceType(entry.resourceType)
  if (type === undefined)
    return problem('INVALID_REQUEST', `Unknown resource type ${entry.resourceType}`)
  const resource = { type, name: entry.resourceName }
  const names = entry.configs.map(config => config.name)
  if (new Set(names).size < names.length)
    return problem('INVALID_REQUEST', 'Error due to duplicate config keys')
  const refusal = resourceRefusal(resource, context.image)
  if (refusal !== undefined) return refusal
  const change = changeOf(entry, resource)
  if (isProblem(change)) return change
  return (
    minIsrRefusal(change, context.image) ??
    context.rules.validate(resource, change.after, change.named) ??
    recordsOf(change, context.image)
  )
}

/** Is there such a resource? */
function resourceRefusal({ type, name }: ConfigResource, image: ClusterImage): Problem | undefined {
  switch (type) {
    case 'topic': {
      if (name === '') return problem('INVALID_REQUEST', 'Default topic resources are not allowed.')
      const wrong = topicNameProblem(name)
      if (wrong !== undefined) return problem('INVALID_TOPIC_EXCEPTION', wrong)
      if (image.topics.byName(name) !== undefined) return undefined
      return problem('UNKNOWN_TOPIC_OR_PARTITION', `The topic '${name}' does not exist.`)
    }
    case 'broker': {
      if (name === '') return undefined
      if (!/^\d{1,10}$/.test(name))
        return problem('INVALID_REQUEST', `Node id must be an integer, but it is: ${name}`)
      const id = Number(name)
      if (image.brokers.byId(id) !== undefined || image.controllers.has(id)) return undefined
      return problem('BROKER_ID_NOT_REGISTERED', `No node with id ${name} found.`)
    }
    case 'group':
      return name === ''
        ? problem('INVALID_REQUEST', 'Default group resources are not allowed.')
        : undefined
    case 'client-metrics':
      return name === ''
        ? problem('INVALID_REQUEST', "Subscription name can't be empty")
        : undefined
    case 'broker-logger':
      // Levels of loggers are a matter of the broker that is asked; they are not in the log.
      return problem('INVALID_REQUEST', `Unknown resource type ${ConfigResourceTypes[type]}`)
  }
}

function changedConfigs(
  entry: Change,
  resource: ConfigResource,
  context: DecisionContext,
): ConfigChange | Problem {
  const before = context.image.configs.of(resource.type, resource.name)
  const after = new Map(before)
  const nulls = entry.configs.filter(
    config => config.configOperation !== operations.delete && config.value === null,
  )
  if (nulls.length > 0) {
    const names = nulls.map(config => config.name).join(',')
    return problem('INVALID_REQUEST', `Null value not supported for : ${names}`)
  }
  for (const { name, configOperation, value } of entry.configs) {
    switch (configOperation) {
      case operations.set:
        after.set(name, value as string)
        break
      case operations.delete:
        after.delete(name)
        break
      case operations.append:
      case operations.subtract: {
        const verb = configOperation === operations.append ? 'APPEND' : 'SUBTRACT'
        if (!context.rules.isList(resource, name)) {
          return problem(
            'INVALID_CONFIG',
            `Can't ${verb} to key ${name} because its type is not LIST.`,
          )
        }
        const old = listOf(before.get(name) ?? context.rules.defaultOf(resource, name))
        const given = listOf(value)
        const rest = old.filter(part => !given.includes(part))
        const added = given.filter((part, i) => !old.includes(part) && given.indexOf(part) === i)
        after.set(name, (verb === 'APPEND' ? [...old, ...added] : rest).join(','))
        break
      }
      default:
        // Kafka 4.3.1 fails over operations that it does not know.
        return problem('UNKNOWN_SERVER_ERROR')
    }
  }
  return { resource, before, after, named: new Set(entry.configs.map(config => config.name)) }
}

function replacedConfigs(
  entry: Replacement,
  resource: ConfigResource,
  context: DecisionContext,
): ConfigChange | Problem {
  const nulls = entry.configs.filter(config => config.value === null)
  if (nulls.length > 0) {
    return problem(
      'INVALID_REQUEST',
      `Null value not supported for : ${nulls.map(config => config.name).join(',')}`,
    )
  }
  const before = context.image.configs.of(resource.type, resource.name)
  const after = new Map(entry.configs.map(config => [config.name, config.value as string]))
  return { resource, before, after, named: new Set(after.keys()) }
}

/** Under KIP-966 the minimum is one value for all brokers, so that ELRs can be computed. */
function minIsrRefusal(
  { resource, before, after, named }: ConfigChange,
  image: ClusterImage,
): Problem | undefined {
  if (!image.features.hasEligibleLeaderReplicas || resource.type !== 'broker') return undefined
  if (resource.name !== '' && named.has(MIN_ISR)) {
    return problem(
      'INVALID_CONFIG',
      'Broker-level min.insync.replicas cannot be altered while ELR is enabled.',
    )
  }
  if (resource.name === '' && before.has(MIN_ISR) && !after.has(MIN_ISR)) {
    return problem(
      'INVALID_CONFIG',
      'Cluster-level min.insync.replicas cannot be removed while ELR is enabled.',
    )
  }
  return undefined
}

function recordsOf(
  { resource, before, after, named }: ConfigChange,
  image: ClusterImage,
): MetadataRecordInput[] {
  const resourceType = ConfigResourceTypes[resource.type]
  const resourceName = resource.name
  const records: MetadataRecordInput[] = []
  for (const [name, value] of after) {
    // A broker's value is written again even if it is the same: it may point to a file that changed.
    const isSame = before.get(name) === value && !(resource.type === 'broker' && named.has(name))
    if (!isSame)
      records.push({
        type: 'ConfigRecord',
        version: 0,
        value: { resourceType, resourceName, name, value },
      })
  }
  for (const name of before.keys()) {
    if (after.has(name)) continue
    records.push({
      type: 'ConfigRecord',
      version: 0,
      value: { resourceType, resourceName, name, value: null },
    })
  }
  const minIsrChanges = before.get(MIN_ISR) !== after.get(MIN_ISR)
  if (
    image.features.hasEligibleLeaderReplicas &&
    minIsrChanges &&
    (resource.type === 'topic' || resourceName === '')
  ) {
    // An ELR that was computed with another minimum is no promise any more.
    records.push({ type: 'ClearElrRecord', version: 0, value: { topicName: resourceName } })
  }
  return records
}

function listOf(value: string | null | undefined): string[] {
  if (value === undefined || value === null || value === '') return []
  return value.split(',').map(part => part.trim())
}
