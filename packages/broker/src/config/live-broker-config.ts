/**
 * The settings of this broker that are in effect: server.properties, with the dynamic ones of the metadata image over
 * it. A publisher of the image: `publish` takes over what changed, and tells those who watch a key.
 */
import { parseOptions, type Logger } from '@moldau/base'
import type { LogConfig } from '@moldau/log'
import type { ClusterImage, ImageChanges, MetadataPublisher } from '@moldau/metadata'
import { brokerOptions, type BrokerConfig } from './broker-options.ts'
import { topicConfig } from './resource-config.ts'
import { brokerLayers, ConfigSource } from './sources.ts'
import type { AnyOption } from './values.ts'

/** What a live configuration begins with. */
export interface LiveBrokerConfigOptions {
  readonly nodeId: number
  /** What server.properties said. */
  readonly staticProperties: ReadonlyMap<string, string>
  readonly logger: Logger
}

/** A setting's name. */
type BrokerKey = Extract<keyof BrokerConfig, string>

/** Called with the new values after a watched key changed. */
type Watcher = (values: BrokerConfig) => void

/** The settings in effect. */
export class LiveBrokerConfig implements MetadataPublisher {
  readonly name = 'broker-config'
  readonly #options: LiveBrokerConfigOptions
  readonly #watchers = new Map<BrokerKey, Watcher[]>()
  #values: BrokerConfig

  constructor(options: LiveBrokerConfigOptions) {
    this.#options = options
    this.#values = parseOptions(brokerOptions, options.staticProperties).values
  }

  /** The values now. A new object after each change. */
  get values(): BrokerConfig {
    return this.#values
  }

  /** Calls `watcher` after every change of `key`. */
  watch(key: BrokerKey, watcher: Watcher): void {
    this.#watchers.set(key, [...(this.#watchers.get(key) ?? []), watcher])
  }

  /** The settings of a topic that are in effect, by its own and the broker's. */
  topicConfig(image: ClusterImage, topic: string): LogConfig {
    const layers = brokerLayers(image, this.#options.nodeId, this.#options.staticProperties)
    return topicConfig(layers, image.configs.of('topic', topic))
  }

  publish(image: ClusterImage, changes: ImageChanges): void {
    const { nodeId, logger } = this.#options
    const isOurs = (name: string) => name === '' || name === String(nodeId)
    if (!changes.configs.some(({ type, name }) => type === 'broker' && isOurs(name))) return
    const { values, problems } = parseOptions(brokerOptions, this.#texts(image))
    for (const { key, message } of problems) logger.warn('dynamic config ignored', { key, message })
    const before = this.#values
    this.#values = values
    for (const [key, watchers] of this.#watchers) {
      if (isSame(key, before, values)) continue
      logger.info('config changed', { key })
      for (const watcher of watchers) watcher(values)
    }
  }

  /** All texts in effect. A dynamic value of a key that cannot change while running is left for the next start. */
  #texts(image: ClusterImage): Map<string, string> {
    const { nodeId, staticProperties } = this.#options
    const rows: Readonly<Record<string, AnyOption>> = brokerOptions
    const texts = new Map(staticProperties)
    const layers = brokerLayers(image, nodeId, staticProperties)
    for (const source of [
      ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG,
      ConfigSource.DYNAMIC_BROKER_CONFIG,
    ]) {
      for (const [key, text] of layers.find(layer => layer.source === source)?.values ?? []) {
        if ((rows[key]?.dynamic ?? 'read-only') !== 'read-only') texts.set(key, text)
      }
    }
    return texts
  }
}

function isSame(key: BrokerKey, before: BrokerConfig, after: BrokerConfig): boolean {
  const option: AnyOption = brokerOptions[key]
  return option.format(before[key]) === option.format(after[key])
}
