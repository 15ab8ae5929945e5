/**
 * Where the value of a setting comes from: the chain of layers that DescribeConfigs tells, nearest first. A topic's own
 * value comes before the broker's dynamic one, that before the dynamic default of all brokers, then server.properties,
 * then the default.
 */
import type { ClusterImage } from '@moldau/metadata'
import { topicOptions } from '@moldau/log'
import { brokerOptions } from './broker-options.ts'
import { formatValue, type AnyOption } from './values.ts'

/** Kafka's numbers for the origin of a value. */
export const ConfigSource = {
  DYNAMIC_TOPIC_CONFIG: 1,
  DYNAMIC_BROKER_CONFIG: 2,
  DYNAMIC_DEFAULT_BROKER_CONFIG: 3,
  STATIC_BROKER_CONFIG: 4,
  DEFAULT_CONFIG: 5,
  DYNAMIC_BROKER_LOGGER_CONFIG: 6,
  DYNAMIC_CLIENT_METRICS_CONFIG: 7,
  DYNAMIC_GROUP_CONFIG: 8,
} as const

/** Values of one origin. */
export interface ConfigLayer {
  readonly source: number
  readonly values: ReadonlyMap<string, string>
}

/** One link of a chain. */
export interface ConfigLink {
  readonly source: number
  readonly name: string
  readonly value: string
}

const options: Readonly<Record<string, AnyOption>> = brokerOptions

/** The definition of a broker's setting; that of the plain key for `listener.name.<listener>.<key>`. */
export function brokerOption(name: string): AnyOption | undefined {
  const key = plainKey(name)
  return Object.hasOwn(options, key) ? options[key] : undefined
}

/** Settings that only exist as dynamic ones of a broker, and are no part of server.properties. */
export const dynamicOnlyKeys: ReadonlySet<string> = new Set([
  'leader.replication.throttled.rate',
  'follower.replication.throttled.rate',
  'replica.alter.log.dirs.io.max.bytes.per.second',
])

/** The key behind a listener's prefix. */
export function plainKey(name: string): string {
  return /^listener\.name\.[^.]*\.(.*)$/.exec(name)?.[1] ?? name
}

/** The layers of a broker, nearest first. */
export function brokerLayers(
  image: ClusterImage,
  nodeId: number,
  staticProperties: ReadonlyMap<string, string>,
): ConfigLayer[] {
  return [
    {
      source: ConfigSource.DYNAMIC_BROKER_CONFIG,
      values: image.configs.of('broker', String(nodeId)),
    },
    {
      source: ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG,
      values: image.configs.of('broker', ''),
    },
    { source: ConfigSource.STATIC_BROKER_CONFIG, values: staticProperties },
    { source: ConfigSource.DEFAULT_CONFIG, values: defaultTexts },
  ]
}

const defaultTexts: ReadonlyMap<string, string> = new Map(
  Object.entries(options).flatMap(([name, option]) => {
    const text = formatValue(option, option.default)
    return text === null ? [] : [[name, text] as const]
  }),
)

/**
 * The chain of a broker's setting. As with Kafka, a layer may answer by another name (`log.retention.hours` for
 * `log.retention.ms`), but the chain begins with the first link of the own name.
 */
export function brokerChain(layers: readonly ConfigLayer[], name: string): ConfigLink[] {
  const links: ConfigLink[] = []
  for (const { source, values } of layers) {
    for (const synonym of brokerSynonyms(name)) {
      const value = values.get(synonym)
      if (value !== undefined) links.push({ source, name: synonym, value })
    }
  }
  const first = links.findIndex(link => link.name === name)
  return first === -1 ? [] : links.slice(first)
}

const families = [
  ['log.roll.ms', 'log.roll.hours'],
  ['log.roll.jitter.ms', 'log.roll.jitter.hours'],
  ['log.flush.interval.ms', 'log.flush.scheduler.interval.ms'],
  ['log.retention.ms', 'log.retention.minutes', 'log.retention.hours'],
]

/** Names under which a broker's setting is looked up, in order. */
function brokerSynonyms(name: string): readonly string[] {
  const plain = plainKey(name)
  if (plain !== name) return [name, plain]
  return families.find(family => family.includes(name)) ?? [name]
}

/** The chain of a topic's setting: its own value, then what the broker says under its name for it. */
export function topicChain(
  layers: readonly ConfigLayer[],
  overrides: ReadonlyMap<string, string>,
  name: string,
): ConfigLink[] {
  const own = overrides.get(name)
  const brokerName = topicSynonyms(name)[0]?.name
  return [
    ...(own === undefined ? [] : [{ source: ConfigSource.DYNAMIC_TOPIC_CONFIG, name, value: own }]),
    ...(brokerName === undefined ? [] : brokerChain(layers, brokerName)),
  ]
}

/** The broker's names for a topic's setting, in order of precedence. */
export function topicSynonyms(name: string): AnyOption['synonyms'] {
  const topics: Readonly<Record<string, AnyOption>> = topicOptions
  return topics[name]?.synonyms ?? []
}
