/** What the controller must know about settings; it decides, but the broker knows the keys. */
import type { ConfigRules } from '@moldau/controller'
import { topicOptions } from '@moldau/log'
import type { BrokerConfig } from './broker-options.ts'
import { describeTopicConfigs } from './describe.ts'
import {
  validateClientMetricsConfig,
  validateGroupConfig,
  validateTopicConfig,
} from './resource-config.ts'
import { clientMetricsOptions } from './resource-options.ts'
import { brokerOption } from './sources.ts'
import type { AnyOption } from './values.ts'

/** What the rules are made from. */
export interface ConfigRulesOptions {
  readonly nodeId: number
  readonly staticProperties: ReadonlyMap<string, string>
  /** Values in effect now. */
  readonly config: () => BrokerConfig
}

/** The rules for a controller beside this broker. */
export function configRules({ nodeId, staticProperties, config }: ConfigRulesOptions): ConfigRules {
  return {
    validate({ type }, configs) {
      switch (type) {
        case 'topic':
          return validateTopicConfig(configs)
        case 'group':
          return validateGroupConfig(configs, config())
        case 'client-metrics':
          return validateClientMetricsConfig(configs)
        case 'broker':
        case 'broker-logger':
          // The broker itself has checked them, as with Kafka.
          return undefined
      }
    },
    isList: ({ type }, key) => optionOf(type, key)?.type === 'LIST',
    defaultOf({ type }, key) {
      const option = optionOf(type, key)
      return option?.format(option.default) ?? undefined
    },
    describeTopic: (configs, image) =>
      describeTopicConfigs(image, nodeId, staticProperties, configs)
        .filter(({ isTold }) => isTold)
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .map(({ name, value, isReadOnly, source, isSensitive }) => ({
          name,
          // As it was sent, spaces and all.
          value: configs.get(name) ?? value,
          readOnly: isReadOnly,
          configSource: source,
          isSensitive,
        })),
  }
}

function optionOf(type: string, key: string): AnyOption | undefined {
  const topics: Readonly<Record<string, AnyOption>> = topicOptions
  const metrics: Readonly<Record<string, AnyOption>> = clientMetricsOptions
  if (type !== 'topic' && type !== 'client-metrics') return brokerOption(key)
  const options = type === 'topic' ? topics : metrics
  return Object.hasOwn(options, key) ? options[key] : undefined
}
