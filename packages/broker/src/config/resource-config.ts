/**
 * Settings of topics, groups and client metrics subscriptions: what is in effect, and what is wrong with new ones.
 * The words of refusals are Kafka's.
 */
import { convertSynonym, parseOptions, type Synonym } from '@moldau/base'
import { topicOptions, type LogConfig } from '@moldau/log'
import type { ErrorName } from '@moldau/protocol'
import type { BrokerConfig } from './broker-options.ts'
import { clientMetricsOptions, groupOptions } from './resource-options.ts'
import { ConfigSource, topicSynonyms, type ConfigLayer } from './sources.ts'
import { splitList, valueProblem, type AnyOption } from './values.ts'

type Texts = ReadonlyMap<string, string>

/** Why new settings are refused. */
export interface ConfigRefusal {
  readonly error: ErrorName
  readonly message: string
}

/** The text in effect for a topic's setting; undefined where its default is. */
export function topicText(
  layers: readonly ConfigLayer[],
  overrides: Texts,
  name: string,
): string | undefined {
  const own = overrides.get(name)
  if (own !== undefined) return own
  const set = layers.filter(layer => layer.source !== ConfigSource.DEFAULT_CONFIG)
  for (const synonym of topicSynonyms(name)) {
    for (const { values } of set) {
      const text = values.get(synonym.name)
      if (text !== undefined) return convert(text, synonym)
    }
  }
  return undefined
}

function convert(text: string, synonym: Synonym): string {
  // Any negative retention of a broker means unlimited; a topic only knows -1.
  const isRetention = synonym.name.startsWith('log.retention.')
  return isRetention && Number(text) < 0 ? '-1' : convertSynonym(synonym, text)
}

/** The settings of a topic that are in effect. Values that cannot be read are left at their defaults. */
export function topicConfig(layers: readonly ConfigLayer[], overrides: Texts): LogConfig {
  const texts = new Map<string, string>()
  for (const name of Object.keys(topicOptions)) {
    const text = topicText(layers, overrides, name)
    if (text !== undefined) texts.set(name, text)
  }
  return parseOptions(topicOptions, texts).values
}

/** What is wrong with `configs` as all dynamic settings of a topic. */
export function validateTopicConfig(configs: Texts): ConfigRefusal | undefined {
  const problem = firstProblem(configs, topicOptions, name => `Unknown topic config name: ${name}`)
  if (problem !== undefined) return problem
  if (configs.get('remote.storage.enable')?.trim().toLowerCase() === 'true') {
    return invalid(
      'Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log storage.',
    )
  }
  const min = Number(configs.get('min.compaction.lag.ms') ?? 0)
  const max = Number(configs.get('max.compaction.lag.ms') ?? Infinity)
  if (min <= max) return undefined
  return invalid(
    `conflict topic config setting min.compaction.lag.ms (${min}) > max.compaction.lag.ms (${max})`,
  )
}

/** What is wrong with `configs` as all dynamic settings of a group. */
export function validateGroupConfig(
  configs: Texts,
  broker: BrokerConfig,
): ConfigRefusal | undefined {
  const problem = firstProblem(configs, groupOptions, name => `Unknown group config name: ${name}`)
  if (problem !== undefined) return problem
  for (const kind of ['consumer', 'share', 'streams'] as const) {
    for (const what of ['session.timeout.ms', 'heartbeat.interval.ms'] as const) {
      const text = configs.get(`${kind}.${what}`)
      if (text === undefined) continue
      const refusal =
        bound(`${kind}.${what}`, Number(text), `group.${kind}.min.${what}`, broker, 'min') ??
        bound(`${kind}.${what}`, Number(text), `group.${kind}.max.${what}`, broker, 'max')
      if (refusal !== undefined) return refusal
    }
    const session = Number(
      configs.get(`${kind}.session.timeout.ms`) ?? broker[`group.${kind}.session.timeout.ms`],
    )
    const heartbeat = Number(
      configs.get(`${kind}.heartbeat.interval.ms`) ?? broker[`group.${kind}.heartbeat.interval.ms`],
    )
    if (session <= heartbeat) {
      return invalid(
        `${kind}.session.timeout.ms must be greater than ${kind}.heartbeat.interval.ms`,
      )
    }
  }
  return undefined
}

function bound(
  name: string,
  value: number,
  limitName: `group.${'consumer' | 'share' | 'streams'}.${'min' | 'max'}.${'session.timeout.ms' | 'heartbeat.interval.ms'}`,
  broker: BrokerConfig,
  side: 'min' | 'max',
): ConfigRefusal | undefined {
  const limit = broker[limitName]
  if (side === 'min' ? value >= limit : value <= limit) return undefined
  const relation = side === 'min' ? 'greater than or equal to' : 'less than or equal to'
  return invalid(`${name} must be ${relation} ${limitName}`)
}

/** What is wrong with `configs` as all settings of a client metrics subscription. */
export function validateClientMetricsConfig(configs: Texts): ConfigRefusal | undefined {
  const options: Readonly<Record<string, AnyOption>> = clientMetricsOptions
  for (const [name, text] of configs) {
    const option = Object.hasOwn(options, name) ? options[name] : undefined
    if (option === undefined) return invalidRequest(`Unknown client metrics configuration: ${name}`)
    if (name === 'match') {
      const wrong = splitList(text).find(pattern => !isClientPattern(pattern))
      if (wrong !== undefined) return invalid(`Illegal client matching pattern: ${wrong}`)
    }
    if (name !== 'interval.ms') continue
    const problem = valueProblem(name, option, text)
    if (problem === undefined) continue
    if (problem.includes('Not a number')) return invalid(problem)
    return invalidRequest(
      `Invalid value ${text} for interval.ms, interval must be between 100 and 3600000 (1 hour)`,
    )
  }
  return undefined
}

/** What a subscription may look at in a client (KIP-714). */
const clientMatchKeys: ReadonlySet<string> = new Set([
  'client_id',
  'client_instance_id',
  'client_software_name',
  'client_software_version',
  'client_source_address',
  'client_source_port',
])

/** `key=regular expression`. */
function isClientPattern(pattern: string): boolean {
  const [key = '', expression = '', ...more] = pattern.split('=')
  if (more.length > 0 || expression === '' || !clientMatchKeys.has(key.trim())) return false
  try {
    RegExp(expression.trim(), 'u')
    return true
  } catch {
    return false
  }
}

function firstProblem(
  configs: Texts,
  options: Readonly<Record<string, AnyOption>>,
  unknown: (name: string) => string,
): ConfigRefusal | undefined {
  for (const name of configs.keys()) {
    if (!Object.hasOwn(options, name)) return invalid(unknown(name))
  }
  for (const [name, text] of configs) {
    const option = options[name]
    const problem = option === undefined ? undefined : valueProblem(name, option, text)
    if (problem !== undefined) return invalid(problem)
  }
  return undefined
}

function invalid(message: string): ConfigRefusal {
  return { error: 'INVALID_CONFIG', message }
}

function invalidRequest(message: string): ConfigRefusal {
  return { error: 'INVALID_REQUEST', message }
}
