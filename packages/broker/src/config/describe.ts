/** Settings as DescribeConfigs tells them: value, origin, type, chain of synonyms, for each kind of resource. */
import { topicOptions } from '@moldau/log'
import type { ClusterImage } from '@moldau/metadata'
import { brokerOptions } from './broker-options.ts'
import { clientMetricsOptions, groupOptions } from './resource-options.ts'
import {
  brokerChain,
  brokerLayers,
  brokerOption,
  ConfigSource,
  dynamicOnlyKeys,
  topicChain,
  type ConfigLayer,
  type ConfigLink,
} from './sources.ts'
import { topicText } from './resource-config.ts'
import { configTypes, formatValue, normalText, type AnyOption } from './values.ts'

/** One setting of a resource. */
export interface ConfigEntry {
  readonly name: string
  readonly value: string | null
  readonly isReadOnly: boolean
  readonly isSensitive: boolean
  readonly source: number
  /** Kafka's number for the type of the value; 0 for unknown. */
  readonly type: number
  readonly synonyms: readonly {
    readonly name: string
    readonly value: string | null
    readonly source: number
  }[]
  readonly documentation: string | null
  /** Whether it is told to those who ask for all: a setting that Kafka does not have is, once it is set. */
  readonly isTold: boolean
}

type Texts = ReadonlyMap<string, string>

/** All settings of this broker, with those it does not know (plug-ins have their own) at the end. */
export function describeBroker(
  image: ClusterImage,
  nodeId: number,
  staticProperties: Texts,
): ConfigEntry[] {
  const layers = brokerLayers(image, nodeId, staticProperties)
  const names = new Set(Object.keys(brokerOptions).sort())
  for (const { values } of layers) for (const name of values.keys()) names.add(name)
  return Array.from(names, name => brokerEntry(name, layers))
}

/** The dynamic settings that hold for all brokers. */
export function describeDefaultBroker(image: ClusterImage): ConfigEntry[] {
  const values = image.configs.of('broker', '')
  const layers = [{ source: ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG, values }]
  return Array.from(values.keys(), name => brokerEntry(name, layers))
}

function brokerEntry(name: string, layers: readonly ConfigLayer[]): ConfigEntry {
  const option = brokerOption(name)
  const isDynamicOnly = dynamicOnlyKeys.has(name)
  const links = brokerChain(layers, name)
  const isOwnRow = Object.hasOwn(brokerOptions, name)
  return entry(name, option, links, links[0]?.value, {
    // What is not known may be a secret.
    isSensitive: !isDynamicOnly && (option === undefined || option.type === 'PASSWORD'),
    isReadOnly:
      !isDynamicOnly && (!isOwnRow || option === undefined || option.dynamic === 'read-only'),
    ...(isDynamicOnly && { type: configTypes.LONG }),
    documentation: isOwnRow ? documentationOf(option) : null,
  })
}

/** All settings of a topic. */
export function describeTopic(
  image: ClusterImage,
  nodeId: number,
  staticProperties: Texts,
  topic: string,
): ConfigEntry[] {
  const overrides = image.configs.of('topic', topic)
  return describeTopicConfigs(image, nodeId, staticProperties, overrides)
}

/** All settings of a topic with these of its own. */
export function describeTopicConfigs(
  image: ClusterImage,
  nodeId: number,
  staticProperties: Texts,
  overrides: Texts,
): ConfigEntry[] {
  const layers = brokerLayers(image, nodeId, staticProperties)
  return Object.entries<AnyOption>(topicOptions).map(([name, option]) =>
    entry(name, option, topicChain(layers, overrides, name), topicText(layers, overrides, name)),
  )
}

/** All settings of a group; each has a broker's setting as its default. */
export function describeGroup(
  image: ClusterImage,
  nodeId: number,
  staticProperties: Texts,
  group: string,
): ConfigEntry[] {
  const layers = brokerLayers(image, nodeId, staticProperties)
  const own = image.configs.of('group', group)
  return Object.entries<AnyOption>(groupOptions).map(([name, option]) => {
    const links = ownLinks(own, name, ConfigSource.DYNAMIC_GROUP_CONFIG)
    const brokerName = option.synonyms[0]?.name
    if (brokerName !== undefined) links.push(...brokerChain(layers, brokerName))
    else links.push({ source: ConfigSource.DEFAULT_CONFIG, name, value: String(option.default) })
    return entry(name, option, links, links[0]?.value)
  })
}

/** The settings of a client metrics subscription. */
export function describeClientMetrics(image: ClusterImage, subscription: string): ConfigEntry[] {
  const own = image.configs.of('client-metrics', subscription)
  return Object.entries<AnyOption>(clientMetricsOptions).map(([name, option]) => {
    const links = ownLinks(own, name, ConfigSource.DYNAMIC_CLIENT_METRICS_CONFIG)
    return entry(name, option, links, links[0]?.value)
  })
}

function ownLinks(own: Texts, name: string, source: number): ConfigLink[] {
  const value = own.get(name)
  return value === undefined ? [] : [{ source, name, value }]
}

function entry(
  name: string,
  option: AnyOption | undefined,
  links: readonly ConfigLink[],
  text: string | undefined,
  more: Partial<Pick<ConfigEntry, 'isSensitive' | 'isReadOnly' | 'type' | 'documentation'>> = {},
): ConfigEntry {
  const isSensitive = more.isSensitive ?? false
  const value =
    option === undefined
      ? (text ?? null)
      : text === undefined
        ? formatValue(option, option.default)
        : normalText(option, text)
  const source = links[0]?.source ?? ConfigSource.DEFAULT_CONFIG
  return {
    name,
    value: isSensitive ? null : value,
    isReadOnly: false,
    isSensitive,
    source,
    type: option === undefined ? 0 : configTypes[option.type],
    synonyms: links.map(link => ({
      name: link.name,
      value: isSensitive ? null : link.value,
      source: link.source,
    })),
    documentation: documentationOf(option),
    isTold: option?.isOwn !== true || source !== ConfigSource.DEFAULT_CONFIG,
    ...more,
  }
}

/** What a setting means, and where it has no effect yet, why. */
function documentationOf(option: AnyOption | undefined): string | null {
  if (option === undefined) return null
  return option.unused === undefined ? option.doc : `${option.doc} No effect: ${option.unused}.`
}
