/**
 * Configurations of topics, brokers, groups and so on: read with their sources, changed key by key.
 */
import { Apis } from '@moldau/protocol'
import type { Cluster, Target } from '../cluster/cluster.ts'
import { KafkaError, protocolError } from '../errors.ts'

const resourceTypes = {
  topic: 2,
  broker: 4,
  'broker-logger': 8,
  'client-metrics': 16,
  group: 32,
} as const

const operations = { set: 0, delete: 1, append: 2, subtract: 3 } as const

/** By the protocol's number. */
const sources = [
  'UNKNOWN',
  'DYNAMIC_TOPIC_CONFIG',
  'DYNAMIC_BROKER_CONFIG',
  'DYNAMIC_DEFAULT_BROKER_CONFIG',
  'STATIC_BROKER_CONFIG',
  'DEFAULT_CONFIG',
  'DYNAMIC_BROKER_LOGGER_CONFIG',
  'DYNAMIC_CLIENT_METRICS_CONFIG',
  'DYNAMIC_GROUP_CONFIG',
] as const

/** By the protocol's number. */
const valueTypes = [
  'UNKNOWN',
  'BOOLEAN',
  'STRING',
  'INT',
  'SHORT',
  'LONG',
  'DOUBLE',
  'LIST',
  'CLASS',
  'PASSWORD',
] as const

/** Where a value comes from. @public */
export type ConfigSource = (typeof sources)[number]

/** What is configured. The name of a broker is its id; '' stands for all brokers. @public */
export interface ConfigResource {
  readonly type: keyof typeof resourceTypes
  readonly name: string
}

export interface DescribeConfigsOptions {
  /** Only these keys. */
  readonly keys?: readonly string[]
  readonly includeSynonyms?: boolean
  readonly includeDocumentation?: boolean
}

/** One key. The value of a sensitive one is null. @public */
export interface ConfigEntry {
  readonly name: string
  readonly value: string | null
  readonly source: ConfigSource
  readonly isReadOnly: boolean
  readonly isSensitive: boolean
  readonly type: (typeof valueTypes)[number]
  readonly documentation: string | null
  /** What would count without this value, in order. */
  readonly synonyms: readonly { name: string; value: string | null; source: ConfigSource }[]
}

/** @public */
export interface DescribedConfigs extends ConfigResource {
  readonly entries: ReadonlyMap<string, ConfigEntry>
}

/** Changes to one resource. @public */
export interface ConfigChanges extends ConfigResource {
  readonly changes: readonly {
    readonly name: string
    readonly operation: keyof typeof operations
    /** null only for `delete`. */
    readonly value: string | null
  }[]
}

export async function describeConfigs(
  cluster: Cluster,
  resources: readonly ConfigResource[],
  options: DescribeConfigsOptions,
): Promise<DescribedConfigs[]> {
  const described: DescribedConfigs[] = []
  for (const [target, group] of byTarget(resources)) {
    const answer = await ask(cluster, target, connection =>
      connection.call(Apis.DescribeConfigs, {
        resources: group.map(({ type, name }) => ({
          resourceType: resourceTypes[type],
          resourceName: name,
          configurationKeys: options.keys === undefined ? null : [...options.keys],
        })),
        includeSynonyms: options.includeSynonyms ?? false,
        ...(options.includeDocumentation === true && { includeDocumentation: true }),
      }),
    )
    for (const row of answer.results) {
      const type = typeOf(row.resourceType)
      if (row.errorCode !== 0)
        throw protocolError(row.errorCode, {
          api: 'DescribeConfigs',
          message: `Cannot describe ${type} ${row.resourceName}: ${row.errorMessage ?? `error ${row.errorCode}`}`,
          isFinal: true,
        })
      const entries = row.configs.map((config): ConfigEntry => ({
        name: config.name,
        value: config.value,
        source: sources[config.configSource] ?? 'UNKNOWN',
        isReadOnly: config.readOnly,
        isSensitive: config.isSensitive,
        type: valueTypes[config.configType] ?? 'UNKNOWN',
        documentation: config.documentation,
        synonyms: config.synonyms.map(({ name, value, source }) => ({
          name,
          value,
          source: sources[source] ?? 'UNKNOWN',
        })),
      }))
      described.push({
        type,
        name: row.resourceName,
        entries: new Map(entries.map(entry => [entry.name, entry])),
      })
    }
  }
  return described
}

/** Results by `type name`. */
export async function incrementalAlterConfigs(
  cluster: Cluster,
  wanted: readonly ConfigChanges[],
  options: { validateOnly?: boolean },
): Promise<Map<string, true | KafkaError>> {
  const results = new Map<string, true | KafkaError>()
  for (const [target, group] of byTarget(wanted)) {
    const answer = await ask(cluster, target, connection =>
      connection.call(Apis.IncrementalAlterConfigs, {
        resources: group.map(({ type, name, changes }) => ({
          resourceType: resourceTypes[type],
          resourceName: name,
          configs: changes.map(change => ({
            name: change.name,
            configOperation: operations[change.operation],
            value: change.value,
          })),
        })),
        validateOnly: options.validateOnly ?? false,
      }),
    )
    for (const { errorCode, errorMessage, resourceType, resourceName } of answer.responses)
      results.set(
        `${typeOf(resourceType)} ${resourceName}`,
        errorCode === 0 ||
          protocolError(errorCode, {
            api: 'IncrementalAlterConfigs',
            message: errorMessage ?? undefined,
          }),
      )
  }
  return results
}

/** A broker answers for itself, any of them for the rest. */
function byTarget<R extends ConfigResource>(resources: readonly R[]): Map<Target, R[]> {
  const result = new Map<Target, R[]>()
  for (const resource of resources) {
    const isOfBroker = resource.type === 'broker' || resource.type === 'broker-logger'
    const target = isOfBroker && resource.name !== '' ? Number(resource.name) : 'any'
    const group = result.get(target)
    if (group === undefined) result.set(target, [resource])
    else group.push(resource)
  }
  return result
}

async function ask<T>(
  cluster: Cluster,
  target: Target,
  call: (connection: Awaited<ReturnType<Cluster['connection']>>) => Promise<T>,
): Promise<T> {
  if (typeof target === 'number' && !cluster.metadata.brokers.has(target)) {
    await cluster.refresh([])
    if (!cluster.metadata.brokers.has(target))
      throw new KafkaError('BROKER_NOT_AVAILABLE', {
        message: `There is no broker ${target} in the cluster`,
      })
  }
  return call(await cluster.connection(target))
}

function typeOf(id: number): ConfigResource['type'] {
  for (const [type, number] of Object.entries(resourceTypes))
    if (number === id) return type as ConfigResource['type']
  return 'topic'
}
