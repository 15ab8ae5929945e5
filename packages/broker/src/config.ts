/**
 * The settings of a broker: all rows in one table, the values in effect, and what server.properties becomes.
 * The rows stand with their subject: the log's and the groups' in their packages, the rest in `config/`.
 */
export { brokerOptions, type BrokerConfig } from './config/broker-options.ts'
export { configRules } from './config/config-rules.ts'
export { LiveBrokerConfig } from './config/live-broker-config.ts'
export { SecurityProtocols, type ConfiguredListener } from './config/listeners.ts'
export { parseServerProperties, type ServerProperties } from './config/server-properties.ts'
