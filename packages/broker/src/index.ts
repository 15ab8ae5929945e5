export { Broker, type BrokerOptions } from './broker.ts'
export {
  brokerOptions,
  parseServerProperties,
  type BrokerConfig,
  type ServerProperties,
} from './config.ts'
